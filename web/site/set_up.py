"""Does the set-up cell of the notebooks for Colab work? In a fresh virtual environment, which sees
the packages of this one, from the wheel: `python web/site/set_up.py`."""
import json, os, subprocess, sys, sysconfig, tempfile, venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHERE = 'import sysconfig; print(sysconfig.get_path("purelib"))'
TRY = 'import slowai_diffusion as s; print(s.__file__, s.load_ddpm()[0])'

def main():
    book = json.loads((ROOT/'_site'/'html'/'colab'/'00_data.ipynb').read_text(encoding='utf-8'))
    code = next(c for c in book['cells'] if c['id'] == 'set-up')['source']
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        build = [sys.executable, '-m', 'build', '-q', '--wheel', '--no-isolation']
        subprocess.run([*build, '--outdir', tmp, ROOT], check=True, stdout=subprocess.DEVNULL)
        wheel, = tmp.glob('*.whl')
        venv.create(tmp/'fresh')     # its pip is that of this environment, too
        python = tmp/'fresh'/'bin'/'python'
        own = subprocess.run([python, '-c', WHERE], capture_output=True, text=True,
                             check=True).stdout.strip()
        # what the library stands on is here already; the library itself is not
        packages = sysconfig.get_path('purelib')
        (Path(own)/'packages.pth').write_text(packages + '\n')
        environment = dict(os.environ, SLOWAI_SOURCE=str(wheel), PYTHONPATH='')
        subprocess.run([python, '-c', code], check=True, cwd=tmp, env=environment)
        said = subprocess.run([python, '-c', TRY], check=True, cwd=tmp, env=environment,
                              capture_output=True, text=True).stdout
    if not said.startswith(own): sys.exit(f'the library was imported from elsewhere: {said}')
    print('the set-up cell installs the library in a fresh environment')
    print('1 passed, 0 failed')

if __name__ == '__main__': main()
