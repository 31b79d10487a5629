"""What the stored outputs of a notebook stand on: its own code, and, from there,
- the library's modules that it imports, and those that they import (names like 'unets:UNet' count);
- the models and results that are named, as strings, in its cells or in these modules.

Prose does not count: no markdown, no comments, no docstrings, no README of a model."""
import ast, hashlib, re
import nb

def fingerprint(*data):
    "Eight hexadecimal digits of what was given, as bytes"
    return hashlib.sha256(b'\0'.join(data)).hexdigest()[:8]

def without_docstrings(tree):
    "A syntax tree whose functions, classes and module have lost their docstrings"
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if ast.get_docstring(node) is not None: node.body = node.body[1:]
    return tree

def strings(tree):
    "All strings in it, and the last part of those that are paths"
    found = {n.value for n in ast.walk(tree)
             if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found | {s.rsplit('/', 1)[-1] for s in found}

def imported(tree, module=''):
    "Names of the library's modules that this code of `module` imports, and of some that are none"
    here = module.split('.')[:-1]
    for n in ast.walk(tree):
        if isinstance(n, ast.Import): names = [a.name for a in n.names]
        elif isinstance(n, ast.ImportFrom):
            start = [nb.LIB, *here[:len(here) + 1 - n.level]] if n.level else []
            base = '.'.join([*start, *filter(None, [n.module])])
            names = [base, *(f'{base}.{a.name}' for a in n.names)]
        else: continue
        yield from (name[len(nb.LIB)+1:] for name in names if name.startswith(f'{nb.LIB}.'))
    for s in strings(tree):
        if m := re.fullmatch(rf'({nb.LIB}\.)?([\w.]+):\w+', s): yield m[2]

def module_tree(name, root):
    "The syntax tree of a module of the library, or None if there is none of that name"
    path = root/nb.LIB/f'{name.replace(".", "/")}.py'
    if not path.is_file(): return None
    return without_docstrings(ast.parse(path.read_text(encoding='utf-8')))

def home(name, root):
    "The module that a name which the package itself offers lives in, or None"
    front = root/nb.LIB/'front.py'
    if not front.is_file(): return None
    m = re.search(rf"'(\w+):{re.escape(name)}'", front.read_text(encoding='utf-8'))
    return m and m[1]

def stands_on(path, root=nb.ROOT):
    "`{'data': …, 'models/fashion_unet': …, 'results/twins': …}`, each with its fingerprint"
    trees = [ast.parse(nb.python(c)) for c in nb.code_cells(path)]
    named = set().union(*map(strings, trees))
    todo, modules = {m for t in trees for m in imported(t)}, {}
    while todo:
        name = todo.pop()
        tree = module_tree(name, root)
        if tree is None:
            todo |= {home(name, root)} - {None} - modules.keys()
            continue
        modules[name] = fingerprint(ast.dump(tree).encode())
        named |= strings(tree)
        todo |= set(imported(tree, name)) - modules.keys()
    found = dict(sorted(modules.items()))
    for folder in sorted((root/'models').glob('*')):
        files = [p for p in sorted(folder.glob('*')) if p.is_file() and p.name != 'README.md']
        if folder.name in named:
            found[f'models/{folder.name}'] = fingerprint(*(p.read_bytes() for p in files))
    for p in sorted((root/'results').glob('*.json')):
        if p.stem in named: found[f'results/{p.stem}'] = fingerprint(p.read_bytes())
    return found

def record(path, root=nb.ROOT):
    "What is written down beside the stored outputs"
    return dict(code=nb.code_hash(path), stands_on=stands_on(path, root))

def stale(path, old, root=nb.ROOT):
    "In words: what has changed since the outputs were stored; empty if nothing has"
    if not old: return 'its outputs were not stored by `make lessons`'
    if old.get('code') != nb.code_hash(path): return 'its code changed'
    if 'stands_on' not in old: return 'it is not known what its outputs stand on'
    was, now = old['stands_on'], stands_on(path, root)
    changed = sorted(k for k in was.keys() | now.keys() if was.get(k) != now.get(k))
    return f'{", ".join(changed)} changed' if changed else ''
