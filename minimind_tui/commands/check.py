"""`minimind-tui check`: the course's linter, and the exercises of the course, tried out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sized
from pathlib import Path
from typing import NamedTuple

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.terminal import can_draw
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import open_course
from minimind_tui.commands.run import may_run_code
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.practice import Part
from minimind_tui.exercise.checker import Job, Outcome, first_failure, outcomes
from minimind_tui.practice import exercises

NOT_TRUSTED = Text(
    zh="练习没有运行：这是外来的课程，运行练习就是运行它的代码。信得过，就加上 --trust。",
    en="The exercises were not run: this course is from elsewhere, and they are its code. "
    "If you trust it, add --trust.",
)
PASSES = Text(
    zh="starter.py 没有动手就通过了检查：要让它通不过",
    en="passes its checks as it is: the learner would have nothing to do",
)


class Tried(NamedTuple):
    """A starter or solution of an exercise, to be checked."""

    module: str
    exercise: str
    part: Part
    path: Path
    job: Job


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `check`."""
    parser.add_argument("--no-exercises", action="store_true", help="do not run the exercises' code / 不运行练习的代码")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print each problem with its place and its fix; 1 where there is one."""
    from minimind_tui.content.lint import lint

    course = open_course(arguments)
    count = 0
    for problem in lint(course):
        count += _say(course, problem, language)
    files = [] if arguments.no_exercises else exercise_files(course)
    if files and may_run_code(course, home, trusted=arguments.trust):
        for problem in exercise_problems(files, language):
            count += _say(course, problem, language)
    elif files:
        print(NOT_TRUSTED.of(language))
    print(_summary(course, count).of(language))
    return 1 if count else 0


def exercise_files(course: Course) -> list[Tried]:
    """The solutions and starters of all exercises whose files are there; what is missing the linter says."""
    found = []
    parts: tuple[Part, ...] = ("solution", "starter")
    for module in course.modules:
        try:
            for exercise in course.exercises(module):
                for part in parts:
                    path = course.exercise_file(module, exercise.id, part)
                    job = exercises.job(course, exercises.CourseExercise(module, exercise), path)
                    if path.is_file() and Path(job.check).is_file():
                        job.solution = ""  # nothing is timed
                        found.append(Tried(module, exercise.id, part, path, job))
        except ContentError:
            continue
    return found


def exercise_problems(files: list[Tried], language: Language) -> Iterator[Problem]:
    """The solutions that fail a check, and the starters that pass them all."""
    shown = sys.stderr is not None and sys.stderr.isatty() and can_draw()
    answers = outcomes([file.job for file in files])
    for number, file in enumerate(files, 1):
        if shown:
            words = {"zh": "检查练习", "en": "checking exercises"}[language]
            print(
                f"\r\x1b[K{words} {number}/{len(files)} {file.module}/{file.exercise}",
                end="",
                file=sys.stderr,
                flush=True,
            )
        problem = _judged(file, next(answers))
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        if problem is not None:
            yield problem


def _judged(file: Tried, outcome: Outcome) -> Problem | None:
    if file.part == "starter":
        return Problem(file.path, None, PASSES) if outcome.passed else None
    wrong = first_failure(outcome)
    return Problem(file.path, wrong[1], wrong[0]) if wrong else None


def _say(course: Course, problem: Problem, language: Language) -> int:
    place = inert(os.path.relpath(problem.path, course.root))
    print(f"{place}{f':{problem.line}' if problem.line else ''}: {problem.message.of(language)}")
    return 1


def _summary(course: Course, problems: int) -> Text:
    """The size of the course and the number of problems, in words."""

    def count(kind: str) -> int:
        total = 0
        for module in course.modules:
            try:
                table: Sized = getattr(course, kind)(module)
            except ContentError:
                continue
            total += len(table)
        return total

    texts, experiments = len(course.lessons) + len(course.experiments), len(course.experiments)
    modules, questions, cards, exercises = len(course.modules), count("quiz"), count("cards"), count("exercises")
    return Text(
        zh=f"{modules} 个模块，{texts} 篇课文，{experiments} 个实验，{questions} 道题，{cards} 张卡片，"
        f"{exercises} 个练习，{problems} 个问题",
        en=f"{modules} modules, {texts} texts, {experiments} experiments, {questions} questions, {cards} cards, "
        f"{exercises} exercises, {problems} problems",
    )
