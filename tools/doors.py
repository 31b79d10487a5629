"""The slow doors: `python tools/doors.py [NAME …]` (`make doors`). Kills, two at once, damaged
checkpoints, full disks, other locales, Ctrl-C, each tried with the commands as a user has them.

A command is a process of its own. To import PyTorch takes seconds; so what is not about the start
of a command (another locale, another library, Ctrl-C while importing) is a fork of a process that
has imported it, and `diffusers`. The quick ones are in nbs/98_doors.ipynb. Each scenario has a
folder of its own and says in its docstring what must hold; the last line counts them, and the exit
status is 1 if one fails."""
import argparse, contextlib, functools, hashlib, json, multiprocessing, os, resource, shutil, signal
import subprocess, sys, tempfile, threading, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from safetensors.numpy import load_file
import nb

BIN, TOP = Path(sys.executable).parent, Path(tempfile.gettempdir())/f'doors-{os.getpid()}'
SCENARIOS = {}
LIMIT = 60                              # seconds a command may take
TRAIN = ('slowai_train', 'fashion_unet', '--steps', '12', '--images', '32', '--bs', '4',
         '--checkpoint_every', '2', '--print_every', '1', '--out')
WEIGHTS = 'diffusion_pytorch_model.safetensors'
NO_DATA = 'The real Fashion-MNIST was not found'        # what is said where it is not
ASCII = dict(LC_ALL='C', LANG='C', PYTHONUTF8='0', PYTHONCOERCECLOCALE='0')
FORKS = multiprocessing.get_context('forkserver' if sys.platform == 'linux' else 'spawn')

class Skip(Exception): "A scenario that cannot be tried here."

def once(f):
    "`functools.cache` for scenarios that run at the same time."
    lock, cached = threading.Lock(), functools.cache(f)
    def g():
        with lock: return cached()
    return g

def scenario(f):
    "Register a function (its folder) as a scenario."
    SCENARIOS[f.__name__] = f
    return f

def limit_files(megabytes):
    "What limits the size of a process's files, as a full disk would."
    size = int(megabytes*1e6)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

def as_script(out, args, cwd, env, megabytes):
    "What a console script does, in this process, with what it says into a pipe."
    for stream in 1, 2: os.dup2(out.fileno(), stream)
    sys.stdout = open(1, 'w', encoding='utf-8', closefd=False)
    sys.stderr = open(2, 'w', encoding='utf-8', closefd=False, buffering=1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(cwd)
    os.environ.update(env)
    if megabytes: limit_files(megabytes)
    sys.argv = args
    from slowai_diffusion.front import main
    main()

class Fork:
    "A command under way in a fork, with what is needed here of `subprocess.Popen`."
    def __init__(self, args, cwd, env, megabytes):
        said, out = FORKS.Pipe(duplex=False)
        self.args = args
        self.process = FORKS.Process(target=as_script, args=(out, args, str(cwd), env, megabytes))
        self.process.start()
        out.close()
        self.stdout = open(os.dup(said.fileno()), 'rb')
        said.close()
    @property
    def returncode(self): return self.process.exitcode
    def poll(self): return self.process.exitcode
    def kill(self): self.process.kill()
    def send_signal(self, number): os.kill(self.process.pid, number)
    def communicate(self, timeout):
        late = threading.Event()
        def stop():
            late.set()
            self.kill()
        timer = threading.Timer(timeout, stop)
        timer.start()
        said = self.stdout.read()
        self.process.join()
        timer.cancel()
        if late.is_set(): raise subprocess.TimeoutExpired(self.args, timeout)
        return said, None

def start(*args, cwd, fresh=False, megabytes=None, **env):
    """A command of the course under way, what it says in a pipe. `fresh`: from the shell, also
    where it could be a fork; `megabytes`: its files can be no larger."""
    args = [*map(str, args)]
    at_the_start = any(k.startswith(('PYTHON', 'LC_', 'LANG')) for k in env)
    env = {'SLOWAI_HOME': str(TOP/'home'), **env}
    if not fresh and not at_the_start: return Fork(args, cwd, env, megabytes)
    def first(): signal.signal(signal.SIGINT, signal.SIG_DFL)   # a background job ignores it
    name, *rest = args
    return subprocess.Popen([BIN/name, *rest], cwd=cwd, env={**os.environ, **env}, preexec_fn=first,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)

def end(process):
    "(exit status, all that it said)."
    try: said, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f'still running after {LIMIT} s: {process.args}') from None
    return process.returncode, said.decode('utf-8', 'replace')

