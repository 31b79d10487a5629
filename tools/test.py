"""Test notebooks with `nbdev_test`, each in a process of its own:
`python tools/test.py [-n 2] [--flags slow] [00_data …]`.

The last line counts notebooks. The tests use one thread each unless OMP_NUM_THREADS says otherwise,
so that two do not share a core."""
import argparse, os, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import nb
from child import run

def test(path, flags=''):
    "Test one notebook; returns `passed`, `failed` or `skipped`"
    if nb.skip_exec(path): status, secs, peak = 'skipped', 0, 0
    else:
        cmd = [Path(sys.executable).parent/'nbdev_test', '--path', path, '--n_workers', '0',
               '--flags', flags]
        env = {'OMP_NUM_THREADS': '1', **os.environ}
        failed, out, secs, peak = run(cmd, cwd=nb.ROOT, env=env)
        status = 'failed' if failed or 'No files were eligible' in out else 'passed'
        if status == 'failed': print(out)
    used = f'{secs:6.1f} s  {peak:6.0f} MB of memory at most'
    print(f'{path.stem:24} {status}  {used}', flush=True)
    return status

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('names', nargs='*', help='notebooks to test (all)')
    p.add_argument('-n', type=int, default=min(2, os.cpu_count() or 1),
                   help='notebooks at a time (at most 2)')
    p.add_argument('--flags', default=nb.TEST_FLAGS,
                   help=f'test flags of cells that are left out otherwise ({nb.TEST_FLAGS})')
    args = p.parse_args()
    record, start = nb.executed(), time.time()
    def seconds(path): return record.get(path.stem, {}).get('seconds', 0)
    paths = sorted(nb.notebooks(args.names), key=seconds, reverse=True)  # the longest first
    print(f'Testing {len(paths)} notebooks, {args.n} at a time', flush=True)
    with ThreadPoolExecutor(max(args.n, 1)) as pool:
        res = list(pool.map(lambda o: test(o, args.flags), paths))
    print(f'{time.time()-start:.0f} s in all')
    print(', '.join(f'{res.count(o)} {o}' for o in ('passed', 'failed', 'skipped')))
    sys.exit('failed' in res)

if __name__ == '__main__': main()
