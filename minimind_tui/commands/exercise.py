"""`minimind-tui exercise`: the exercises and how they stand; with a name, the check of the learner's file."""

from __future__ import annotations

import argparse
import difflib
import os
from contextlib import suppress
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, open_course
from minimind_tui.commands.run import may_run_code
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.exercise.checker import Checker, Outcome
from minimind_tui.practice import exercises
from minimind_tui.practice.exercises import CourseExercise, ExerciseError
from minimind_tui.practice.store import Progress
from minimind_tui.run.own_code import keep_passed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `exercise`."""
    parser.add_argument(
        "name", nargs="?", metavar="MODULE/EXERCISE", help="which; without it, all / 哪一个，不写就列出全部"
    )
    parser.add_argument("--file", type=Path, help="check this file / 检查这个文件")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """List the exercises, or check one: 0 where it passes, 1 where it does not."""
    course = open_course(arguments, home)
    if arguments.name is None:
        _list(course, home, language)
        return 0
    chosen = _find(course, arguments.name)
    if not may_run_code(course, home, trusted=arguments.trust):
        raise UsageError(
            Text(
                zh=f"{course.root} 是外来的课程，检查练习就是运行它的代码。信得过，就加上 --trust。",
                en=f"{course.root} is a course from elsewhere, and its checks are its code. "
                "If you trust it, add --trust.",
            )
        )
    try:
        path = Path(os.path.expanduser(arguments.file)) if arguments.file else exercises.open_file(course, home, chosen)
        if not path.is_file():
            raise UsageError(Text(zh=f"没有文件 {path}", en=f"There is no file {path}"))
        code = None
        with suppress(ExerciseError):  # the check itself says what is wrong with the file
            code = exercises.read_code(path)
        asked = exercises.job(course, chosen, path, code)
    except ExerciseError as error:
        raise UsageError(error.message) from error
    except ContentError as error:
        raise UsageError(error.problem.message) from error
    checker = Checker()
    try:
        outcome = checker.check(asked) or Outcome()
    finally:
        checker.close()
    progress = Progress(home.database)
    exercises.keep_attempt(progress, chosen.ref, outcome, 0.0)
    progress.close()
    onward = None
    if outcome.passed and code is not None and path == exercises.file_of(home, chosen):
        keep_passed(home, chosen.ref, code)
        onward = exercises.trained_in(course, chosen.ref)
    _say(chosen, path, outcome, onward, language)
    return 0 if outcome.passed else 1


def _find(course: Course, name: str) -> CourseExercise:
    """The exercise `module/exercise`, or the only one of that name."""
    known = exercises.all_exercises(course)
    found = [each for each in known if name in (each.ref, each.exercise.id)]
    if len(found) == 1:
        return found[0]
    refs = [each.ref for each in known]
    close = difflib.get_close_matches(name, refs, n=1, cutoff=0.4)
    listing = "\n  ".join(refs)
    raise UsageError(
        Text(
            zh=f"没有练习 {name}。" + (f"是不是 {close[0]}？" if close else "") + f"有这些：\n  {listing}",
            en=f"There is no exercise {name}. "
            + (f"Did you mean {close[0]}? " if close else "")
            + f"There are:\n  {listing}",
        )
    )


def _list(course: Course, home: Home, language: Language) -> None:
    progress = Progress(home.database)
    known = exercises.all_exercises(course)
    width = max((len(each.ref) for each in known), default=0)
    for each in known:
        stands = exercises.standing(progress, each.ref)
        if stands.passed:
            state = "✓ 通过" if language == "zh" else "✓ passed"
        elif stands.attempts:
            state = f"试过 {stands.attempts} 次" if language == "zh" else f"tries: {stands.attempts}"
        else:
            state = "还没做" if language == "zh" else "not begun"
        minutes = f"{each.exercise.minutes} 分钟" if language == "zh" else f"{each.exercise.minutes} min"
        print(f"{each.ref:<{width}}  {minutes:>8}  {state}  {inert(each.exercise.title.of(language))}")
    progress.close()


def _say(chosen: CourseExercise, path: Path, outcome: Outcome, onward: Text | None, language: Language) -> None:
    """Print an outcome in the words of the exercise screen; `onward` says where code that has passed can go."""
    print(inert(str(path)))
    for mark, text, line in exercises.outcome_lines(outcome):
        place = "" if line is None else (f"第 {line} 行：" if language == "zh" else f"line {line}: ")
        for number, row in enumerate(inert(text.of(language)).splitlines()):
            print(f"{mark if not number else ' '} {'' if mark != ' ' else '  '}{place if not number else ''}{row}")
    if outcome.printed:
        print("打印：" if language == "zh" else "printed:")
        print(inert(outcome.printed).rstrip())
    if outcome.passed:
        print(f"{chosen.ref}：通过" if language == "zh" else f"{chosen.ref}: passed")
        if onward is not None:
            print(onward.of(language))
    else:
        print(f"{chosen.ref}：还没通过" if language == "zh" else f"{chosen.ref}: not passed yet")
