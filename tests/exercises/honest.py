"""Right answers that use the ordinary tools of Python and PyTorch: a check has nothing to say against any of them."""

from __future__ import annotations

from importlib.util import find_spec
from textwrap import indent
from typing import NamedTuple

from tests.exercises.mistakes import folder_of

NORM = "normalization/rmsnorm"
TEMPLATE = """{imports}
import torch
from torch import nn

{before}

class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
{forward}

    def compute(self, x):
        wide = x.float()
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)
"""


class Honest(NamedTuple):
    """An RMSNorm whose `forward` uses a tool; with `exercise`, that exercise's solution with `forward` before it."""

    name: str
    forward: str = "return self.compute(x)"
    imports: str = ""
    before: str = ""
    exercise: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> bytes:
        """The answer's file."""
        if self.exercise:
            return f"{self.forward}\n{(folder_of(self.exercise) / 'solution.py').read_text('utf-8')}".encode()
        text = TEMPLATE.format(imports=self.imports, before=self.before, forward=indent(self.forward, " " * 8))
        return text.encode()


def used(tool: str, imports: str = "", before: str = "") -> Honest:
    """An answer that uses a tool before it computes; its name is the first thing that is imported, else the tool."""
    return Honest(imports or tool.partition("\n")[0], f"{tool}\nreturn self.compute(x)", imports, before)


