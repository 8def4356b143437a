"""What a run takes where its precision is left open, against the other one, timed at more length than the choice was.

Once with all that the processor can do, and once as on one without instructions for bf16.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from statistics import median

from minimind_tui.nn import speed
from minimind_tui.nn.precision import BF16, FP32
from minimind_tui.run.speed import Measured
from tests.benchmarks import Figure

OLDER = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
ROUNDS, UPDATES = 3, 4


def timed() -> dict[str, float]:
    """Seconds of an update in each precision on the processor, in turns: the median."""
    running = {each.name: speed.timed_updates("cpu", each) for each in (FP32, BF16)}
    taken: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(ROUNDS):
        for name, updates in running.items():
            taken[name] += list(islice(updates, UPDATES))
    return {name: median(times[1:]) for name, times in taken.items()}


def asked(environment: dict[str, str]) -> tuple[str, dict[str, float]]:
    """What is chosen in a process with these variables, and what each precision takes there."""
    line = [sys.executable, "-m", "tests.benchmarks.precision"]
    done = subprocess.run(line, capture_output=True, check=True, env={**os.environ, **environment})
    chosen, seconds = json.loads(done.stdout)
    return chosen, seconds


def measure() -> list[Figure]:
    """Both processors."""
    figures = []
    for environment, where in (({}, "on this processor"), (OLDER, "on one without bf16 instructions")):
        chosen, seconds = asked(environment)
        how = f"{chosen}: {', '.join(f'{name} {each * 1000:.0f} ms' for name, each in seconds.items())} an update"
        slower = seconds[chosen] / min(seconds.values())
        figures.append(Figure(f"the chosen precision against the better one, {where}", slower, 1.05, "×", how))
        if environment:
            gained = seconds["bf16"] / seconds[chosen]
            figures.append(Figure("and its speed against bf16 there", gained, 5, "×", how, least=True))
    return figures


if __name__ == "__main__":
    ways = Measured(speed.seconds_per_update(), 0.0)
    print(json.dumps([ways.fastest({"device": "cpu"}).split()[1], timed()]))
