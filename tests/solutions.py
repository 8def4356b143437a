"""The course's solutions in a learner's place, for experiments that run the learner's own code."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment
from minimind_tui.run.own_code import keep_passed


def solution_of(root: Path, ref: str) -> str:
    """The solution's code of `module/exercise` in the course at `root`."""
    module, _, exercise = ref.partition("/")
    return (root / f"lessons/{module}/exercises/{exercise}/solution.py").read_text(encoding="utf-8")


def solutions(course: Course, experiment: Experiment) -> dict[str, str]:
    """What a learner who had written the solutions would bring into a run at the defaults."""
    wanted = [ref for ref in experiment.exercises if ref not in experiment.exercises_alone]
    return {ref: solution_of(course.root, ref) for ref in wanted}


def pass_with_solutions(home: Home, root: Path, experiment: Experiment) -> None:
    """Write the solutions into the learner's files, as passed."""
    for ref in experiment.exercises:
        write_passed(home, ref, solution_of(root, ref))


def write_passed(home: Home, ref: str, code: str) -> None:
    """The learner's file of an exercise, which has passed."""
    file = home.exercises / f"{ref}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")
    keep_passed(home, ref, code)
