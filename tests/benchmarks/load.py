"""A home that has seen much: a thousand runs, the newest of them with ten million steps in its log."""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.store import Progress
from minimind_tui.run.events import encode
from minimind_tui.run.reference import RESULT, reference_of
from minimind_tui.run.request import Request, encode_request, validate
from minimind_tui.run.summary import Summary
from tests.benchmarks import Figure
from tests.benchmarks.screen import COLUMNS, ROWS, opened, seconds_from_key, seconds_until_bytes
from tests.terminal.console import Console
from tests.tiny import home_in

RUNS = 1000
STEPS = 10_000_000
BLOCK = 500
SHAPES = 100
EXPERIMENT = "position/position-ablation"
KEYS = 100
OPENINGS = 5


def fill(folder: Path) -> None:
    """RUNS finished runs of one experiment; the newest one's arms have STEPS steps together."""
    home = home_in(folder / "tutor")
    course = load_course(bundled_root())
    experiment = course.experiments[EXPERIMENT]
    values = validate(experiment, {})
    arms = [arm.id for arm in experiment.arms]
    now = time.time()
    for number in range(RUNS):
        created = now - 60 * (RUNS - number)
        run = home.runs / f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(created))}-position-ablation-{number:04x}"
        run.mkdir(parents=True)
        request = Request(
            experiment=EXPERIMENT, course_root=str(course.root), parameters=values, seed=1, created=created
        )
        (run / "request.json").write_bytes(encode_request(request))
        (run / "lock").touch()
        with (run / "events.jsonl").open("wb") as log:
            started = {"experiment": EXPERIMENT, "seed": 1, "parameters": values, "arms": arms}
            log.write(encode("started", created, started))
            steps = STEPS // len(arms) if number == RUNS - 1 else BLOCK
            for arm in arms:
                log.write(encode("arm", created, {"arm": arm, "settings": values}))
                for line in blocks(arm, steps, created):
                    log.write(line)
            log.write(encode("finished", created + 30, {"seconds": 30.0}))
        (run / RESULT).write_bytes(reference_of(Summary(EXPERIMENT, 1, values)))
    progress = Progress(home.database)
    place = next(at for at, step in enumerate(course.steps("quick-start")) if step.ref == EXPERIMENT)
    progress.set_place("quick-start", place)
    progress.close()


def blocks(arm: str, steps: int, moment: float) -> Iterator[bytes]:
    """The lines of so many steps of a loss that falls and is noisy; only SHAPES of them differ in their values."""
    shapes = []
    for shape in range(SHAPES):
        level = 0.8 + 2.4 * math.exp(-4 * shape / SHAPES)
        values = {"loss": [level + 0.15 * math.sin(7 * step) for step in range(BLOCK)]}
        shapes.append(encode("metric", moment, {"arm": arm, "step": [], "values": values}))
    for first in range(1, steps + 1, BLOCK):
        listed = ",".join(map(str, range(first, first + BLOCK)))
        line = shapes[first * SHAPES // (steps + 1)]
        yield line.replace(b'"step":[]', b'"step":[' + listed.encode() + b"]")


@contextmanager
def at_home(folder: Path) -> Iterator[Console]:
    """The tutor on that home, its first screen drawn."""
    with opened(folder) as console:
        console.wait_for("Press Enter")
        console.pump(0.3)
        yield console


def latencies(console: Console, while_seen: str) -> list[float]:
    """Seconds from j and k until the left half of the screen has moved, as long as these words are on it."""
    taken: list[float] = []
    for number in range(KEYS):
        if while_seen not in console.text:
            break
        before, began = left_half(console), time.perf_counter()
        console.child.send("j" if number // 4 % 2 == 0 else "k")
        while left_half(console) == before:
            console.pump(0.002)
            assert time.perf_counter() - began < 60, f"no answer to a key\n{console.text}"
        taken.append(time.perf_counter() - began)
        console.pump(0.03)  # the rest of the answer: where it is late, the next key may undo it unseen
    return taken


def left_half(console: Console) -> list[object]:
    """Characters and colours: where a cursor moves, only those change."""
    return [console.screen.buffer[row][column] for row in range(ROWS) for column in range(2, COLUMNS // 2 - 10)]


def measure() -> list[Figure]:
    """All of it on one home."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder)
        home = []
        for _ in range(5):
            with opened(folder) as console:
                home.append(seconds_until_bytes(console, b"Press Enter"))
        listed, rows, lessons, reading, whole = [], [], [], [], []
        for _ in range(OPENINGS):
            with at_home(folder) as console:
                listed.append(seconds_from_key(console, "R", "Started", "finished"))
                console.pump(1.5)
                rows += latencies(console, "Started")
        for _ in range(OPENINGS):
            with at_home(folder) as console:
                began = time.perf_counter()
                lessons.append(seconds_from_key(console, "Enter", "Now we train", "%"))
                console.press("1")
                reading += latencies(console, "reading its log")
                console.wait_for("✓ finished")
                whole.append(time.perf_counter() - began)
        rows.sort()
        reading.sort()
    lesson = "from Enter to its text"
    among = f"{len(rows)} keys j and k, to the cursor's move on the emulated screen"
    runs = f"{RUNS} runs, the newest with 10⁷ steps"
    return [
        Figure("home with 1,000 runs in the history", statistics.median(home), 0.5, "s", f"{runs}; median of 5"),
        Figure("all runs listed", statistics.median(listed), 0.5, "s", "from R to the table on the emulated screen"),
        Figure("key to screen among 1,000 rows, p99", 1000 * rows[int(0.99 * len(rows))], 100, "ms", among),
        Figure("a step whose run has 10⁷ steps is readable after", statistics.median(lessons), 0.3, "s", lesson),
        Figure(
            "key to screen while that log is read, p99",
            1000 * reading[int(0.99 * len(reading))], 100, "ms", f"{len(reading)} keys j and k in the lesson",
        ),
        Figure("that log is read and drawn after", max(whole), 20, "s", "in slices, between the keys"),
    ]  # fmt: skip
