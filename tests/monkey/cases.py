"""What was found, made small, and is tried in every run: `cases.txt`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.monkey.bursts import Burst, burst_of
from tests.monkey.reducing import reduced

FILE = Path(__file__).with_name("cases.txt")
MOST_TRIES = 80
"""Of a sequence with fewer bursts. What depends on the moment may need more."""


def kept() -> dict[str, list[Burst]]:
    """The cases by their names: a line `# name`, then a burst a line."""
    cases: dict[str, list[Burst]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            cases[line[2:]] = bursts = []
        elif line.strip():
            bursts.append(burst_of(line))
    return cases


def made_small(bursts: Sequence[Burst], goes_wrong: Callable[[list[Burst]], bool]) -> str:
    """The lines of a shorter sequence that goes wrong too, to be put into `cases.txt`."""
    tries = 0

    def fails(fewer: list[Burst]) -> bool:
        nonlocal tries
        tries += 1
        return tries <= MOST_TRIES and goes_wrong(fewer)

    return "\n".join(str(burst) for burst in reduced(bursts, fails))
