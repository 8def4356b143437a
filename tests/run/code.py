"""Code of experiments that trains, breaks, never ends, or fills the disk."""

from __future__ import annotations

from pathlib import Path

ENDLESS = """
import time
def run(settings, record):
    step = 0
    while True:
        step += 1
        record.metric(step, total=step)
        time.sleep(0.01)
"""


BROKEN = """
def run(settings, record):
    print("before the fall")
    record.metric(1, total=1)
    raise ValueError("no such thing")
"""


TRAINS = """
import time, torch
from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import adamw, updates
def run(settings, record):
    model = MiniMind(ModelConfig(vocab_size=32, hidden_size=32, num_layers=2, num_heads=2, num_kv_heads=1,
                                 max_position=16, dropout=0.1))
    tokens = torch.randint(32, (2000,), generator=torch.Generator().manual_seed(0))
    record.plan(settings.steps)
    record.checkpoint.seconds = 0.1
    batches = RandomBlocks(tokens, 16, 4, seed=settings.seed)
    for step, loss, norm in updates(model, [adamw(model, 3e-3)], batches, steps=settings.steps,
                                    checkpoint=record.checkpoint):
        record.metric(step, total=loss, norm=norm)
        if step % 20 == 0:
            record.sample(str(step), step=step)
        time.sleep({pause})
    record.note("x", "x")
"""


FILLS_THE_DISK = """
import time
def run(settings, record):
    step = 0
    while True:
        step += 1
        record.metric(step, total=step)
        if step % 100 == 0:
            record.sample("x" * 2000)
"""


def exceeds(group: Path) -> str:
    """Code that moves its process and the one over it into a control group, and takes more memory than that has."""
    moves = f"[open('{group}/cgroup.procs', 'a').write(str(each)) for each in (os.getppid(), os.getpid())]"
    return f"{moves}; x = b'x' * (400 * 2**20)"
