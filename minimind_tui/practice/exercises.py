"""The exercises: the learner's file for each one, and the record of attempts and hints.

The file begins as the exercise's starter and is never written over: what stood in it before a reset, or was written
by another editor at the same time, stays beside it under a number.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.encoding import decoded, encoded
from minimind_tui.base.errors import Refusal
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import LARGEST_FILE, ContentError, read_text
from minimind_tui.content.practice import Exercise, Part
from minimind_tui.exercise.checker import LEARNERS_SECONDS, Job, Outcome
from minimind_tui.exercise.reading import cannot_read
from minimind_tui.practice.clock import now
from minimind_tui.practice.store import Progress

REFERENCE = "minimind_tui"
"""The package that no exercise may import: it holds the answers."""

EQUAL_TIMES_RATIO = 1.15
"""Two times whose ratio is below this count as equal: it is within the noise of a measurement."""


class ExerciseError(Refusal):
    """The learner's file cannot be read or kept; `message` names it and the fix."""


class CourseExercise(NamedTuple):
    """An exercise and where it stands in the course."""

    module: str
    exercise: Exercise

    @property
    def ref(self) -> str:
        """`module/exercise`."""
        return f"{self.module}/{self.exercise.id}"


class Standing(NamedTuple):
    """The attempts and hints of one exercise so far."""

    attempts: int
    hints: int
    passed: bool


def all_exercises(course: Course) -> list[CourseExercise]:
    """Every exercise of the course that can be read, in its order."""
    found = []
    for module in course.modules:
        with suppress(ContentError):
            found += [CourseExercise(module, exercise) for exercise in course.exercises(module)]
    return found


def find(course: Course, ref: str) -> CourseExercise | None:
    """The exercise `module/exercise`."""
    return next((each for each in all_exercises(course) if each.ref == ref), None)


def text_of(course: Course, chosen: CourseExercise, part: Part) -> str:
    """Starter, solution or check. Raises ContentError."""
    return read_text(course.exercise_file(chosen.module, chosen.exercise.id, part))


def file_of(home: Home, chosen: CourseExercise) -> Path:
    """The path of the learner's file for an exercise, whether it exists or not."""
    return home.exercises / chosen.module / f"{chosen.exercise.id}.py"


def open_file(course: Course, home: Home, chosen: CourseExercise) -> Path:
    """The learner's file; the first time it is made from the starter. Raises ExerciseError."""
    path = file_of(home, chosen)
    if not os.path.lexists(path):
        _begin(course, chosen, path)
    return path