def run(*args, **kwargs): return end(start(*args, **kwargs))

def until(process, text):
    "Read what a command says until it said `text`."
    seen, timer = b'', threading.Timer(LIMIT, process.kill)
    timer.start()
    while text.encode() not in seen:
        more = process.stdout.read1()
        seen += more
        if not more: break
    timer.cancel()
    assert text.encode() in seen, f'{text!r} was never said, but: {seen[-500:].decode()}'

def right(result):
    "What was said, if the command went well."
    status, said = result
    assert status == 0 and 'Traceback' not in said, f'exit status {status}: {said[-800:]}'
    return said

def refused(result, *words):
    "The one line `error: …` of a command that was refused, and holds these words."
    status, said = result
    lines = [s for s in said.splitlines() if s.strip() and not s.startswith(NO_DATA)]
    last = lines[-1] if lines else ''
    assert status == 1 and last.startswith('error: '), f'exit status {status}: {said[-800:]}'
    assert 'Traceback' not in said, said[-800:]
    missing = [w for w in words if w not in last]
    assert not missing, f'{missing} not in: {last}'
    return last

def sha(path): return hashlib.sha256(Path(path).read_bytes()).hexdigest()

def files(folder):
    "What lies in a folder: file -> SHA-256; locks aside."
    found = (p for p in sorted(Path(folder).rglob('*'))
             if p.is_file() and not p.name.endswith('.lock'))
    return {str(p.relative_to(folder)): sha(p) for p in found}

def flip(path):
    "Change 64 bytes in the middle of a file."
    data = bytearray(Path(path).read_bytes())
    at = len(data)//2
    data[at:at + 64] = bytes(b ^ 255 for b in data[at:at + 64])
    Path(path).write_bytes(data)

def checkpoints(folder):
    "Checkpoints, the newest first."
    return sorted(Path(folder).glob('*checkpoint*.pt'), key=lambda p: -p.stat().st_mtime_ns)

@once
def undisturbed():
    "The folder of a training that nothing happened to but a second one, which was refused."
    folder = TOP/'undisturbed'
    folder.mkdir()
    first = start(*TRAIN, 'd', cwd=folder)
    until(first, 'step 1 ')
    second = run(*TRAIN, 'd', cwd=folder)
    right(end(first))
    return folder, second

@once
def killed():
    "The folder of a training that was killed after its fifth step."
    folder = TOP/'killed'
    folder.mkdir()
    p = start(*TRAIN, 'd', cwd=folder)
    until(p, 'step 5 ')
    p.kill()
    end(p)
    return folder/'d'

def same_as_undisturbed(d):
    whole = undisturbed()[0]/'d'
    assert sha(d/WEIGHTS) == sha(whole/WEIGHTS), 'other weights than those of an undisturbed run'
    left = set(files(d)) - set(files(whole))
    assert not left, f'left behind: {left}'

@scenario
def two_trainings_into_one_folder(folder):
    "The second is refused at once; the first ends as if alone."
    refused(undisturbed()[1])
    card = json.loads((undisturbed()[0]/'d'/'card.json').read_text(encoding='utf-8'))
    assert card['steps'] == 12, card

SLOW = """import pathlib, time
from slowai_diffusion import recipes
load = recipes.recipe_data
def slowly(*args):
    print('loading', flush=True)
    while not pathlib.Path('d/card.json').exists(): time.sleep(.05)
    return load(*args)
recipes.recipe_data = slowly
"""

@scenario
def a_training_that_loads_for_long(folder):
    "It begins while its folder is free; another is begun and ended meanwhile: it is refused."
    (folder/'slow.py').write_text(SLOW, encoding='utf-8')
    paths = os.pathsep.join([str(nb.ROOT), str(folder)])
    p = start(*TRAIN, 'd', cwd=folder, SLOWAI_PLUGINS='slow', PYTHONPATH=paths)
    until(p, 'loading')
    d = shutil.copytree(undisturbed()[0]/'d', folder/'d')
    refused(end(p), 'd', 'choose another out, or force')
    assert files(d) == files(undisturbed()[0]/'d'), 'files were changed'

