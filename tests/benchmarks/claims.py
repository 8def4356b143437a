"""Every claim of every experiment, on five seeds and in both languages, through the real engine.

    python tests/benchmarks/claims.py [--changed | --confirm] [experiment ...]

Writes `tests/benchmarks/claims.md` and the reference runs that lessons quote; with experiments named, their rows
alone; with `--changed`, those whose code, data or spec is no longer what their reference was measured with. Two runs go
on at a time, each on one thread; an experiment that measures time runs alone. Exits with 1 where a claim does not hold
everywhere.

`--confirm` is for code that was rewritten and must compute the same: what has changed is run on the first seed. Where
all that comes out is what the reference holds, to the last bit, the reference stands for this code too, and that is
written into it; nothing else is touched. Where it is not, it is run once more: figures that differ between two runs of
one and the same code are times, and are not compared. Is it not the same even so, the reference may be another
machine's, which rounds otherwise: then the code of the commit that wrote it is run here as well, and the two must be
the same. Where both have the same fingerprint, nothing is run. Exits with 1 where a figure differs, and names it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import Course, CourseError, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Claim, Experiment
from minimind_tui.run.claims import concerns
from minimind_tui.run.fingerprint import fingerprint
from minimind_tui.run.launch import start
from minimind_tui.run.reference import RESULT, measured_with, reference_file, reference_of
from minimind_tui.run.request import Request, validate
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from tests.solutions import pass_with_solutions, solutions

SEEDS = (1, 2, 3, 4, 5)
TAKES_TIME = re.compile("second")
"""In the name of a figure that is no two times the same: `milliseconds`, `tokens_per_second`."""

CHECKING_OUT = threading.Lock()
TABLE = Path(__file__).with_name("claims.md")
HEAD = """# Claims, measured

Default parameters, seeds 1 to 5, two shared cores, one thread a run. Made by `make claims`. A claim holds where its
measure lies within the bound; the margin is the distance of the worst seed from it, as a part of the bound.

| experiment | claim | holds | bound | measure, seed by seed | margin | median seconds |
| --- | --- | --- | --- | --- | ---: | ---: |
"""


def measure(home: Home, course: Course, experiment: Experiment, seed: int, language: Language) -> RunView:
    """One finished run at the default parameters."""
    request = Request(
        experiment=experiment.id,
        course_root=str(course.root),
        parameters=validate(experiment, {}, language=language),
        seed=seed,
        language=language,
        exercises=solutions(course, experiment),
    )
    view = RunView(home, start(home, request))
    while view.state not in ENDINGS:
        view.poll()
        time.sleep(0.05)
    if view.state != "finished":
        raise SystemExit(f"{experiment.id}, seed {seed}: {view.state}: {view.summary.reason}")
    return view


def has_changed(course: Course, experiment: str, language: Language | None) -> bool:
    """Whether its reference was measured with something else than what is here."""
    return measured_with(reference_file(course.root, experiment, language)) != fingerprint(course, experiment, language)


def main(arguments: list[str]) -> int:
    """Measure or confirm what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("experiments", nargs="*")
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--confirm", action="store_true")
    asked = parser.parse_args(arguments)
    course = load_course(bundled_root())
    wanted = [
        experiment
        for experiment in course.experiments.values()
        if (not asked.experiments or experiment.id in asked.experiments)
        and (
            not (asked.changed or asked.confirm)
            or any(has_changed(course, experiment.id, language) for language in experiment.languages)
        )
    ]
    os.environ["OMP_NUM_THREADS"], os.environ["MINIMIND_TUI_SLOTS"] = "1", "2"
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), Path(folder), Path(folder))
        return confirm(course, wanted) if asked.confirm else measure_all(home, course, wanted)


def measure_all(home: Home, course: Course, wanted: list[Experiment]) -> int:
    """Measure on five seeds; write the table and the references."""
    rows: dict[str, list[str]] = {}
    failed = 0
    for experiment in wanted:
        for named in experiment.languages:
            language = named or LANGUAGES[-1]

            def one(seed: int, experiment: Experiment = experiment, language: Language = language) -> RunView:
                return measure(home, course, experiment, seed, language)

            with ThreadPoolExecutor(1 if experiment.timed else 2) as pool:
                views = list(pool.map(one, SEEDS))
            written = reference_of(views[0].summary, fingerprint(course, experiment.id, named))
            reference_file(course.root, experiment.id, named).write_bytes(written)
            where = f"{experiment.id}{f' ({named})' if named else ''}"
            spoken_of = [claim for claim in experiment.claims if concerns(claim, views[0].summary.parameters)]
            rows[where] = [row(where, claim, views) for claim in spoken_of]
            failed += sum(f"| {len(SEEDS)}/{len(SEEDS)} |" not in line for line in rows[where])
            print("\n".join(rows[where]), flush=True)
    rows = {**known_rows(), **rows}
    order = [f"{e.id}{tail}" for e in course.experiments.values() for tail in ("", " (zh)", " (en)")]
    lines = [line for where in order for line in rows.get(where, [])]
    TABLE.write_text(HEAD + "\n".join([*lines, ""]), encoding="utf-8")
    return 1 if failed else 0


def confirm(course: Course, wanted: list[Experiment]) -> int:
    """Run what measured and what is here; stamp the references for which both come out the same."""
    cases = [(experiment, language) for experiment in wanted for language in experiment.languages]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:

        def differs(case: tuple[Experiment, Language | None]) -> str:
            experiment, language = case
            file, mark = (
                reference_file(course.root, experiment.id, language),
                fingerprint(course, experiment.id, language),
            )
            where = ""
            if mark not in marks(course.root, file, Path(folder), experiment, language):
                where = compared(course.root, file, Path(folder), experiment, language)
            if not where:
                kept = json.loads(file.read_bytes())
                kept = {"format": kept.pop("format"), "measured_with": "", **kept}  # so that it stands at the top
                kept["measured_with"] = mark
                file.write_text(f"{json.dumps(kept, indent=1, ensure_ascii=False)}\n", encoding="utf-8")
            print(f"{file.name}: {where or 'the same'}", flush=True)
            return where

        return 1 if any(list(pool.map(differs, cases))) else 0


