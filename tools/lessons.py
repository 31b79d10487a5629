"""Run notebooks from top to bottom and store their outputs: `python tools/lessons.py [00_data …]`.

If none is named, all of them run, in order. A notebook is replaced only once it has run to its end;
the first error stops everything and leaves the notebook as it was. Every notebook runs in a process
of its own, with the engine that `nbdev_test` uses, in the folder `nbs/`; `nbs/executed.json` says
what the stored outputs stand on."""
import json, math, os, re, subprocess, sys
import nb, stands
from child import run

def screen(text):
    "What a terminal would show in the end: the moves that progress bars make are carried out"
    if '\r' not in text and '\x1b' not in text: return text
    rows, r, c = [''], 0, 0
    for tok in re.findall(r'\x1b\[[\d;]*[A-Za-z]|[\r\n]|[^\r\n\x1b]+', text):
        if tok == '\r': c = 0
        elif tok == '\n':
            r, c = r+1, 0
            if r == len(rows): rows.append('')
        elif tok.startswith('\x1b['):
            up = int(tok[2:-1] or 1) if tok[-1] == 'A' else 0
            r = max(r - up, 0)
        else:
            rows[r] = rows[r][:c].ljust(c) + tok + rows[r][c+len(tok):]
            c += len(tok)
    return '\n'.join(o.rstrip() for o in rows).lstrip('\n')

def tidy(text):
    "Text without what changes from run to run or from machine to machine"
    return re.sub(r' at 0x[0-9a-fA-F]+', '', screen(text)).replace(f'{nb.ROOT}/', '')

def tidy_outputs(outputs):
    "Neighbouring streams of one name joined, text tidied, empty streams dropped"
    res = []
    for o in outputs:
        same = o['output_type'] == 'stream' and res and res[-1].get('name') == o['name']
        if same: res[-1]['text'] += o['text']
        else: res.append(o)
    for o in res:
        if 'text' in o: o['text'] = tidy(''.join(o['text'])).splitlines(True)
        data = o.get('data', {})
        for k in data:
            if k.startswith('text/'): data[k] = tidy(''.join(data[k])).splitlines(True)
    return [o for o in res if o['output_type'] != 'stream' or ''.join(o['text']).strip()]

def new_shell(path):
    "A shell as `execnb` has it, but what a cell prints that ends in `;` is kept"
    from execnb.shell import CaptureShell

    class Shell(CaptureShell):
        def _run(self, raw_cell, *args, **kwargs):
            "`;` at the end hides the last value; execnb would throw the printed text away, too"
            hidden = raw_cell.rstrip().endswith(';')
            res = super()._run(raw_cell + '\n#'*hidden, *args, **kwargs)
            res['quiet'] = hidden
            return res

    return Shell(path, mpl_format='png')

RUN = re.compile('<!--run-->.*?<!--/run-->')    # where an opening says what a run takes

def said_of_run(seconds, megabytes):
    "`about 45 seconds and 1.5 GB of memory`: in steps that another run does not change"
    minutes = f'{round(seconds/30)/2:g} minutes'
    took = f'{max(15, math.ceil(seconds/15)*15)} seconds' if seconds < 100 else minutes
    return f'<!--run-->about {took} and {math.ceil(megabytes/500)/2:g} GB of memory<!--/run-->'

def write_run(path, seconds, megabytes):
    "Write what the run took into the notebook's opening"
    text = path.read_text(encoding='utf-8')
    path.write_text(RUN.sub(said_of_run(seconds, megabytes), text), encoding='utf-8')

def execute(path, dest):
    "Run the notebook at `path` and write it with its outputs, clean, to `dest`"
    from execnb.nbio import read_nb, write_nb
    from nbdev.clean import clean_nb
    os.environ['IN_TEST'] = '1'  # as in nbdev_test: a notebook exports nothing while it runs
    sys.path.insert(0, str(nb.ROOT))
    os.chdir(path.parent)
    book, shell = read_nb(path), new_shell(path)
    shell.run("import matplotlib; matplotlib.rcParams['figure.dpi'] = 80")
    for cell in book.cells:
        if cell.cell_type != 'code': continue
        cell.outputs = []
        if nb.not_run(cell): continue
        shell.cell(cell)
        if shell.exc:
            print(f'In this cell of {path.name}:\n\n{cell.source}\n')
            sys.exit(shell.prettytb(path.name))
        cell.outputs = tidy_outputs(cell.outputs)
    clean_nb(book, allowed_cell_metadata_keys=['jupyter'])    # folded cells stay folded
    write_nb(book, dest)

def run_and_store(path):
    "Run the notebook at `path` in a process of its own, and replace it with what comes out"
    tmp, unchanged = nb.NBS/f'.{path.stem}.tmp', 'the stored notebook is unchanged'
    env = {'PYTHONWARNINGS': 'ignore:IProgress not found', 'OMP_WAIT_POLICY': 'PASSIVE',
           **os.environ}    # as in `slowai_diffusion.front`; many lessons import PyTorch first
    try:
        failed, out, secs, peak = run([sys.executable, __file__, '--one', path.stem], env=env)
        if failed: sys.exit(f'failed after {secs:.0f} s; {unchanged}\n{out}')
        size = tmp.stat().st_size
        if size > nb.MAX_NB:
            sys.exit(f'{size/1e6:.1f} MB of notebook, {nb.MAX_NB/1e6:.0f} are allowed; {unchanged}')
        write_run(tmp, secs, peak)
        tmp.replace(path)
    finally: tmp.unlink(missing_ok=True)
    print(f'{secs:7.1f} s  {size/1e6:5.2f} MB  {peak:6.0f} MB of memory at most')
    new = dict(stands.record(path), seconds=round(secs, 1), peak_mb=round(peak))
    text = json.dumps({**nb.executed(), path.stem: new}, indent=1, sort_keys=True)
    nb.EXECUTED.write_text(text + '\n', encoding='utf-8')

NO_DATA = ('The real Fashion-MNIST is not here, and lessons are stored with it: '
           'set FASHION_MNIST_DIR to the folder with its four files')

def real_data():
    "Is the real data here? Asked in a process of its own, since the library is slow to import"
    ask = 'import sys; from slowai_diffusion.data import data_source as d; '
    asked = subprocess.run([sys.executable, '-c', ask + 'sys.exit(d() == "sample set")'],
                           cwd=nb.ROOT, capture_output=True)
    return asked.returncode == 0

def main(names):
    if names[:1] == ['--one']:
        return execute(nb.notebooks(names[1:])[0], dest=nb.NBS/f'.{names[1]}.tmp')
    paths = nb.notebooks(names)
    if not real_data(): sys.exit(NO_DATA)
    for path in paths:
        if nb.skip_exec(path):
            print(f'{path.stem:24} left out (skip_exec)')
            continue
        print(f'{path.stem:24} ', end='', flush=True)
        run_and_store(path)

if __name__ == '__main__': main(sys.argv[1:])