@scenario
def kill_and_ctrl_c_in_a_training(folder):
    "Killed after step 5, taken up, stopped by Ctrl-C, taken up: bit for bit the undisturbed run."
    shutil.copytree(killed(), folder/'d')
    before = files(folder/'d')
    refused(run(*TRAIN, 'd', cwd=folder), 'd')      # without --resume nothing is begun anew
    assert files(folder/'d') == before, 'the killed run was changed'
    p = start(*TRAIN, 'd', '--resume', cwd=folder)
    until(p, 'step 8 ')
    p.send_signal(signal.SIGINT)
    status, said = end(p)
    assert status and 'resume' in said and 'Traceback' not in said, said[-500:]
    right(run(*TRAIN, 'd', '--resume', cwd=folder))
    same_as_undisturbed(folder/'d')

@scenario
def a_damaged_checkpoint(folder):
    "The one before it is taken, with a warning, and the end is the same."
    shutil.copytree(killed(), folder/'d')
    newest, *older = checkpoints(folder/'d')
    assert older, f'one checkpoint only: {newest}'
    flip(newest)
    said = right(run(*TRAIN, 'd', '--resume', cwd=folder))
    assert 'checkpoint' in said, said[-300:]
    same_as_undisturbed(folder/'d')

@scenario
def only_damaged_checkpoints(folder):
    "One line names the file, and nothing is changed."
    shutil.copytree(killed(), folder/'d')
    for p in checkpoints(folder/'d'): p.write_bytes(p.read_bytes()[:1000])
    before = files(folder)
    refused(run(*TRAIN, 'd', '--resume', cwd=folder), 'checkpoint')
    assert files(folder) == before, 'files were changed'

@scenario
def another_recipe_takes_a_run_up(folder):
    "It is refused, and says what differs."
    shutil.copytree(killed(), folder/'d')
    before = files(folder)
    twin = ['fashion_unet_tuned' if a == 'fashion_unet' else a for a in TRAIN]
    refused(run(*twin, 'd', '--resume', cwd=folder), 'fashion_unet_tuned')
    assert files(folder) == before, 'files were changed'

@scenario
def a_finished_training_is_safe(folder):
    "`--resume` says that it is finished, and changes nothing."
    d = shutil.copytree(undisturbed()[0]/'d', folder/'d')
    before = files(d)
    refused(run('slowai_train', 'fashion_unet', '--out', 'd', '--resume', cwd=folder), 'finished')
    assert files(d) == before, 'files were changed'

