"Pages of the API: what every public name of a module says of itself."
import importlib, inspect, re
from pages import cell_label, label_of

def signature(thing, name):
    "How it is called, one argument a line if it is long."
    try: found = inspect.signature(thing)
    except (TypeError, ValueError): return name
    plain = []
    for p in found.parameters.values():
        if p.name == 'self': continue
        default = p.default
        if default is not p.empty and re.search(r' at 0x|<', repr(default)):
            p = p.replace(default=Named(getattr(default, '__name__', type(default).__name__)))
        plain.append(p.replace(annotation=p.empty))
    found = found.replace(parameters=plain, return_annotation=found.empty)
    text = f'{name}{found}'
    if len(text) <= 80: return text
    return f'{name}(\n    ' + ',\n    '.join(arguments(found)) + '\n)'

class Named:
    "A default whose `repr` is no code."
    def __init__(self, name): self.name = name
    def __repr__(self): return self.name

def arguments(found):
    "The parameters of a signature as they are written, with the bare `*`."
    said, starred = [], False
    for p in found.parameters.values():
        if p.kind is p.VAR_POSITIONAL: starred = True
        if p.kind is p.KEYWORD_ONLY and not starred:
            said.append('*')
            starred = True
        said.append(str(p))
    return said

# a line that `document` of the library's `front` adds to a docstring: a name, and what it is
SAID = re.compile(r'^  (\*{0,2}\w+(?:, \*{0,2}\w+)*): (.+)$', re.M)

def about(thing):
    "The docstring without what `document` adds to it."
    return inspect.cleandoc(SAID.split(thing.__doc__ or '', maxsplit=1)[0])

def parameters(thing, linked):
    "A table of the parameters and what the comments beside them say."
    docs = [thing.__doc__ or '']
    if isinstance(thing, type) and '__init__' in vars(thing): docs.append(thing.__init__.__doc__)
    found = [pair for doc in docs if doc for pair in SAID.findall(doc)]
    def words(text): return linked(text.replace('|', r'\|'))
    def name_of(name): return name if name == 'returns' else f'`{name}`'
    rows = [f'| {name_of(name)} | {words(text)} |' for name, text in found]
    return '\n'.join(['| argument | what it is |', '|---|---|', *rows]) if rows else ''

def entry(thing, name, level, linked, home=None):
    "What stands under a name."
    target, called = f'({label_of(name)})=', signature(thing, name)
    parts = [target, f'{"#"*level} {name}', '```python', called, '```']
    if text := about(thing): parts += ['', linked(text)]
    if table := parameters(thing, linked): parts += ['', table]
    if home: parts += ['', f'Made in [{home.replace("_", " ")}](#{cell_label(name)}).']
    return '\n'.join(parts)

def public_names(module):
    "Functions and classes that a module defines itself, in its own order."
    def own(v): return getattr(v, '__module__', None) == module.__name__
    kinds = (type,)
    return [n for n, v in vars(module).items()
            if not n.startswith('_') and own(v) and (inspect.isfunction(v) or isinstance(v, kinds))]

def methods(kind):
    "Public methods that a class defines itself and that say what they do."
    for name, v in vars(kind).items():
        inner = getattr(v, '__func__', v)
        if not name.startswith('_') and inspect.isfunction(inner) and inner.__doc__:
            yield name, inner

def page(module_name, homes, linked):
    "The Markdown of a module's page."
    module = importlib.import_module(module_name)
    short = module_name.partition('.')[2]
    parts = [f'# {short}', inspect.cleandoc(module.__doc__ or '')]
    for name in public_names(module):
        thing = getattr(module, name)
        parts.append(entry(thing, name, 2, linked, homes.get(name)))
        if isinstance(thing, type):
            for m, inner in methods(thing):
                parts.append(entry(inner, f'{name}.{m}', 3, linked))
    return '\n\n'.join(p for p in parts if p) + '\n'
