"""Run notebooks from top to bottom and store their outputs: `python tools/lessons.py [00_data …]` (all of them, in order, if none is named).

A notebook is replaced only once it has run to its end; the first error stops everything and leaves the notebook as it was.
Every notebook runs in a process of its own, with the engine that `nbdev_test` uses, in the folder `nbs/`."""
import json, os, re, sys
import nb
from child import run

def screen(text):
    "What a terminal would show in the end: carriage returns and cursor-up, as progress bars use them, are carried out"
    if '\r' not in text and '\x1b' not in text: return text
    rows, r, c = [''], 0, 0
    for tok in re.findall(r'\x1b\[[\d;]*[A-Za-z]|[\r\n]|[^\r\n\x1b]+', text):
        if   tok == '\r': c = 0
        elif tok == '\n':
            r, c = r+1, 0
            if r == len(rows): rows.append('')
        elif tok.startswith('\x1b['): r = max(r - (int(tok[2:-1] or 1) if tok[-1] == 'A' else 0), 0)
        else: rows[r], c = rows[r][:c].ljust(c) + tok + rows[r][c+len(tok):], c+len(tok)
    return '\n'.join(o.rstrip() for o in rows).lstrip('\n')

def tidy(text):
    "Text without what changes from run to run or from machine to machine"
    return re.sub(r' at 0x[0-9a-fA-F]+', '', screen(text)).replace(f'{nb.ROOT}/', '')

def tidy_outputs(outputs):
    "Neighbouring streams of one name joined, text tidied, empty streams dropped"
    res = []
    for o in outputs:
        if o['output_type'] == 'stream' and res and res[-1].get('name') == o['name']: res[-1]['text'] += o['text']
        else: res.append(o)
    for o in res:
        if 'text' in o: o['text'] = tidy(''.join(o['text'])).splitlines(True)
        data = o.get('data', {})
        for k in data:
            if k.startswith('text/'): data[k] = tidy(''.join(data[k])).splitlines(True)
    return [o for o in res if o['output_type'] != 'stream' or ''.join(o['text']).strip()]

def execute(path, dest):
    "Run the notebook at `path` and write it with its outputs, clean, to `dest`"
    from execnb.nbio import read_nb, write_nb
    from execnb.shell import CaptureShell
    from nbdev.clean import clean_nb
    os.environ['IN_TEST'] = '1'  # as in nbdev_test: a notebook exports nothing while it runs
    sys.path.insert(0, str(nb.ROOT))
    os.chdir(path.parent)
    book, shell = read_nb(path), CaptureShell(path, mpl_format='png')
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
    clean_nb(book)
    write_nb(book, dest)

def main(names):
    if names[:1] == ['--one']: return execute(nb.notebooks(names[1:])[0], dest=nb.NBS/f'.{names[1]}.tmp')
    env = {'PYTHONWARNINGS': 'ignore:IProgress not found', **os.environ}
    for path in nb.notebooks(names):
        if nb.skip_exec(path): print(f'{path.stem:24} left out (skip_exec)'); continue
        print(f'{path.stem:24} ', end='', flush=True)
        tmp = nb.NBS/f'.{path.stem}.tmp'
        try:
            failed, out, secs, peak = run([sys.executable, __file__, '--one', path.stem], env=env)
            if failed: sys.exit(f'failed after {secs:.0f} s; the stored notebook is unchanged\n{out}')
            size = tmp.stat().st_size
            if size > nb.MAX_NB: sys.exit(f'{size/1e6:.1f} MB of notebook: more than {nb.MAX_NB/1e6:.0f} MB; the stored notebook is unchanged')
            tmp.replace(path)
        finally: tmp.unlink(missing_ok=True)
        print(f'{secs:7.1f} s  {size/1e6:5.2f} MB  {peak:6.0f} MB of memory at most')
        record = {**nb.executed(), path.stem: dict(code=nb.code_hash(path), seconds=round(secs, 1), peak_mb=round(peak))}
        nb.EXECUTED.write_text(json.dumps(record, indent=1, sort_keys=True)+'\n')

if __name__ == '__main__': main(sys.argv[1:])