@scenario
def a_short_training_in_a_checkout(folder):
    "Shipped models are not replaced; a folder that is not ours is not written into."
    for name in nb.LIB, 'models':
        shutil.copytree(nb.ROOT/name, folder/name, ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(nb.ROOT/'settings.ini', folder)
    (folder/'README.md').write_text('mine', encoding='utf-8')
    before = files(folder)
    args = 'slowai_train', 'fashion_unet', '--steps', 2, '--images', 16, '--bs', 4
    here = dict(cwd=folder, PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE='1')
    refused(run(*args, '--force', **here), 'out')
    refused(run(*args, '--out', '.', '--force', **here))
    assert files(folder) == before, 'files were changed'

@scenario
def kill_in_a_drawing(folder):
    "What was drawn is kept, and the whole is the same as undisturbed."
    args = 'slowai_eval', '--model', 'laptop_unet', '--n', 512, '--steps', 1, '--no_floor'
    def parts(home): return sorted((folder/home).rglob('draws/*/*/0*.safetensors'))
    p = start(*args, cwd=folder, SLOWAI_HOME=str(folder/'killed'))
    while not parts('killed') and p.poll() is None: time.sleep(.01)
    p.kill()
    end(p)
    assert len(parts('killed')) == 1, 'it was over before the kill'
    for home in 'killed', 'whole': right(run(*args, cwd=folder, SLOWAI_HOME=str(folder/home)))
    for a, b in zip(parts('killed'), parts('whole'), strict=True):
        assert a.name == b.name and (load_file(a)['images'] == load_file(b)['images']).all(), a

@scenario
def kill_and_ctrl_c_in_a_sample(folder):
    "No half-written file is left, nor a traceback."
    p = start('slowai_sample', '--model', 'fashion_unet', '--n', 64, '--steps', 1000,
              '--out', 's.npy', cwd=folder)
    until(p, '/1000 [')
    p.send_signal(signal.SIGINT)
    status, said = end(p)
    assert status and 'Traceback' not in said, said[-500:]
    assert not files(folder), files(folder)

@scenario
def two_drawings_into_one_file(folder):
    "The second is refused before it draws, with force, too; the first ends as if alone."
    args = ('slowai_sample', '--model', 'fashion_unet', '--n', 1, '--steps', 60, '--no_score',
            '--out', 's.npy')
    first = start(*args, cwd=folder)
    until(first, '/60 [')
    first.send_signal(signal.SIGSTOP)
    refused(run(*args, '--seed', 1, '--force', cwd=folder), 's.npy', 'in use')
    first.send_signal(signal.SIGCONT)
    right(end(first))
    assert list(files(folder)) == ['s.npy'], files(folder)

@scenario
def ctrl_c_while_importing(folder):
    "No traceback."
    p = start('slowai_sample', '--n', 4, cwd=folder, fresh=True)
    time.sleep(.7)
    p.send_signal(signal.SIGINT)
    status, said = end(p)
    assert status and 'Traceback' not in said, said[-800:]

@contextlib.contextmanager
def small_disk(folder, megabytes):
    "A folder on a disk of that size, as a tmpfs."
    folder.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', f'size={megabytes}M', 'tmpfs', folder]
    try: made = subprocess.run(mount, capture_output=True).returncode == 0
    except OSError: made = False
    if not made: raise Skip('a tmpfs cannot be mounted here')
    try: yield folder
    finally: subprocess.run(['umount', folder], check=True)

@scenario
def a_full_disk_while_training(folder):
    "One line, and no half-written file; what could be written of a run is whole."
    with small_disk(folder/'disk', 2) as disk:
        refused(run(*TRAIN, 'disk/d', cwd=folder))
        assert not [p for p in disk.rglob('*') if p.stat().st_size > 1e5], [*disk.rglob('*')]

@scenario
def files_too_large(folder):
    "As on a full disk: one line, and no half-written file."
    refused(run(*TRAIN, 'd', cwd=folder, megabytes=1))
    args = 'slowai_sample', '--n', 32, '--steps', 1, '--no_score', '--out', 's.npy'
    refused(run(*args, cwd=folder, megabytes=.1), 's.npy')
    large = [p for p in folder.rglob('*') if p.is_file() and p.stat().st_size > 1e5]
    assert not large, large

@scenario
def an_ascii_locale(folder):
    "A training, a drawing and scores work where the locale knows ASCII only."
    args = 'slowai_train', 'fashion_unet', '--steps', 1, '--images', 8, '--bs', 4
    right(run(*args, '--out', 'é ü', cwd=folder, **ASCII))
    card = json.loads((folder/'é ü'/'card.json').read_text(encoding='utf-8'))
    assert card['steps'] == 1 and 'β' in (folder/'é ü'/'README.md').read_text(encoding='utf-8')
    sample = 'slowai_sample', '--model', './é ü', '--n', 8, '--steps', 2, '--out'
    right(run(*sample, 's.npy', cwd=folder, **ASCII))
    said = right(run('slowai_eval', 's.npy', cwd=folder, **ASCII))
    assert 'FID' in said

@scenario
def a_terminal_of_cp1252(folder):
    "What it cannot show is shown otherwise."
    args = 'slowai_sample', '--sampler', 'ddim', '--eta', .5, '--n', 4, '--steps', 2
    right(run(*args, cwd=folder, PYTHONIOENCODING='cp1252'))
    right(run('slowai_eval', '--help', cwd=folder, PYTHONIOENCODING='ascii'))

@scenario
def a_folder_that_is_read_only(folder):
    "One line, before any work."
    if os.geteuid() == 0: raise Skip('root may write everywhere')
    (folder/'d').mkdir(mode=0o555)
    refused(run(*TRAIN, 'd/x', cwd=folder), 'd')
    refused(run('slowai_sample', '--n', 4, '--out', 'd/s.npy', cwd=folder), 'd')

@scenario
def minutes_on_a_busy_machine(folder):
    "A budget of time is kept within 5 %, or a step, while others work."
    args = 'slowai_train', 'fashion_unet', '--minutes', .1, '--images', 64, '--bs', 8, '--out', 'd'
    p = start(*args, '--print_every', 1, cwd=folder)
    until(p, 'step 2 ')     # by now the first estimate is made
    busy = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(3)]
    try: right(end(p))
    finally:
        for b in busy: b.kill()
    info = json.loads((folder/'d'/'history.json').read_text(encoding='utf-8'))['info']
    step = info['seconds']/info['n_steps']
    assert abs(info['seconds'] - 6) <= max(.05*6, 2*step), info

