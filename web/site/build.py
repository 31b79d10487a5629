"""Build the site from the stored notebooks, with the playground in it: `python web/site/build.py`
(`make site`). With `--serve`, show to this machine what is built."""
import argparse, importlib, json, os, shutil, subprocess, sys, time
from pathlib import Path
import api, pages
from pages import HTML, ROOT, nb    # puts tools/ on the path
import browser

sys.path.insert(0, str(ROOT))
HERE, SOURCE = Path(__file__).resolve().parent, ROOT/'_site'/'source'
MATHJAX = HERE/'node_modules'/'mathjax'/'es5'/'tex-svg.js'
PLAYGROUND = ROOT/'web'/'playground'/'site'

def modules():
    "The library's modules, as their notebooks come, and which notebook each name is made in."
    found, homes = [], {}
    for path in nb.notebooks():
        for cell in nb.code_cells(path):
            for name in pages.defined(cell):
                if not name.startswith('_'): homes.setdefault(name, path.stem)
    for file in (ROOT/nb.LIB).glob('*.py'):
        if file.stem.startswith('_'): continue
        head = file.read_text(encoding='utf-8').split('File to edit: ')
        if len(head) > 1: found.append((head[1].split('.ipynb')[0].rsplit('/', 1)[1], file.stem))
    return [m for _, m in sorted(found)], homes

def known_names(found):
    "Public name -> the module that the API tells of it; a name that two modules have is no link."
    names, twice = {}, set()
    for m in found:
        for n in api.public_names(importlib.import_module(f'{nb.LIB}.{m}')):
            if n in names: twice.add(n)
            names[n] = m
    return {n: m for n, m in names.items() if n not in twice}

def toctree(caption, entries):
    listed = '\n'.join(entries)
    return f'```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```'

def badges(path):
    "Where else a lesson can be run."
    git = nb_settings()['git_url'].removeprefix('https://github.com/')
    colab = f'https://colab.research.google.com/github/{git}/blob/gh-pages/colab/{path.name}'
    binder = f'https://mybinder.org/v2/gh/{git}/main?labpath=nbs/{path.name}'
    return f'[Run in Colab]({colab}){{.elsewhere}} [Open in Binder]({binder}){{.elsewhere}}'

def nb_settings():
    from configparser import ConfigParser
    cfg = ConfigParser(delimiters=['='])
    cfg.read(ROOT/'settings.ini', encoding='utf-8')
    return cfg['DEFAULT']

def write_sources(folder):
    "All pages, as Sphinx reads them."
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found, homes = modules()
    names = known_names(found)
    def linked(text): return pages.linked(text, names)
    lessons = []
    for path in nb.notebooks():
        numbered = path.stem[0].isdigit()
        made = pages.page(path, names, badges(path) if numbered else '')
        if numbered: lessons.append(path.stem)
        else: made['cells'].append(pages.markdown_cell(contents(lessons, found)))
        (folder/path.name).write_text(json.dumps(made), encoding='utf-8')
    (folder/'api').mkdir()
    for m in found:
        homes_here = {n: homes[n] for n in homes if names.get(n) == m}
        text = api.page(f'{nb.LIB}.{m}', homes_here, linked)
        (folder/'api'/f'{m}.md').write_text(text, encoding='utf-8')

SET_UP = """# Set-up where nothing is installed: the library with its trained models, and SciPy
import os, subprocess, sys
source = os.environ.get('SLOWAI_SOURCE', 'slowai_diffusion @ git+{git}')
subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', source, 'scipy'], check=True)"""

def write_colab(folder):
    "The lessons with a cell in front that installs the library: what the links to Colab open."
    folder.mkdir(parents=True, exist_ok=True)
    code = SET_UP.replace('{git}', nb_settings()['git_url'])
    for path in nb.notebooks():
        if not path.stem[0].isdigit(): continue
        book = json.loads(path.read_text(encoding='utf-8'))
        cell = dict(id='set-up', cell_type='code', metadata={}, source=code, outputs=[],
                    execution_count=None)
        book['cells'].insert(1, cell)
        (folder/path.name).write_text(json.dumps(book, indent=1, ensure_ascii=False) + '\n',
                                      encoding='utf-8')

def contents(lessons, found):
    "The table of contents."
    courses = [p for p in lessons if p[0] != '9']
    chapters = [p for p in lessons if p[0] == '9']
    return '\n\n'.join([toctree('Lessons', courses), toctree('Reference chapters', chapters),
                        toctree('API', [f'api/{m}' for m in found])])

def missing():
    "What has to be there before, one line each."
    if not MATHJAX.exists():
        yield f'MathJax is not installed: `npm ci --prefix {HERE.relative_to(ROOT)}`'
    if not (PLAYGROUND/'models'/'models.json').exists():
        yield 'the playground is not built: `make playground`'

def copy_playground(folder):
    "The playground as it is, but for its links to the published site, which lead to this one."
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PLAYGROUND, folder)
    page = folder/'index.html'
    home = 'href="' + nb_settings()['doc_host'] + nb_settings()['doc_baseurl'] + '/'
    text = page.read_text(encoding='utf-8')
    if home not in text: sys.exit(f'{page}: no link to {home}')
    page.write_text(text.replace(home, 'href="../'), encoding='utf-8')

def size(folder): return sum(p.stat().st_size for p in folder.rglob('*') if p.is_file())/1e6

def build():
    "The whole site; the exit status of Sphinx, for which a warning is an error."
    if lacks := list(missing()): sys.exit('\n'.join(['Something is missing:', *lacks]))
    begin = time.time()
    shutil.rmtree(HTML.parent, ignore_errors=True)
    write_sources(SOURCE)
    command = [sys.executable, '-m', 'sphinx', '-W', '--keep-going', '-n', '-q', '-j', '2',
               '-c', str(HERE), '-d', str(HTML.parent/'trees'), str(SOURCE), str(HTML)]
    failed = subprocess.run(command, env=dict(os.environ, PYTHONPATH=str(HERE))).returncode
    if failed: return failed
    write_colab(HTML/'colab')
    shutil.copy(MATHJAX.parents[1]/'LICENSE', HTML/'_static'/'LICENSE-MathJax')
    copy_playground(HTML/'playground')
    (HTML/'.nojekyll').touch()
    print(f'{HTML.relative_to(ROOT)}: {size(HTML):.0f} MB, {size(HTML/"playground"):.0f} of them '
          f'the playground; {time.time() - begin:.0f} s')
    return 0

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--serve', action='store_true', help='show what is built')
    parser.add_argument('--port', type=int, default=8300, help='of the server (8300)')
    args = parser.parse_args()
    if not args.serve: sys.exit(build())
    if not (HTML/'index.html').exists(): sys.exit('no site is there: run `make site` first')
    browser.serve(HTML, args.port)

if __name__ == '__main__': main()
