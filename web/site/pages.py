"Notebooks as pages of the site: what a reader of the web needs, from what is stored; nothing runs."
import ast, hashlib, json, re, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT/'_site'/'html'
sys.path.insert(0, str(ROOT/'tools'))
import nb

DIRECTIVE = re.compile(r'^\s*#\s*\|.*\n?', re.M)
CODE_SPAN = re.compile(r'(?<![\[`\w])`([A-Za-z_]\w*)`(?![`\]\w])')
AS_IT_IS = re.compile(r'(^```.*?^```$|\[[^]\n]*\]\([^)\n]*\))', re.M | re.S) # code, links

def markdown_cell(text):
    "A new cell."
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    return dict(id=name, cell_type='markdown', metadata={}, source=text)

def label_of(name):
    "The target of a name of the library, on its page of the API."
    kind = 'class-' if name[0].isupper() else ''    # targets are the same in capitals
    return f'api-{kind}' + re.sub('[._]', '-', name.lower())

def cell_label(name):
    "The target of the cell that defines a name."
    return f'cell-{label_of(name)}'

def linked(text, names):
    "Markdown in which names of the library lead to what the API says of them."
    def link(m):
        name = m[1]
        return f'[`{name}`](#{label_of(name)})' if name in names else m[0]
    parts = AS_IT_IS.split(text)
    return ''.join(p if i % 2 else CODE_SPAN.sub(link, p) for i, p in enumerate(parts))

def without_links_to_code(text):
    "Links that leave the notebooks' folder lead to the repository."
    return re.sub(r'\]\(\.\./([\w.]+)\)', r'](repository:\1)', text)

def defined(cell):
    "The names that an exported cell defines."
    if not {'export', 'exporti'} & nb.directives(cell).keys(): return []
    body = ast.parse(nb.python(cell)).body
    return [n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]

def left_out(cell):
    "Is a code cell only for the machine?"
    d = nb.directives(cell)
    code = DIRECTIVE.sub('', nb.source(cell)).strip()
    return 'hide' in d or d.get('include') == 'false' or 'nbdev_export(' in code or not code

def prompt(code, exercise):
    "What opens a folded cell."
    if exercise: return 'Show the solution'
    return 'Show the imports' if code.startswith(('import ', 'from ')) else 'Show the code'

def prompt_of(cell): return cell['metadata']['mystnb']['code_prompt_show']

def is_folded(cell): return cell['metadata'].get('tags') == ['hide-input']

def joined(cells):
    "Cells in which those that are folded, show nothing and follow each other are one."
    out = []
    for cell in cells:
        if out and is_folded(cell) and is_folded(out[-1]) and not out[-1]['outputs']:
            before = out.pop()
            cell['metadata']['mystnb'].update(code_prompt_show=prompt_of(before))
            cell = dict(cell, source=before['source'] + '\n\n' + cell['source'])
        out.append(cell)
    return out

def code_cell(cell, exercise):
    "A code cell without directives; imports and solutions are folded, figures say what they show."
    d, code = nb.directives(cell), DIRECTIVE.sub('', nb.source(cell)).strip('\n')
    tags, shown = [], {}
    alt = re.search(r'^#\| fig-alt: (.+)', nb.source(cell), re.M)
    if cell['metadata'].get('jupyter', {}).get('source_hidden'):
        tags.append('hide-input')
        shown['code_prompt_show'] = prompt(code, exercise)
    if d.get('echo') == 'false': tags.append('remove-input')
    if d.get('output') == 'false': tags.append('remove-output')
    if alt: shown['image'] = dict(alt=alt[1])
    return dict(cell, source=code, metadata=dict(tags=tags, mystnb=shown))

def page(path, names, badges):
    "The notebook of a page, as a dictionary."
    book = json.loads(path.read_text(encoding='utf-8'))
    cells, section = [], ''
    for cell in book['cells']:
        if cell['cell_type'] == 'markdown':
            section = ([section] + re.findall('^## (.+)', nb.source(cell), re.M))[-1]
            text = linked(without_links_to_code(nb.source(cell)), names)
            cells.append(dict(cell, source=text))
            continue
        if cell['cell_type'] != 'code' or left_out(cell): continue
        targets = [f'({cell_label(n)})=' for n in defined(cell) if names.get(n)]
        if targets: cells.append(markdown_cell('\n'.join([*targets, '<span></span>'])))
        cells.append(code_cell(cell, section == 'Exercises'))
    if badges: cells.insert(1, markdown_cell(badges))
    number = path.stem[:2]
    if number.isdigit(): cells[0]['source'] = cells[0]['source'].replace('# ', f'# {number} ', 1)
    return dict(book, cells=joined(cells))
