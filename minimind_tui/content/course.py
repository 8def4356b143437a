"""The lesson registry: everything the app shows comes from here, none of it from a screen's code.

A file that cannot be read disables itself alone and becomes a `Problem`; only an unusable `course.toml`
stops the course from loading.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

import minimind_tui
from minimind_tui.content.bounded import read_bounded
from minimind_tui.content.inert import inert
from minimind_tui.content.place import line_of
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import (
    CourseFile,
    Experiment,
    Language,
    LearningPath,
    Lesson,
    Module,
    ModuleFile,
    Parameter,
    SharedParameters,
    Step,
    Text,
    Tier,
)

PACKAGE = Path(minimind_tui.__file__).parent
LARGEST_FILE = 200_000
"""Bytes; a content file beyond this is not one that a person wrote."""

Table = TypeVar("Table", CourseFile, ModuleFile, Experiment, SharedParameters)


@dataclass(frozen=True)
class Problem:
    """Something wrong in a content file, and how to mend it."""

    path: Path
    line: int | None
    message: Text


class CourseError(Exception):
    """The course cannot be used at all; `message` names the file and the fix."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


class ContentError(Exception):
    """One content file cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


@dataclass
class Course:
    """A loaded course."""

    root: Path
    title: Text
    tiers: list[Tier]
    modules: dict[str, Module]
    paths: dict[str, LearningPath]
    lessons: dict[str, Lesson] = field(default_factory=dict)
    """By `module/lesson`."""
    experiments: dict[str, Experiment] = field(default_factory=dict)
    """By `module/name`."""
    problems: list[Problem] = field(default_factory=list)

    def lesson_file(self, ref: str, language: Language) -> Path:
        """The text of a lesson, or the text beside an experiment."""
        return inside(self.root, f"lessons/{ref}.{language}.md")

    def lesson_text(self, ref: str, language: Language) -> str:
        """The markdown of `module/lesson` in `language`. Raises ContentError where it cannot be read."""
        return inert(read_text(self.lesson_file(ref, language)))

    def quoted_file(self, path: str) -> Path:
        """The file that a lesson quotes code from: of this package, or of the course. Raises ContentError."""
        if path.startswith(f"{PACKAGE.name}/"):
            return inside(PACKAGE.parent, path)
        return inside(self.root, path)

    def source(self, experiment_id: str) -> Path:
        """The Python file of an experiment."""
        return inside(self.root, f"experiments/{experiment_id}.py")

    def sources(self, experiment_id: str) -> list[Path]:
        """Everything that an experiment is: its code, what that imports of the course's own, its spec."""
        code = self.source(experiment_id)
        return [code, *shared_code(code), code.with_suffix(".toml")]

    def title_of(self, step: Step) -> Text:
        """What a step is called; its reference where the thing itself is missing."""
        found = self.experiments.get(step.ref) if step.kind == "experiment" else self.lessons.get(step.ref)
        return found.title if found else Text(zh=step.ref, en=step.ref)

    def steps(self, path_id: str) -> list[Step]:
        """The steps of a path."""
        return self.paths[path_id].steps

    def exists(self, step: Step) -> bool:
        """Whether a step can be opened."""
        return step.ref in (self.experiments if step.kind == "experiment" else self.lessons)


def load_course(root: Path) -> Course:
    """The course in the folder `root`. Raises CourseError where its `lessons/course.toml` is unusable."""
    path = root / "lessons" / "course.toml"
    try:
        file = _decode(path, CourseFile)
    except ContentError as error:
        raise CourseError(_unusable(error.problem)) from error
    course = Course(
        root=root,
        title=file.title,
        tiers=file.tiers,
        modules={module.id: module for module in file.modules},
        paths={path.id: path for path in file.paths},
    )
    for module in file.modules:
        _load_module(course, module)
    for learning_path in file.paths:
        for step in learning_path.steps:
            if not course.exists(step):
                course.problems.append(_missing_step(path, learning_path, step))
    return course


def load_experiment(path: Path) -> Experiment:
    """The spec in one file, with the parameters that it shares. Raises ContentError with the place of the mistake."""
    experiment = _decode(path, Experiment)
    if experiment.shared is not None:
        shared = _decode(path.parent.parent / f"{experiment.shared}.toml", SharedParameters).parameters
        experiment.parameters = [*_taken(path, experiment, shared), *experiment.parameters]
    return experiment


def _taken(path: Path, experiment: Experiment, shared: list[Parameter]) -> list[Parameter]:
    """The shared parameters as this experiment has them: without those it leaves out, with its own defaults."""
    names = {parameter.name for parameter in shared}
    unknown = {*experiment.defaults, *experiment.full, *experiment.omit} - names
    if unknown:
        listing = ", ".join(sorted(unknown))
        message = Text(
            zh=f"{experiment.shared}.toml 里没有参数 {listing}",
            en=f"{experiment.shared}.toml has no parameter {listing}",
        )
        raise ContentError(Problem(path, None, message))
    own = {parameter.name for parameter in experiment.parameters}
    return [
        msgspec.structs.replace(
            parameter,
            default=experiment.defaults.get(parameter.name, parameter.default),
            full=experiment.full.get(parameter.name, parameter.full),
        )
        for parameter in shared
        if parameter.name not in own and parameter.name not in experiment.omit
    ]


