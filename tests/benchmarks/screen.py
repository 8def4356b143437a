"""The screen as a terminal gets it: bytes and times at the other end of a pty of 120x40 in true colour."""

from __future__ import annotations

import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from tests.benchmarks import Figure
from tests.benchmarks.full_course import full_course
from tests.terminal.command import command, environment
from tests.terminal.console import Console

EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("Press Enter")

Empty().run()
"""
FULL = """
from pathlib import Path
from minimind_tui.content import roots

roots.bundled_root = lambda: Path({course!r})

from minimind_tui.cli import main

main()
"""
"""The tutor, as if it came with that course: read with `--course` it would make the parser too."""
COLUMNS, ROWS = 120, 40
KEYS = 120
TURNS = 20


def opened(home: Path, arguments: list[str] | None = None) -> Console:
    """The tutor, or another program, in a terminal."""
    return Console(arguments or [command()], columns=COLUMNS, rows=ROWS, environment=environment(home, "en"))


def seconds_from_key(console: Console, key: str, *words: str) -> float:
    """From a key to these words. The emulator's own time counts too: the figure errs upwards."""
    began = time.perf_counter()
    console.press(key)
    while not all(word in console.text for word in words):
        console.pump(0.002)
        if time.perf_counter() - began > 60:
            raise SystemExit(f"never seen\n{console.text}")
    return time.perf_counter() - began


def seconds_until_bytes(console: Console, words: bytes) -> float:
    """How long until the program has written these words; no emulator between."""
    began, seen = time.perf_counter(), b""
    while words not in seen:
        if not select.select([console.child.child_fd], [], [], 60)[0]:
            raise SystemExit(f"never written: {words!r}")
        seen += os.read(console.child.child_fd, 65536)
    return time.perf_counter() - began


def first_content(home: Path, course: Path | None = None) -> Figure:
    """From the start of the process to the first words, against an empty Textual app, in turns.

    With a course of twenty modules, or else with ours. The first round warms the disk's cache, and leaves the course
    as it is kept.
    """
    ratios, own = [], []
    tutor = [sys.executable, "-c", FULL.format(course=str(course))] if course else None
    for turn in range(TURNS + 1):
        taken = {}
        for name, program in (("own", tutor), ("empty", [sys.executable, "-c", EMPTY]))[:: 1 if turn % 2 else -1]:
            with opened(home, program) as console:
                taken[name] = seconds_until_bytes(console, b"Press Enter")
        if turn:
            ratios.append(taken["own"] / taken["empty"])
            own.append(taken["own"])
    how = f"spawn to first words, in turns, median of {TURNS}; {statistics.median(own):.2f} s"
    what = "and with a course of 20 full modules" if course else "first content against an empty Textual app"
    return Figure(what, statistics.median(ratios), 1.25, "×", how)


def key_latency(home: Path) -> list[Figure]:
    """j and k in a lesson while a training keeps both cores busy: until the last byte of the answer."""
    training = subprocess.Popen(
        [command(), "run", "position-ablation", "--set", "steps=2000", "--json"],
        env=environment(home, "en"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    taken = []
    try:
        with opened(home) as console:
            console.wait_for("Press Enter")
            console.press("Enter")
            console.wait_for("1/11", "Space to read on")
            time.sleep(6)  # the training is past its imports
            console.pump(0.2)
            for number in range(KEYS):
                burst(console, first=0.05)
                console.child.send("j" if number // 4 % 2 == 0 else "k")
                answer = burst(console, first=5.0)
                assert answer is not None, f"no answer to a key\n{console.text}"
                taken.append(answer)
            assert training.poll() is None, "the training ended before the keys were measured"
    finally:
        training.send_signal(signal.SIGINT)
        training.wait()
    taken.sort()
    how = f"{KEYS} keys j and k, to the last byte of the answer, while `position-ablation` trains"
    return [
        Figure("key to screen while training, p50", 1000 * statistics.median(taken), 30, "ms", how),
        Figure("key to screen while training, p99", 1000 * taken[int(0.99 * len(taken))], 100, "ms", how),
    ]


def burst(console: Console, first: float) -> float | None:
    """Seconds to the last byte before 25 ms of silence; None where nothing came within `first` seconds."""
    began = time.perf_counter()
    last: float | None = None
    written = b""
    while select.select([console.child.child_fd], [], [], first if last is None else 0.025)[0]:
        written += os.read(console.child.child_fd, 65536)
        last = time.perf_counter() - began
    console.draw(written)
    return last


def lessons(home: Path) -> list[Figure]:
    """n through the quick start: until the new step's text is there; the memory after the last one."""
    course = load_course(bundled_root())
    steps = course.steps("quick-start")
    slowest = 0.0
    with opened(home) as console:
        console.wait_for("Press Enter")
        for number, step in enumerate(steps, 1):
            text = course.lesson_text(step.ref, "en")
            first = next(line for line in text.splitlines() if line[:1].isalpha()).replace("*", "")[:24]
            key = "Enter" if number == 1 else "n"
            slowest = max(slowest, seconds_from_key(console, key, f"{number}/{len(steps)}", first))
            console.pump(0.3)
        resident = resident_megabytes(console.pid)
    how = f"the slowest of the {len(steps)} steps, from the key to its text on the emulated screen"
    return [
        Figure("a lesson is readable after", slowest, 0.3, "s", how),
        Figure("the app's memory after every lesson", resident, 100, "MB", "resident size of the UI process"),
    ]


def resident_megabytes(pid: int) -> float:
    """The resident size of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def bytes_within(console: Console, seconds: float) -> int:
    """What the program writes in that time."""
    before = console.bytes_read
    console.pump(seconds)
    return console.bytes_read - before


def traffic(home: Path) -> list[Figure]:
    """Bytes a second: with nothing to do, and with a plot that grows."""
    course = load_course(bundled_root())
    steps = course.steps("quick-start")
    number = next(i for i, step in enumerate(steps) if step.ref.endswith("position-ablation")) + 1
    with opened(home) as console:
        console.wait_for("Press Enter")
        console.pump(1.0)
        idle_home = bytes_within(console, 10) / 10
        console.press("Enter")
        console.wait_for("1/11")
        console.pump(1.0)
        idle_study = bytes_within(console, 10) / 10
        for _ in range(number - 1):
            console.press("n")
            console.pump(0.5)
        console.wait_for(f"{number}/{len(steps)}", "Press r")
        console.press("r")
        console.wait_for("Predict first")
        console.press("a", "Enter")
        console.wait(lambda: "%" in console.text and "left" in console.text, "a plot that grows")
        began, before = time.perf_counter(), console.bytes_read
        while "✓ finished" not in console.text:
            console.pump(0.2)
        live = (console.bytes_read - before) / (time.perf_counter() - began)
    return [
        Figure("idle home", idle_home, 0, "bytes/s", "10 s"),
        Figure("idle study", idle_study, 0, "bytes/s", "10 s"),
        Figure("a live loss plot", live / 1000, 2, "KB/s", "`position-ablation`, from its first time left to its end"),
    ]


def measure() -> list[Figure]:
    """All of it, each from a home of its own."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        figures.append(first_content(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        course = full_course(Path(folder, "course"))
        figures.append(first_content(Path(folder, "home"), course))
    for part in (key_latency, lessons, traffic):
        with tempfile.TemporaryDirectory() as folder:
            figures.extend(part(Path(folder)))
    return figures
