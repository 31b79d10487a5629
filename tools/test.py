"""Test notebooks as `nbdev_test` does, each in a process of its own:
`python tools/test.py [-n 2] [--flags slow] [00_data …]`.

What all of them need, PyTorch before all, is imported once: each process is a fork of this one.
Their figures are drawn small. The last line counts notebooks. The tests use one thread each unless
OMP_NUM_THREADS says otherwise, so that two do not share a core."""
import argparse, os, sys, tempfile, time
from functools import partial
from importlib import import_module
import nb

os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')     # as in `slowai_diffusion.front`
SHARED = ('torch', 'diffusers.models.unets.unet_2d', 'diffusers.schedulers', 'matplotlib.pyplot',
          'torcheval.metrics', 'nbdev.test')
DPI = 30                                                # of figures that nobody looks at

def test(path, flags):
    "Test one notebook in this process; did it pass?"
    import matplotlib
    from nbdev import test as nbdev
    from nbdev.config import get_config
    sys.path = [p for p in sys.path if p != str(nb.ROOT/'tools')]   # as for any reader
    matplotlib.rcParams['figure.dpi'] = DPI
    nbdev.CaptureShell = partial(nbdev.CaptureShell, mpl_format='png')
    skip = get_config().tst_flags.split()
    passed, _ = nbdev.test_nb(path, skip, flags.split(), basepath=nb.ROOT)
    return passed

def start(path, flags):
    "Begin the test of a notebook in a fork of this process: (its id, the file of what it says)"
    said = tempfile.TemporaryFile()
    sys.stdout.flush()
    if pid := os.fork(): return pid, said
    for stream in 1, 2: os.dup2(said.fileno(), stream)
    sys.exit(not test(path, flags))

def report(name, status, secs=0., peak=0., said=''):
    if said: print(said)
    print(f'{name:24} {status}  {secs:6.1f} s  {peak:6.0f} MB of memory at most', flush=True)
    return status

def test_all(paths, n, flags):
    "Test notebooks, `n` at a time; yields `passed`, `failed` or `skipped` for each"
    todo, running, unit = list(paths), {}, 2**20 if sys.platform == 'darwin' else 2**10
    while todo or running:
        if todo and len(running) < n:
            path = todo.pop(0)
            if nb.skip_exec(path): yield report(path.stem, 'skipped')
            else:
                pid, said = start(path, flags)
                running[pid] = path, said, time.time()
            continue
        pid, status, usage = os.wait4(-1, 0)
        path, said, begin = running.pop(pid)
        said.seek(0)
        text = said.read().decode('utf-8', 'replace') if status else ''
        verdict = 'failed' if status else 'passed'
        yield report(path.stem, verdict, time.time() - begin, usage.ru_maxrss/unit, text)

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('names', nargs='*', help='notebooks to test (all)')
    p.add_argument('-n', type=int, default=min(2, os.cpu_count() or 1),
                   help='notebooks at a time (at most 2)')
    p.add_argument('--flags', default=nb.TEST_FLAGS,
                   help=f'test flags of cells that are left out otherwise ({nb.TEST_FLAGS})')
    args = p.parse_args()
    record, begin = nb.executed(), time.time()
    def seconds(path): return record.get(path.stem, {}).get('seconds', 0)
    paths = sorted(nb.notebooks(args.names), key=seconds, reverse=True)  # the longest first
    print(f'Testing {len(paths)} notebooks, {args.n} at a time', flush=True)
    os.chdir(nb.ROOT)
    if sys.platform != 'darwin':        # macOS allows no fork once its own frameworks are in use
        for name in SHARED: import_module(name)
    res = list(test_all(paths, max(args.n, 1), args.flags))
    print(f'{time.time() - begin:.0f} s in all')
    print(', '.join(f'{res.count(o)} {o}' for o in ('passed', 'failed', 'skipped')))
    sys.exit('failed' in res)

if __name__ == '__main__': main()
