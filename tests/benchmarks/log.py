"""Opening the log of a long run: time and memory in a process of its own."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from minimind_tui.run.events import encode
from tests.benchmarks import Figure

STEPS = 1_000_000
OPEN = """
import json, re, sys, time
from pathlib import Path
from minimind_tui.base.home import Home
from minimind_tui.run.watch import RunView

def kilobytes(name):
    return int(re.search(rf"{name}:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

root = Path(sys.argv[1])
before, began = kilobytes("VmRSS"), time.perf_counter()
view = RunView(Home(root, root, root), "long")
view.poll()
seconds = time.perf_counter() - began
print(json.dumps([seconds, (kilobytes("VmHWM") - before) * 1024 / 1e6, len(view.summary.arms["a"].metrics["loss"])]))
"""


def write(path: Path, block: int) -> None:
    """A log of STEPS steps of two metrics, `block` steps a line, as the recorder writes them."""
    with path.open("wb") as file:
        file.write(encode("started", 0.0, {"experiment": "x/y", "seed": 1, "arms": ["a"]}))
        for first in range(1, STEPS + 1, block):
            steps = list(range(first, first + block))
            values = {
                "loss": [4 * math.exp(-step / 3e5) + 0.3 * math.sin(step) for step in steps],
                "gradient_norm": [1 + 0.5 * math.cos(step) for step in steps],
            }
            file.write(encode("metric", first / 1e3, {"arm": "a", "step": steps, "values": values}))


def measure() -> list[Figure]:
    """Seconds and megabytes, the median of three openings, each in a new process."""
    figures = []
    for block in (500, 10):
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "runs" / "long"
            run.mkdir(parents=True)
            write(run / "events.jsonl", block)
            opened = []
            for _ in range(3):
                done = subprocess.run([sys.executable, "-c", OPEN, folder], capture_output=True, text=True, check=True)
                opened.append(json.loads(done.stdout))
            assert all(steps == STEPS for _, _, steps in opened)
            seconds, megabytes = sorted(item[0] for item in opened)[1], sorted(item[1] for item in opened)[1]
            how = f"10⁶ steps of 2 metrics, {block} steps a line; median of 3 new processes"
            if block == 500:
                figures.append(Figure("a log of a million metric events opens in", seconds, 1.0, "s", how))
                figures.append(Figure("and costs at its peak", megabytes, 50.0, "MB", how))
            else:
                figures.append(Figure("the same log of a slow run opens in", seconds, 1.0, "s", how))
    return figures
