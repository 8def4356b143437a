"""An experiment that trains a little, then says in a note what it finds around itself.

It says so at the end: PyTorch sets a variable of its own when the first optimizer is made.
"""

from __future__ import annotations

TELLS = '''
import json, os, pathlib, random, resource, signal, stat, sys
import numpy, torch

def inherited():
    """Descriptors that a program which an experiment starts would get, by their kind."""
    found = [number for number in map(int, os.listdir("/proc/self/fd")) if number > 2]
    return [number for number in found if os.path.exists(f"/proc/self/fd/{number}") and os.get_inheritable(number)]

def masks():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return [line for line in lines if line.startswith(("SigBlk", "SigIgn", "SigCgt", "Umask", "NoNewPrivs"))]

def run(settings, record):
    net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Dropout(0.1), torch.nn.Linear(64, 1))
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    for step in range(1, settings.steps + 1):
        optimizer.zero_grad()
        loss = (net(torch.randn(32, 64)) ** 2).mean()
        loss.backward()
        optimizer.step()
        record.metric(step, total=loss, luck=random.random(), numpy=numpy.random.rand())
    record.note("x", json.dumps({
        "niceness": os.nice(0),
        "memory": pathlib.Path("/proc/self/oom_score_adj").read_text(),
        "folder": os.path.basename(os.getcwd()) == record.run,
        "leads its group": os.getpgid(0) == os.getpid(),
        "in the session of its parent": os.getsid(0) == os.getppid(),
        "inherited": inherited(),
        "streams": [stat.S_IFMT(os.fstat(number).st_mode) for number in (0, 1, 2)],
        "output": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stderr.errors],
        "masks": masks(),
        "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE)],
        "environment": dict(os.environ),
        "arguments": [os.path.basename(part) for part in sys.argv][:1],
        "path": [part for part in sys.path],
        "flags": repr(sys.flags),
        "threads": [torch.get_num_threads(), torch.get_num_interop_threads()],
        "flush": torch.get_flush_denormal() if hasattr(torch, "get_flush_denormal") else None,
        "switch": sys.getswitchinterval(),
        "recursion": sys.getrecursionlimit(),
    }))
'''
