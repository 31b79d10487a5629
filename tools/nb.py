"What the other tools share: which notebooks there are, in what order, and what their cells say."
import hashlib, json, re, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NBS, EXECUTED = ROOT/'nbs', ROOT/'nbs'/'executed.json'
LIB = 'slowai_diffusion'
TEST_FLAGS = 'once'  # what `nbdev_test` leaves out and `make test` does not
MAX_NB, MAX_MODELS, MAX_WIDTH = 3e6, 40e6, 100

def notebooks(names=()):
    "All by number, then the index; or those in `names`: `00_data`, with `.ipynb` or `nbs/`, too"
    found = [*sorted(NBS.glob('[0-9]*.ipynb')), NBS/'index.ipynb']
    found = {p.stem: p for p in found if p.exists()}
    names = [Path(n).stem for n in names]
    if unknown := [n for n in names if n not in found]:
        sys.exit(f"No such notebook: {', '.join(unknown)}. There are: {', '.join(found)}")
    return [p for n, p in found.items() if not names or n in names]

def cells(path): return json.loads(path.read_text(encoding='utf-8'))['cells']

def source(cell): return ''.join(cell['source'])

def code_cells(path): return [c for c in cells(path) if c['cell_type'] == 'code']

def python(cell):
    "The code of a cell without lines for IPython alone (`%time`, `!ls`)"
    return re.sub(r'^\s*[%!].*$', '', source(cell), flags=re.M)

def directives(cell):
    "The `#| key: value` lines at the head of a code cell, as a dict"
    head = re.match(r'(\s*(#.*|%%.*)?\n)*\s*(#.*)?', source(cell)+'\n')[0]
    found = re.findall(r'^\s*#\s*\|\s*([\w-]+):?[ \t]*(.*)$', head, re.M)
    return {k: v.strip().lower() for k, v in found}

def not_run(cell, flags=()):
    "Do the tools leave this cell out? An export, `eval: false`, and what has one of `flags`"
    d = directives(cell)
    exports = 'nbdev_export(' in source(cell)
    return d.get('eval') == 'false' or exports or bool(set(flags) & d.keys())

def skip_exec(path):
    "Does the front matter ask for the whole notebook to be left out?"
    head = cells(path)[:1]
    if not head or head[0]['cell_type'] == 'code': return False
    return bool(re.search(r'^(- )?skip_exec:\s*true\s*$', source(head[0]), re.M))

def code_hash(path):
    "A fingerprint of a notebook's code: prose may change without a new run, code may not"
    code = [source(c).strip() for c in code_cells(path)]
    return hashlib.sha256('\0'.join(code).encode()).hexdigest()[:16]

def executed():
    return json.loads(EXECUTED.read_text(encoding='utf-8')) if EXECUTED.exists() else {}
