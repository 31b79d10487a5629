"Run a command and measure it: each notebook gets a process of its own."
import os, subprocess, sys, time

def run(cmd, **kwargs):
    "Run `cmd`; returns its exit code, what it wrote, its seconds and the peak of its memory in MB"
    start, unit = time.time(), 2**20 if sys.platform == 'darwin' else 2**10
    p = subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         encoding='utf-8', **kwargs)
    out = p.stdout.read()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, out, time.time()-start, usage.ru_maxrss/unit
