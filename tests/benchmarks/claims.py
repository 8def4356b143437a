"""Every claim of every experiment, on five seeds and in both languages, through the real engine.

    python tests/benchmarks/claims.py [experiment ...]

Writes `tests/benchmarks/claims.md` and the reference runs that lessons quote. Exits with 1 where a claim
does not hold everywhere.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import LANGUAGES, Experiment, Language
from minimind_tui.home import Home
from minimind_tui.run.launch import start
from minimind_tui.run.reference import reference_file, reference_of
from minimind_tui.run.request import Request, validate
from minimind_tui.run.watch import ENDINGS, RunView

SEEDS = (1, 2, 3, 4, 5)
TABLE = Path(__file__).with_name("claims.md")


def measure(home: Home, course: Course, experiment: Experiment, seed: int, language: Language) -> RunView:
    """One finished run at the default parameters."""
    request = Request(
        experiment=experiment.id,
        course_root=str(course.root),
        parameters=validate(experiment, {}, language=language),
        seed=seed,
        language=language,
    )
    view = RunView(home, start(home, request))
    while view.state not in ENDINGS:
        view.poll()
        time.sleep(0.05)
    if view.state != "finished":
        raise SystemExit(f"{experiment.id}, seed {seed}: {view.state}: {view.summary.reason}")
    return view


def main(wanted: list[str]) -> int:
    """Measure, write the table and the references."""
    course = load_course(bundled_root())
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), Path(folder), Path(folder))
        for experiment in course.experiments.values():
            if wanted and experiment.id not in wanted:
                continue
            spoken = any(parameter.kind == "language" for parameter in experiment.parameters)
            for language in LANGUAGES if spoken else ("en",):
                views = [measure(home, course, experiment, seed, language) for seed in SEEDS]
                named = language if spoken else None
                reference_file(course.root, experiment.id, named).write_bytes(reference_of(views[0].summary))
                seconds = sorted(view.summary.ended_at - view.summary.started_at for view in views)[2]
                for index, claim in enumerate(experiment.claims):
                    results = [view.summary.claims[index] for view in views]
                    held = sum(result.verdict == "holds" for result in results)
                    failed += held < len(SEEDS)
                    figures = ", ".join(f"{result.values['measure']:.3g}" for result in results)
                    where = f"{experiment.id}{f' ({language})' if spoken else ''}"
                    rows.append(f"| {where} | {claim.id} | {held}/{len(SEEDS)} | {figures} | {seconds:.1f} |")
                    print(rows[-1], flush=True)
    if not wanted:
        write(rows)
    return 1 if failed else 0


def write(rows: list[str]) -> None:
    """The committed table."""
    head = [
        "# Claims, measured",
        "",
        "Default parameters, seeds 1 to 5, two cores. Made by `make claims`.",
        "",
        "| experiment | claim | holds | measure, seed by seed | median seconds |",
        "| --- | --- | --- | --- | --- |",
    ]
    TABLE.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
