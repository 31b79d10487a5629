"""Is everything in step? `python tools/check.py` (`make check`): exports, README, clean notebooks,
what a linter says, stored outputs and what they stand on, sizes, machine paths."""
import ast, filecmp, json, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from pathlib import Path
import nb, readme, stands
from slowai_diffusion.files import SUMS, changed_files

LIB = nb.LIB
MACHINE_PATH = re.compile(rb'(?<![\w.+/-])(file://)?/(work|root|home|Users)/')
NO_COPY = '__pycache__', '.ipynb_checkpoints'
BIN = Path(sys.executable).parent

def files(folder, glob):
    found = [p for p in folder.rglob(glob) if not set(NO_COPY) & set(p.parts)]
    return {str(p.relative_to(folder)): p for p in found}

def changed(a, b, glob):
    "The files below `a` and `b` that are not the same in both"
    fa, fb = files(a, glob), files(b, glob)
    def same(n): return n in fa and n in fb and filecmp.cmp(fa[n], fb[n], shallow=False)
    return [n for n in sorted(fa.keys() | fb.keys()) if not same(n)]

def in_a_copy(*command):
    "Run a command in a copy of the project; what it changed of the library and of the notebooks"
    with tempfile.TemporaryDirectory() as tmp:
        for o in ('nbs', LIB):
            if (nb.ROOT/o).is_dir():
                shutil.copytree(nb.ROOT/o, Path(tmp, o), ignore=shutil.ignore_patterns(*NO_COPY))
        shutil.copy(nb.ROOT/'settings.ini', tmp)
        subprocess.run(command, cwd=tmp, check=True)
        return (changed(nb.ROOT/LIB, Path(tmp, LIB), '*.py'),
                changed(nb.NBS, Path(tmp, 'nbs'), '*.ipynb'))

def export():
    lib, _ = in_a_copy(sys.executable, nb.ROOT/'tools'/'export.py')
    return [f'{LIB}/{n} is not what the notebooks export: run `make export`' for n in lib]

def clean():
    _, nbs = in_a_copy(BIN/'nbdev_clean')
    return [f'nbs/{n} is not clean: run `.venv/bin/nbdev_clean`' for n in nbs]

def ruff(rules, paths):
    "What ruff finds, one line each"
    if not paths: return []
    cmd = [BIN/'ruff', 'check', '--isolated', '--quiet', '--output-format', 'concise',
           '--line-length', str(nb.MAX_WIDTH), '--select', rules, *paths]
    r = subprocess.run(cmd, cwd=nb.ROOT, capture_output=True, text=True)
    if r.returncode > 1: return [f'ruff failed: {r.stderr.strip()}']
    return [o.replace(f'{nb.ROOT}/', '') for o in r.stdout.splitlines()]

def lint():
    "No unused imports, no undefined names, no statement after a `;`, no line wider than a page"
    lib = [p for p in sorted((nb.ROOT/LIB).rglob('*.py')) if not p.name.startswith('_')]
    tools = [*sorted((nb.ROOT/'tools').glob('*.py')), *sorted((nb.ROOT/'web').glob('*/*.py'))]
    return ruff('F401,F811,F821,E501,E702', [*lib, *tools]) + ruff('E501', nb.notebooks())

def prints(code):
    "Does this code print for sure: outside of functions and of what is done only if …?"
    todo = list(ast.parse(code).body)
    for node in todo:
        if isinstance(node, (ast.For, ast.With)): todo += node.body
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, 'id', '') == 'print':
            return not any(k.arg == 'file' for k in call.keywords)
    return False

def lost_text(cell):
    "Does the cell print, and is nothing of it stored?"
    if nb.not_run(cell) or not prints(nb.python(cell)): return False
    return not any(o.get('name') == 'stdout' for o in cell['outputs'])

STANDS_IN = 'own sample set, drawn by its model, stands in'    # what `fashion_mnist` then says