def _begin(course: Course, chosen: CourseExercise, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(path, text_of(course, chosen, "starter").encode())
    except ContentError as error:
        raise ExerciseError(error.problem.message) from error
    except OSError as error:
        raise _cannot(path, error) from error


def read_code(path: Path) -> str:
    """The code in the learner's file, as Python reads it. Raises ExerciseError."""
    try:
        return decoded(read_bounded(path, LARGEST_FILE))
    except SyntaxError as error:
        reason = cannot_read(error)
        raise ExerciseError(
            Text(
                zh=f"{path}：{reason.zh}。改正第一行的编码声明，或用别的编辑器转成 UTF-8。",
                en=f"{path}: {reason.en}. Mend the coding line, or convert the file to UTF-8 with another editor.",
            )
        ) from error
    except OSError as error:
        raise _cannot(path, error) from error


def save_code(path: Path, code: str, known: str) -> Path | None:
    """Keep `code`, written from `known`; returns the path of the other version if the file has changed since.

    Raises ExerciseError.
    """
    aside = None
    try:
        real = path.resolve()
        try:
            before = read_bounded(real, LARGEST_FILE)
            there = _text(before)
        except FileNotFoundError:
            before, there = b"", known
        kept = encoded(code, before)
        if there not in (known, code):
            aside = _aside(real)
        real.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(real, kept)
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        raise ExerciseError(
            Text(
                zh=f"第一行说这个文件是 {error.encoding}，里面写不下“{sign}”：把编码声明改成 utf-8。",
                en=f"The coding line says {error.encoding}, which has no “{sign}”: change it to utf-8.",
            )
        ) from error
    except (OSError, RuntimeError) as error:
        raise _cannot(path, error) from error
    return aside


def _text(data: bytes) -> str:
    """What the bytes say, as well as one can tell."""
    try:
        return decoded(data)
    except SyntaxError:
        return data.decode("utf-8", "replace")


def reset(course: Course, home: Home, chosen: CourseExercise) -> Path | None:
    """Begin again from the starter; returns the path at which the old file is kept. Raises ExerciseError."""
    path = file_of(home, chosen)
    try:
        aside = _aside(path) if os.path.lexists(path) else None
    except OSError as error:
        raise _cannot(path, error) from error
    _begin(course, chosen, path)
    return aside


def _aside(path: Path) -> Path:
    """Give a file the next free numbered name."""
    for number in itertools.count(1):
        free = path.with_name(f"{path.stem}.{number}.py")
        if not os.path.lexists(free):
            break
    path.rename(free)
    return free


def _cannot(path: Path, error: Exception) -> ExerciseError:
    reason = getattr(error, "strerror", None) or str(error)
    return ExerciseError(
        Text(
            zh=f"{path} 打不开或存不下：{reason}。请检查磁盘空间和文件夹权限。",
            en=f"{path} cannot be opened or kept: {reason}. Check the disk's space and the folder's permissions.",
        )
    )


def job(course: Course, chosen: CourseExercise, path: Path, code: str | None = None) -> Job:
    """The check of the learner's file at `path`, which holds `code` where that is known. Raises ContentError."""
    check, solution = (course.exercise_file(chosen.module, chosen.exercise.id, part) for part in ("check", "solution"))
    return Job(
        code=str(path.absolute()),
        check=str(check),
        symbols=chosen.exercise.symbols,
        forbidden=[*dict.fromkeys([*chosen.exercise.forbidden, REFERENCE])],
        solution=str(solution),
        seconds=LEARNERS_SECONDS,
        source=code,
    )


def standing(progress: Progress, ref: str) -> Standing:
    """The record of the exercise `ref`: attempts, hints, whether it is passed."""
    ((attempts,),) = progress.execute("SELECT count(*) FROM attempt WHERE exercise = ?", ref)
    rows = progress.execute("SELECT level FROM hint WHERE exercise = ? AND typeof(level) = 'integer'", ref)
    return Standing(attempts, rows[0][0] if rows else 0, ("exercise", ref) in progress.done())


def keep_attempt(progress: Progress, ref: str, outcome: Outcome, seconds: float) -> None:
    """Store an attempt, made `seconds` after the learner began; a passed exercise stays passed."""
    progress.execute("INSERT OR IGNORE INTO attempt VALUES (?, ?, ?, ?)", ref, now(), int(outcome.passed), seconds)
    if outcome.passed:
        progress.mark_done("exercise", ref)


def keep_hint(progress: Progress, ref: str, level: int) -> None:
    """Store that hint number `level` was shown; the number after the last hint means the solution."""
    progress.execute(
        "INSERT INTO hint VALUES (?1, ?2, ?3) ON CONFLICT (exercise) DO UPDATE SET "
        "level = max(level, excluded.level), at = excluded.at",
        ref,
        level,
        now(),
    )


def speed_in_words(speed: tuple[float, float]) -> Text:
    """The learner's time beside the solution's, on the same input."""
    mine, solutions = (_duration(seconds) for seconds in speed)
    ratio = speed[0] / max(speed[1], 1e-9)
    if 1 / EQUAL_TIMES_RATIO < ratio < EQUAL_TIMES_RATIO:
        zh, en = "一样快", "as fast"
    elif ratio > 1:
        zh, en = f"用时是它的 {ratio:.1f} 倍", f"{ratio:.1f} times as long"
    else:
        zh, en = f"用时只有它的 {ratio:.0%}", f"{ratio:.0%} of its time"
    return Text(
        zh=f"速度：你的 {mine}，参考答案 {solutions}，{zh}。",
        en=f"Speed: yours {mine}, the solution {solutions}: {en}.",
    )


def _duration(seconds: float) -> str:
    return f"{seconds * 1e6:.3g} µs" if seconds < 1e-3 else f"{seconds * 1e3:.3g} ms"


def outcome_lines(outcome: Outcome) -> Iterator[tuple[str, Text, int | None]]:
    """(mark, sentence, line of the code) for each line that describes an outcome, in order.

    The mark is ✓ or ✗ for a check, and a space for an explanation, which several failed checks may share.
    """
    before = None
    for case in outcome.cases:
        yield "✓" if case.verdict == "passed" else "✗", case.title, None
        if case.message is not None and case.message != before:
            yield " ", case.message, case.line
        before = case.message
    if outcome.problem is not None:
        yield "✗", outcome.problem, outcome.line
    if outcome.passed and outcome.speed is not None:
        yield " ", speed_in_words(outcome.speed), None


def trained_in(course: Course, ref: str) -> Text | None:
    """Where code that has passed the exercise `ref` can be trained; None where no experiment takes it in."""
    taking = next((each for each in course.experiments.values() if ref in each.exercises), None)
    if taking is None:
        return None
    return Text(
        zh=f"这份代码现在可以换进一个模型里训练：{taking.title.zh}（minimind-tui run {taking.id}）。",
        en=f"This code can now be trained in a model: {taking.title.en} (minimind-tui run {taking.id}).",
    )