def marks(root: Path, file: Path, folder: Path, experiment: Experiment, language: Language | None) -> Iterator[str]:
    """The fingerprints of what wrote the reference, as they are counted here."""
    for there in checkouts(root, file, folder):
        with suppress(CourseError, KeyError, OSError, SyntaxError):  # then it is run
            yield fingerprint(load_course(there), experiment.id, language)


def compared(root: Path, file: Path, folder: Path, experiment: Experiment, language: Language | None) -> str:
    """Run the code in `root`, and that which wrote the reference where it must be: the first figure that differs."""
    now = result(root, folder, experiment, language)
    written = {name: value for name, value in json.loads(file.read_bytes()).items() if name != "measured_with"}
    if "failed" in now:
        return str(now["failed"])
    if not unlike(written, now, set()):
        return ""
    times = {place for place, _ in differences(now, result(root, folder, experiment, language))}
    if not unlike(written, now, times):
        return ""
    for there in checkouts(root, file, folder):
        before = result(there, folder, experiment, language)
        if "failed" not in before:  # an experiment may have been measured before it stood in the roadmap
            break
    return unlike(before, now, times)


def unlike(before: object, now: object, times: set[str]) -> str:
    """The first figure that differs, and how, those in the places `times` left out; empty where all are the same."""
    return next((f"{place}: {how}" for place, how in differences(before, now) if place not in times), "")


def checkouts(root: Path, file: Path, folder: Path) -> Iterator[Path]:
    """The course as it was when `file` was written last, then after each later change of its roadmap."""
    git = ["git", "-C", str(root)]
    written = subprocess.check_output([*git, "log", "-1", "--format=%H", "--", str(file)], text=True).split()
    later = [*git, "log", "--reverse", "--format=%H", f"{written[0]}..HEAD", "--", "lessons/course.toml"]
    for commit in (*written, *subprocess.check_output(later, text=True).split()):
        there = folder / commit
        with CHECKING_OUT:
            if not there.exists():
                there.mkdir()
                archive = subprocess.check_output([*git, "archive", commit])
                subprocess.run(["tar", "-x", "-C", str(there)], input=archive, check=True)
        yield there


def result(root: Path, folder: Path, experiment: Experiment, language: Language | None) -> dict[str, object]:
    """What the code in `root` computes on the first seed: every last value, vector, reference line and verdict."""
    command = [sys.executable, "-m", "minimind_tui", "--lang", language or LANGUAGES[-1], "run", experiment.id]
    environment = {**os.environ, "PYTHONPATH": str(root), "MINIMIND_TUI_HOME": str(folder / "home")}
    pass_with_solutions(Home.from_environment(environment), root, experiment)
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, cwd=root)
    if done.returncode:
        return {"failed": done.stderr[-500:]}
    run = json.loads(done.stdout.splitlines()[-1])["run"]
    kept: dict[str, object] = json.loads((folder / "home" / "data" / "runs" / run / RESULT).read_bytes())
    return kept


def differences(before: object, now: object, place: str = "") -> Iterator[tuple[str, str]]:
    """The places where two results differ, and how. How long a thing took may differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        if before.keys() != now.keys():
            yield place, f"{sorted(before.keys() ^ now.keys())}"
            return
        for key in before:
            if not TAKES_TIME.search(key):
                yield from differences(before[key], now[key], f"{place}.{key}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, pair in enumerate(zip(before, now, strict=True)):
            yield from differences(*pair, f"{place}[{index}]")
    elif before != now:
        yield place, f"{before} before, {now} now"


def known_rows() -> dict[str, list[str]]:
    """The rows that the table holds now, by experiment."""
    rows: dict[str, list[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        match = re.match(r"\| ([a-z-]+/[a-z-]+(?: \((?:zh|en)\))?) \|", line)
        if match:
            rows.setdefault(match[1], []).append(line)
    return rows


def row(where: str, claim: Claim, views: list[RunView]) -> str:
    """One claim's line."""
    results = [result for view in views for result in view.summary.claims if result.id == claim.id]
    held = sum(result.verdict == "holds" for result in results)
    measures = [value for result in results if (value := result.values["measure"]) is not None]
    figures = ", ".join(f"{value:.3g}" for value in measures)
    bounds = [(">", claim.holds_above), ("<", claim.holds_below)]
    bound = " and ".join(f"{sign} {value:g}" for sign, value in bounds if value is not None)
    seconds = sorted((view.summary.ended_at or 0) - (view.summary.started_at or 0) for view in views)[len(views) // 2]
    margin = min((distance(claim, value) for value in measures), default=float("nan"))
    cells = (where, claim.id, f"{held}/{len(views)}", bound, figures, f"{margin:.0%}", f"{seconds:.1f}")
    return f"| {' | '.join(cells)} |"


def distance(claim: Claim, value: float) -> float:
    """How far `value` lies on the right side of the claim's nearer bound, as a part of it (of 1, where that is 0)."""
    sides = []
    if claim.holds_above is not None:
        sides.append((value - claim.holds_above) / (abs(claim.holds_above) or 1))
    if claim.holds_below is not None:
        sides.append((claim.holds_below - value) / (abs(claim.holds_below) or 1))
    return min(sides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