def _load_module(course: Course, module: Module) -> None:
    try:
        path = inside(course.root, f"lessons/{module.id}/module.toml")
        if path.exists():
            for lesson in _decode(path, ModuleFile).lessons:
                course.lessons[f"{module.id}/{lesson.id}"] = lesson
    except ContentError as error:
        course.problems.append(error.problem)
    for name in module.experiments:
        try:
            path = inside(course.root, f"experiments/{module.id}/{name}.toml")
            inside(course.root, f"experiments/{module.id}/{name}.py")
            experiment = load_experiment(path)
        except ContentError as error:
            course.problems.append(error.problem)
            continue
        if experiment.id != f"{module.id}/{name}":
            wanted = f"{module.id}/{name}"
            course.problems.append(
                Problem(path, None, Text(zh=f"id 应写成 {wanted!r}", en=f"its id must be {wanted!r}"))
            )
            continue
        course.experiments[experiment.id] = experiment


def shared_code(code: Path) -> list[Path]:
    """The files beside the modules' folders that an experiment's code takes things from: `experiments/<name>.py`."""
    try:
        body = ast.parse(read_text(code)).body
    except (ContentError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    modules = [node.module or "" for node in body if isinstance(node, ast.ImportFrom)]
    names = [module.removeprefix("experiments.") for module in modules if module.startswith("experiments.")]
    folders = [code.parents[1], bundled_root() / "experiments"]
    found = (next((f / f"{name}.py" for f in folders if (f / f"{name}.py").is_file()), None) for name in names)
    return [path for path in found if path is not None]


def inside(root: Path, relative: str) -> Path:
    """`root/relative`, refused where it would lead out of `root`, links included."""
    path = root / relative
    try:
        leads_out = not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle, a NUL
        leads_out = True
    if leads_out:
        raise ContentError(
            Problem(
                path,
                None,
                Text(
                    zh=f"{relative} 指向课程文件夹之外，不会打开",
                    en=f"{relative} leads out of the course's folder: refused",
                ),
            )
        )
    return path


def read_text(path: Path) -> str:
    """A content file as text. Raises ContentError that names what is wrong with it."""
    try:
        return read_bounded(path, LARGEST_FILE).decode("utf-8")
    except UnicodeDecodeError as error:
        message = Text(zh=f"不是 UTF-8 文本（第 {error.start} 字节）", en=f"not UTF-8 text (byte {error.start})")
        raise ContentError(Problem(path, error.object[: error.start].count(b"\n") + 1, message)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        message = Text(zh=f"读不了：{reason}", en=f"cannot be read: {reason}")
        raise ContentError(Problem(path, None, message)) from error


def _decode(path: Path, table: type[Table]) -> Table:
    text = read_text(path)
    try:
        return msgspec.convert(tomllib.loads(text), type=table)
    except tomllib.TOMLDecodeError as error:
        line = _line_of_syntax_error(str(error), text)
        raise ContentError(Problem(path, line, Text(zh=f"TOML 写错了：{error}", en=f"bad TOML: {error}"))) from error
    except (ValueError, RecursionError) as error:  # of msgspec, or of a number with thousands of digits
        line = line_of(text, str(error))
        raise ContentError(Problem(path, line, Text(zh=f"内容不对：{error}", en=f"not valid: {error}"))) from error


def _line_of_syntax_error(message: str, text: str) -> int | None:
    if "at end of document" in message:
        return text.rstrip().count("\n") + 1
    _, found, rest = message.partition("at line ")
    digits = rest.split(",")[0].split(" ")[0]
    return int(digits) if found and digits.isdigit() else None


def _unusable(problem: Problem) -> Text:
    place = f"{problem.path}:{problem.line}" if problem.line else str(problem.path)
    return Text(
        zh=f"课程打不开：{place}：{problem.message.zh}。--course 要指向含 lessons/course.toml 的文件夹。",
        en=f"the course cannot be opened: {place}: {problem.message.en}. "
        "--course must name a folder that holds lessons/course.toml.",
    )


def _missing_step(path: Path, learning_path: LearningPath, step: Step) -> Problem:
    return Problem(
        path,
        None,
        Text(
            zh=f"路线 {learning_path.id} 的 {step.kind} {step.ref} 不存在；请补上，或从 steps 里去掉",
            en=f"path {learning_path.id}: {step.kind} {step.ref} does not exist; add it, or take it out of steps",
        ),
    )