CASCADE = "threads = [Thread(target=self.compute, args=(x,)) for _ in range(8)]"
HONEST = [
    used("torch.manual_seed(0)"),
    used("torch.default_generator.get_state()"),
    used("torch.vmap(torch.sin)(x.float())"),
    used("torch.func.functional_call(nn.Linear(2, 2), {}, (torch.ones(2),))"),
    used("torch.testing.assert_close(x, x)"),
    used("torch.set_printoptions(precision=3)\nprint(x, repr(self))"),
    used("torch.set_num_threads(1)"),
    used("self.register_forward_hook(lambda *_: None).remove()"),
    used("with torch.autograd.set_detect_anomaly(True):\n    self.compute(x).float().sum()"),
    used("with torch.profiler.profile() as found:\n    self.compute(x)\nfound.key_averages().table()"),
    used("with torch.autograd.profiler.record_function('norm'):\n    self.compute(x)"),
    used("torch.jit.trace(lambda a: a * 2, torch.ones(2))(torch.ones(2))"),
    used("for batch in torch.utils.data.DataLoader(torch.ones(4, 2), batch_size=2): batch.sum()"),
    used(
        "torch.save(x, path := Path('kept.pt'))\nassert torch.load(path).shape == x.shape", "from pathlib import Path"
    ),
    Honest("torch.compile", "return f(self, x)", before="@torch.compile\ndef f(self, x): return self.compute(x)"),
    Honest(
        "checkpoint", "return checkpoint(self.compute, x, use_reentrant=False)", "from torch.utils.checkpoint import *"
    ),
    Honest("from torch import *", imports="from torch import *", before="assert zeros(2).sum() == 0"),
    Honest(
        "vector_norm",
        "n = torch.linalg.vector_norm(x.float(), dim=-1, keepdim=True)\n"
        "return (x.float() / (n.square() / x.shape[-1] + self.eps).sqrt() * self.weight).to(x.dtype)",
    ),
    Honest(
        "in place",
        "x = x.float()\nr = (x.pow(2).mean(-1, keepdim=True) + self.eps).sqrt()\n"
        "if torch.is_grad_enabled() and x.requires_grad: return (x / r * self.weight)\n"
        "x /= r\nx *= self.weight\nreturn x.to(self.weight.dtype)",
    ),
    used("torch.fx.symbolic_trace(nn.Linear(2, 2))(torch.ones(2))", "import torch.fx"),
    used("assert pickle.loads(pickle.dumps(self)).eps == self.eps", "import pickle"),
    used("copy.copy(self).compute(x)", "import copy"),
    used("copy.deepcopy(self).compute(x)", "import copy, copyreg"),
    used("assert [frame.lineno for frame in inspect.stack()]\ninspect.getsource(RMSNorm)", "import inspect"),
    used("logging.getLogger('norm').warning('here', stack_info=True)", "import logging"),
    used("traceback.print_stack()\ntraceback.format_exc()", "import traceback"),
    used("warnings.warn('a warning')", "import warnings"),
    used(
        "assert typing.get_type_hints(Pair) == {'a': int}",
        "import typing",
        "class Pair(typing.NamedTuple):\n    a: int",
    ),
    used("Size(2)", "from dataclasses import dataclass", "@dataclass(frozen=True)\nclass Size:\n    rows: int"),
    used("root(2.0)", "from functools import cache", "@cache\ndef root(a): return a ** 0.5"),
    used("Kind(1)", "from enum import Enum", "class Kind(Enum):\n    ROW = 1"),
    used("with tempfile.TemporaryFile() as file: torch.save(self.state_dict(), file)", "import tempfile"),
    used(
        "with tempfile.NamedTemporaryFile('w', delete=False) as f: f.write('a')\nos.remove(f.name)",
        "import os, tempfile",
    ),
    used("os.makedirs('a/b', exist_ok=True)\nos.rename('a/b', 'a/c')\nshutil.rmtree('a')", "import os, shutil"),
    used("open('log.txt', 'a').write('x')\nassert open(__file__).read()", "import io"),
    used("linecache.getline(__file__, 1)", "import linecache"),
    used("cProfile.Profile().runcall(self.compute, x)", "import cProfile"),
    used("timeit.timeit(lambda: self.compute(x), number=2)", "import timeit"),
    used("tracemalloc.start()\ntracemalloc.take_snapshot()\ntracemalloc.stop()", "import tracemalloc"),
    used("faulthandler.enable()\nfaulthandler.dump_traceback()", "import faulthandler"),
    used("gc.collect()\nweakref.ref(self)()", "import gc, weakref"),
    used(f"{CASCADE}\n[t.start() for t in threads]\n[t.join() for t in threads]", "from threading import Thread"),
    used("with ThreadPoolExecutor(8) as pool: [*pool.map(abs, range(8))]", "from concurrent.futures import *"),
    used(
        "p = get_context('fork').Process(target=abs, args=(1,))\np.start()\np.join()", "from multiprocessing import *"
    ),
    used("asyncio.run(asyncio.sleep(0))", "import asyncio"),
    used("assert subprocess.run(['true']).returncode == 0", "import subprocess"),
    used("if (child := os.fork()) == 0: os._exit(0)\nassert os.waitpid(child, 0)[1] == 0", "import os, sys"),
    used(
        "child = subprocess.Popen(['sleep', '60'])\nos.kill(child.pid, 9)\nchild.wait()", "import os, subprocess, sys"
    ),
    used("assert ctypes.CDLL(None).abs(-2) == 2", "import ctypes"),
    used("a, b = socket.socketpair()\na.close(), b.close()", "import socket"),
    used("sys.setrecursionlimit(10_000)", "import sys"),
    used("resource.getrlimit(resource.RLIMIT_CPU)", "import resource"),
    used("signal.signal(signal.SIGUSR1, lambda *_: None)\nos.kill(os.getpid(), signal.SIGUSR1)", "import os, signal"),
    used("r, w = os.pipe()\nos.close(r), os.close(w)", "import os, stat"),
    used(
        "kept = os.dup(1)\nos.dup2(os.open(os.devnull, os.O_WRONLY), 1)\nos.dup2(kept, 1)\nos.close(kept)",
        "import os, fcntl",
    ),
    used(
        "sys.stdout.buffer.write(b'x')\nsys.stdout.flush()\nsys.stderr.isatty()\nsys.stdout.encoding.lower()",
        "import sys, io",
    ),
    used("numpy.asarray(x.detach().float()).mean()", "import numpy"),
    used("random.seed(3)\nrandom.random()", "import random"),
    used("exec('y = 1')\neval('2 + 2')", "import code"),
    used("unittest.TextTestRunner().run(unittest.TestSuite())", "import unittest"),
    Honest("a method for Tensor", before="torch.Tensor.root_mean_square = lambda self: self.square().mean().sqrt()"),
    Honest(
        "its own function",
        "return Norm.apply(x, self.weight, self.eps)",
        before="""
class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        r = (x.float().pow(2).mean(-1, keepdim=True) + eps).rsqrt()
        ctx.save_for_backward(x, weight, r)
        return (x.float() * r * weight).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        x, weight, r = ctx.saved_tensors
        n, g = x * r, grad * weight
        return r * (g - n * (g * n).mean(-1, keepdim=True)), (grad * n).sum(0), None
""",
    ),
    Honest("a demonstration", before="if __name__ == '__main__':\n    raise SystemExit"),
    Honest("seeded in every call", "import torch\ntorch.manual_seed(0)\n", exercise="attention/multi-head-gqa"),
    Honest(
        "anomalies while it goes back",
        "import torch\ntorch.autograd.set_detect_anomaly(False)\n",
        exercise="residual/residual-backward",
    ),
    Honest(
        "profiled by autograd's own",
        "from torch.autograd import profiler\n",
        exercise="normalization/layernorm-backward",
    ),
    Honest("torch.nn.functional by star", "from torch.nn.functional import *\n", exercise="feed-forward/swiglu"),
]
for library, answer in {
    "einops": Honest("einops", "einops.rearrange(x[None], 'a ... -> ... a')\nreturn self.compute(x)", "import einops"),
    "jaxtyping": Honest("jaxtyping", imports="from jaxtyping import Float, jaxtyped", before="Row = Float['...']"),
}.items():
    if find_spec(library) is not None:
        HONEST.append(answer)