def stored():
    "Notebooks hold outputs, none of them an error, of the code that they show and stand on"
    record = nb.executed()
    for path in nb.notebooks():
        if path.stat().st_size > nb.MAX_NB:
            yield f'{path.name} is larger than {nb.MAX_NB/1e6:.0f} MB'
        code = nb.code_cells(path)
        if any(o['output_type'] == 'error' for c in code for o in c['outputs']):
            yield f'{path.name} holds an error'
        said = json.dumps([c['outputs'] for c in code])
        if STANDS_IN in said: yield f'{path.name} was stored without the real Fashion-MNIST'
        if nb.skip_exec(path): continue
        if why := stands.stale(path, record.get(path.stem)):
            yield f'{path.name}: {why} since its outputs were stored: `make lessons NB={path.stem}`'
        for c in filter(lost_text, code):
            yield f'{path.name}: what cell {c["id"]} prints is not stored'

def figures():
    "Each stored figure that is shown says in a `fig-alt` line what it shows"
    for path in nb.notebooks():
        for c in nb.code_cells(path):
            shows = any('image/png' in o.get('data', {}) for o in c['outputs'])
            d = nb.directives(c)
            if shows and d.get('output') != 'false' and not d.get('fig-alt'):
                yield f'{path.name}: cell {c["id"]} shows a figure, and has no line `#| fig-alt: …`'

def models():
    size = sum(p.stat().st_size for p in (nb.ROOT/'models').rglob('*') if p.is_file())
    if size > nb.MAX_MODELS:
        yield f'models/ holds {size/1e6:.1f} MB: more than {nb.MAX_MODELS/1e6:.0f}'
    for folder in sorted((nb.ROOT/'models').iterdir()):
        if not (folder/SUMS).exists(): yield f'{folder.name} has no {SUMS}'
        for name in changed_files(folder): yield f'{folder.name}: {name} is not as {SUMS} says'
    samples = nb.ROOT/'models'/'fashion_samples'/'samples.npz'
    if not samples.exists() or samples.stat().st_size > 1e6:
        yield f'{samples.name} is missing or larger than 1 MB'

def paths():
    "No file of the project names a folder of the machine it was written on"
    git = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=nb.ROOT,
                         capture_output=True, text=True)
    if git.returncode: print('  (no git repository: machine paths not looked for)')
    for name in filter(None, git.stdout.split('\0')):
        p = nb.ROOT/name
        if p.is_file() and (m := MACHINE_PATH.search(p.read_bytes())):
            yield f'{name} holds the machine path {m[0].decode()}'

def skipped():
    "Print how many code cells the tests leave out"
    cfg = ConfigParser()
    cfg.read(nb.ROOT/'settings.ini', encoding='utf-8')
    flags = {*cfg['DEFAULT']['tst_flags'].split()} - {*nb.TEST_FLAGS.split()}
    total = out = 0
    for path in nb.notebooks():
        code = [c for c in nb.code_cells(path) if nb.source(c).strip()]
        n = sum(nb.skip_exec(path) or nb.not_run(c, flags) for c in code)
        total, out = total+len(code), out+n
        print(f'  {path.stem:24} {n:3} of {len(code):3} code cells skipped by the tests')
    print(f'  {"in all":24} {out:3} of {total:3} code cells skipped by the tests')

def names_in(tree, kind):
    "The names that code sets (`ast.Store`) or reads (`ast.Load`)"
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, kind)}

def once():
    "A cell that not every test run has may leave no name to a later one"
    for path in nb.notebooks():
        made, missing = set(), set()    # by the cells before: names of all runs, of some only
        for c in nb.code_cells(path):
            tree = ast.parse(nb.python(c))
            defs = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
            args = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
            own = names_in(tree, ast.Store) | {n.name for n in defs}
            if nb.not_run(c, nb.TEST_FLAGS.split()):
                missing |= own - made
                continue
            wanted = (names_in(tree, ast.Load) - own - args) & missing
            if wanted: yield f'{path.name}: cell {c["id"]} needs {sorted(wanted)} of a `once` cell'
            made, missing = made | own, missing - own

CHECKS = dict(export=export, README=readme.differences, clean=clean, lint=lint, stored=stored,
              figures=figures, models=models, paths=paths, once=once)

def main():
    wrong = []
    with ThreadPoolExecutor(2) as two_at_a_time:
        all_found = list(two_at_a_time.map(lambda check: list(check()), CHECKS.values()))
    for what, found in zip(CHECKS, all_found):
        verdict = 'OUT OF STEP' if found else 'in step'
        print(f'{what:8} {verdict}', *found[:30], sep='\n  ', flush=True)
        wrong += found
    skipped()
    if wrong: sys.exit('Out of step: see above')

if __name__ == '__main__': main()
