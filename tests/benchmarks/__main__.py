"""Measures everything and writes `tests/benchmarks/README.md`.

    python -m tests.benchmarks [log] [worker] [screen] [start] [load] [model] [training] [precision] [talking]

With names it measures only those, and leaves the other rows as they were. Exits with 1 where a figure misses its bound.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from minimind_tui.datasets.corpora import CorpusError
from tests.benchmarks import Figure, load, log, model, precision, screen, start, talking, training, worker

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "log": log.measure,
    "worker": worker.measure,
    "screen": screen.measure,
    "start": start.measure,
    "load": load.measure,
    "model": model.measure,
    "training": training.measure,
    "precision": precision.measure,
    "talking": talking.measure,
}
TABLE = Path(__file__).with_name("README.md")
HEAD = """# How fast the tutor is

Made by `make benchmark` on {cores} shared cores; figures of different machines compare only as ratios.
[claims.md](claims.md), made by `make claims`, is the table of what the experiments claim.

| what | figure | bound | how |
| --- | ---: | ---: | --- |
"""


def row(figure: Figure) -> str:
    """One line of the table."""
    sign = "≥" if figure.least else "≤"
    value, bound = (f"{number:.{figure.digits}g} {figure.unit}" for number in (figure.value, figure.bound))
    missed = "" if figure.holds else " **missed**"
    return f"| {figure.what} | {value}{missed} | {f'{sign} ' if figure.bound else ''}{bound} | {figure.how} |"


def main(names: list[str]) -> int:
    """Measure, print, write."""
    if not names or "training" in names:
        try:
            training.shakespeare()  # the last part needs it: better said now
        except CorpusError as error:
            sys.exit(str(error))
    figures: list[Figure] = []
    for name in names or PARTS:
        for figure in PARTS[name]():
            figures.append(figure)
            print(row(figure), flush=True)
    old = TABLE.read_text(encoding="utf-8").splitlines() if names and TABLE.exists() else []
    rows = {
        line.split(" | ")[0]: line for line in old if line.startswith("| ") and not line.startswith(("| what", "| ---"))
    }
    rows.update((row(figure).split(" | ")[0], row(figure)) for figure in figures)
    cores = {1: "one", 2: "two", 4: "four", 8: "eight"}
    count = len(os.sched_getaffinity(0))
    head = HEAD.format(cores=cores.get(count, str(count)))
    TABLE.write_text(head + "\n".join(rows.values()) + "\n", encoding="utf-8")
    return int(not all(figure.holds for figure in figures))


sys.exit(main(sys.argv[1:]))
