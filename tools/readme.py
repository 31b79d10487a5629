"""Make README.md from nbs/index.ipynb: `python tools/readme.py`; with `--check`, only say whether
it is in step.

Markdown goes over as it is, code and outputs as `#| hide`, `#| include: false`, `#| echo: false`
and `#| output: false` ask, pictures go to README_files/. Relative links are rewritten, since the
notebook lives one folder further down. `#| fig-alt: …` says what a picture shows. A cell with
`#| fresh` is quick and reads other files, as the table of lessons does; `--check` runs it again."""
import difflib, os, posixpath, re, shutil, sys
from base64 import b64decode
import nb

README, FILES = nb.ROOT/'README.md', nb.ROOT/'README_files'
NOTE = '<!-- Made from nbs/index.ipynb by `make readme`: edit the notebook, not this file. -->'

def relink(text):
    "Links and pictures that are relative to nbs/, made relative to the project's folder"
    def f(m): return m[1] + posixpath.normpath(posixpath.join('nbs', m[2])) + m[3]
    return re.sub(r'(\]\()(?![a-z]+:|[/#])([^)\s#]+)([^)]*\))', f, text)

def block(text, lang=''): return f'```{lang}\n{text.rstrip()}\n```'

def md_cell(text, first):
    "A markdown cell; the first one loses its front matter (`- key: value`) and gains the note"
    if first: text = re.sub(r'^- [\w-]+:.*\n?', '', text, flags=re.M)
    parts = re.split(r'^(```.*?^```)$', text, flags=re.M|re.S)  # code stands at odd places
    text = '\n'.join(o if i%2 else relink(o) for i, o in enumerate(parts))
    text = re.sub(r'\n{3,}', '\n\n', text).strip()
    if not first: return text
    title, _, rest = text.partition('\n')
    return f'{title}\n\n{NOTE}\n\n{rest.strip()}'.strip()

def output(o, name, alt=''):
    "One output as markdown, and its picture, if it is one, as {file name: bytes}"
    def text(x): return ''.join(x).strip('\n')
    if o['output_type'] == 'stream':
        return (block(text(o['text'])) if o['name'] == 'stdout' else ''), {}
    data = o.get('data', {})
    for mime, suffix in ('image/png', 'png'), ('image/jpeg', 'jpg'), ('image/gif', 'gif'):
        if mime not in data: continue
        file = f'{name}.{suffix}'
        return f'![{alt}]({FILES.name}/{file})', {file: b64decode(''.join(data[mime]))}
    if 'text/markdown' in data: return relink(text(data['text/markdown'])), {}
    return (block(text(data['text/plain'])) if 'text/plain' in data else ''), {}

def code_cell(cell, idx):
    "A code cell and its outputs as markdown parts, and its pictures"
    d = nb.directives(cell)
    if 'hide' in d or d.get('include') == 'false': return [], {}
    code = re.sub(r'^\s*#\s*\|.*\n?', '', nb.source(cell), flags=re.M).strip()
    alt = re.search(r'^#\| fig-alt: (.+)', nb.source(cell), re.M)
    parts, files = ([block(code, 'python')] if code and d.get('echo') != 'false' else []), {}
    for i,o in enumerate(cell['outputs'] if d.get('output') != 'false' else []):
        md, pics = output(o, f'cell-{idx}-output-{i+1}', alt[1] if alt else '')
        parts.append(md)
        files.update(pics)
    return parts, files

def render(cells):
    "The README's text, and its pictures as {file name: bytes}"
    parts, files, md = [], {}, 0
    for i,c in enumerate(cells):
        if c['cell_type'] == 'markdown':
            parts.append(md_cell(nb.source(c), md == 0))
            md += 1
        elif c['cell_type'] == 'code':
            new, pics = code_cell(c, i+1)
            parts += new
            files.update(pics)
    return '\n\n'.join(o for o in parts if o)+'\n', files

def outdated(cells):
    "The `#| fresh` cells whose stored output is not what the cell says now, one line each"
    here = os.getcwd()
    for c in (c for c in cells if 'fresh' in nb.directives(c)):
        *code, name = nb.source(c).splitlines()     # the last line names what is shown
        found = {}
        os.chdir(nb.NBS)
        try: exec('\n'.join(code), found)
        finally: os.chdir(here)
        stored = [''.join(o.get('data', {}).get('text/markdown', '')) for o in c['outputs']]
        if stored != [found[name].data]:
            yield f'{name} in nbs/index.ipynb is out of date: run `make lessons NB=index`'

def differences():
    "What is out of step, one line each: README.md and its pictures against the notebook's"
    cells = nb.cells(nb.NBS/'index.ipynb')
    text, files = render(cells)
    old = README.read_text(encoding='utf-8') if README.exists() else ''
    diff = difflib.unified_diff(old.splitlines(), text.splitlines(), 'README.md', 'index.ipynb',
                                n=0, lineterm='')
    kept = {p.name: p.read_bytes() for p in FILES.glob('*')}
    wrong = [n for n in sorted(files.keys() | kept.keys()) if files.get(n) != kept.get(n)]
    pictures = [f'{FILES.name}/{n} is out of step' for n in wrong]
    return [*diff, *pictures, *outdated(cells)]

def main():
    if '--check' in sys.argv[1:]:
        diff = differences()
        head = 'README.md is out of step with nbs/index.ipynb: run `make readme`'
        if diff: sys.exit('\n'.join([head, *diff[:30]]))
        return
    text, files = render(nb.cells(nb.NBS/'index.ipynb'))
    README.write_text(text, encoding='utf-8')
    shutil.rmtree(FILES, ignore_errors=True)
    for name, data in files.items():
        FILES.mkdir(exist_ok=True)
        (FILES/name).write_bytes(data)
    print(f'README.md: {len(text.splitlines())} lines, {len(files)} pictures')

if __name__ == '__main__': main()