@scenario
def the_import_is_quick(folder):
    "`import slowai_diffusion` costs less than 0.1 s."
    code = 'import time; t = time.process_time(); import slowai_diffusion; ' \
           'print(time.process_time() - t)'
    seconds = [float(right(run('python', '-c', code, cwd=folder, fresh=True))) for _ in range(2)]
    assert min(seconds) < .1, seconds

@scenario
def make_with_a_quote_in_a_name(folder):
    "`make sample` hands the name on as it is."
    (folder/'bin').mkdir()
    (folder/'bin'/'slowai_sample').write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (folder/'bin'/'slowai_sample').chmod(0o755)
    (folder/'ready').write_text(f'{nb.ROOT}\n')
    alone = {k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'MFLAGS'))}
    alone.pop('ARGS', None)                             # those of a make around this one
    for name in "a'b.png", 'a b.png', '$HOME.png':
        given = name.replace('$', '$$')
        made = subprocess.run(
            ['make', '--no-print-directory', 'sample', f'BIN={folder}/bin',
             f'READY={folder}/ready', f'OUT={given}'], cwd=nb.ROOT, env=alone,
            capture_output=True, text=True)
        assert made.returncode == 0 and made.stdout.splitlines()[-1] == name, (name, made)

@scenario
def make_where_the_environment_is_a_link(folder):
    "An environment of another folder, linked here, is not emptied."
    for name in 'Makefile', 'settings.ini', 'setup.py', 'pyproject.toml', 'constraints.txt':
        shutil.copy(nb.ROOT/name, folder)
    (folder/'other').mkdir()
    (folder/'other'/'mine').write_text('mine')
    (folder/'.venv').symlink_to('other')
    made = subprocess.run(['make', '.venv/ready'], cwd=folder, capture_output=True, text=True)
    assert made.returncode and 'is a link to other' in made.stderr, made
    assert (folder/'other'/'mine').read_text() == 'mine'

def tried(name):
    "(name; ok, failed or skipped; why; seconds) of a scenario."
    folder, begin = TOP/name, time.time()
    folder.mkdir()
    verdict, why = 'ok', ''
    try: SCENARIOS[name](folder)
    except Skip as e: verdict, why = 'skipped', str(e)
    except Exception as e: verdict, why = 'failed', f'{type(e).__name__}: {e}'
    return name, verdict, why, time.time() - begin

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('names', nargs='*', help=f'some of: {", ".join(SCENARIOS)}; default: all')
    names = p.parse_args().names or list(SCENARIOS)
    if unknown := set(names) - set(SCENARIOS): sys.exit(f'no such scenario: {", ".join(unknown)}')
    found, begin = [], time.time()
    TOP.mkdir()
    os.environ.setdefault('OMP_NUM_THREADS', '1')
    os.environ.setdefault('PYTHONPATH', str(nb.ROOT))
    os.environ.setdefault('PYTHONWARNINGS', 'ignore:resource_tracker')  # a killed fork leaves locks
    FORKS.set_forkserver_preload(['slowai_diffusion.commands', 'diffusers.models.unets.unet_2d'])
    with ThreadPoolExecutor(2) as two_at_a_time:
        for name, verdict, why, seconds in two_at_a_time.map(tried, names):
            found.append(verdict)
            print(f'{name:32} {verdict:8} {seconds:5.1f} s  {why}', flush=True)
    shutil.rmtree(TOP, ignore_errors=True)
    print(f'{time.time() - begin:.0f} s in all')
    print('doors: ' + ', '.join(f'{found.count(v)} {v}' for v in ('ok', 'failed', 'skipped')))
    sys.exit('failed' in found)

if __name__ == '__main__': main()
