"Is everything in step? Exports, clean notebooks, stored outputs, README, sizes, machine paths: `python tools/check.py` (`make check`)."
import filecmp, re, shutil, subprocess, sys, tempfile
from configparser import ConfigParser
from pathlib import Path
import nb, readme

LIB = 'slowai_diffusion'
MACHINE_PATH = re.compile(rb'(?<![\w.+/-])(file://)?/(work|root|home|Users)/')

def files(folder, glob): return {str(p.relative_to(folder)): p for p in folder.rglob(glob) if '__pycache__' not in p.parts and '.ipynb_checkpoints' not in p.parts}

def changed(a, b, glob):
    "The files below `a` and `b` that are not the same in both"
    fa, fb = files(a, glob), files(b, glob)
    return [n for n in sorted(fa.keys() | fb.keys()) if not (n in fa and n in fb and filecmp.cmp(fa[n], fb[n], shallow=False))]

def in_a_copy(command):
    "Run an nbdev command in a copy of the project; returns what it changed of the library and of the notebooks"
    with tempfile.TemporaryDirectory() as tmp:
        for o in ('nbs', LIB):
            if (nb.ROOT/o).is_dir(): shutil.copytree(nb.ROOT/o, Path(tmp, o), ignore=shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints'))
        shutil.copy(nb.ROOT/'settings.ini', tmp)
        subprocess.run(Path(sys.executable).parent/command, cwd=tmp, check=True)
        return changed(nb.ROOT/LIB, Path(tmp, LIB), '*.py'), changed(nb.NBS, Path(tmp, 'nbs'), '*.ipynb')

def export():
    lib, _ = in_a_copy('nbdev_export')
    return [f'{LIB}/{n} is not what the notebooks export: run `make export`' for n in lib]

def clean():
    _, nbs = in_a_copy('nbdev_clean')
    return [f'nbs/{n} is not clean: run `.venv/bin/nbdev_clean`' for n in nbs]

def stored():
    "Notebooks hold the outputs of a run of the code that they show, without errors, and are small"
    record = nb.executed()
    for path in nb.notebooks():
        if path.stat().st_size > nb.MAX_NB: yield f'{path.name} is larger than {nb.MAX_NB/1e6:.0f} MB'
        if any(o['output_type'] == 'error' for c in nb.cells(path) for o in c.get('outputs', [])): yield f'{path.name} holds an error'
        if not nb.skip_exec(path) and record.get(path.stem, {}).get('code') != nb.code_hash(path):
            yield f'{path.name}: its code changed since its outputs were stored: run `make lessons NB={path.stem}`'

def models():
    size = sum(p.stat().st_size for p in (nb.ROOT/'models').rglob('*') if p.is_file())
    if size > nb.MAX_MODELS: yield f'models/ holds {size/1e6:.1f} MB: more than {nb.MAX_MODELS/1e6:.0f}'
    samples = nb.ROOT/'models'/'fashion_samples'/'samples.npz'
    if not samples.exists() or samples.stat().st_size > 1e6: yield f'{samples.name} is missing or larger than 1 MB'

def paths():
    "No file of the project names a folder of the machine it was written on"
    git = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=nb.ROOT, capture_output=True, text=True)
    if git.returncode: print('  (no git repository: machine paths not looked for)')
    for name in filter(None, git.stdout.split('\0')):
        p = nb.ROOT/name
        if p.is_file() and (m := MACHINE_PATH.search(p.read_bytes())): yield f'{name} holds the machine path {m[0].decode()}'

def skipped():
    "Print how many code cells the tests leave out"
    cfg = ConfigParser(); cfg.read(nb.ROOT/'settings.ini')
    flags, total, out = cfg['DEFAULT']['tst_flags'].split(), 0, 0
    for path in nb.notebooks():
        code = [c for c in nb.cells(path) if c['cell_type'] == 'code' and nb.source(c).strip()]
        n = sum(nb.skip_exec(path) or nb.not_run(c, flags) for c in code)
        total, out = total+len(code), out+n
        print(f'  {path.stem:24} {n:3} of {len(code):3} code cells skipped by the tests')
    print(f'  {"in all":24} {out:3} of {total:3} code cells skipped by the tests')

def main():
    wrong = []
    for what, check in dict(export=export, README=readme.differences, clean=clean, stored=stored, models=models, paths=paths).items():
        found = list(check())
        print(f'{what:8} {"in step" if not found else "OUT OF STEP"}', *found[:30], sep='\n  ', flush=True)
        wrong += found
    skipped()
    if wrong: sys.exit('Out of step: see above')

if __name__ == '__main__': main()
