"""The lesson registry: everything the app shows comes from here, none of it from a screen's code.

A file that cannot be read disables itself alone and becomes a `Problem`; only an unusable `course.toml`
stops the course from loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

import minimind_tui
from minimind_tui.base.errors import Refusal
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.content.files import AnyTable, ContentError, Problem, decode, inside, read_text
from minimind_tui.content.imports import file_of, imports
from minimind_tui.content.paths import derived_steps
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import (
    CourseFile,
    Experiment,
    LearningPath,
    Lesson,
    Module,
    ModuleFile,
    Parameter,
    Ready,
    SharedParameters,
    Step,
    Tier,
)
from minimind_tui.content.tables import ContentTable

if TYPE_CHECKING:
    from minimind_tui.content.glossary import Glossary
    from minimind_tui.content.practice import Card, Exercise, Part, Question

PACKAGE = Path(minimind_tui.__file__).parent
PRACTICE = ("quiz", "exercise", "review")
"""The kinds of steps whose tables are read when they are needed, not when the course is loaded."""

TableName = Literal["quiz", "cards", "exercises"]

QUIZ = Text(zh="测验", en="Quiz")
CARDS = Text(zh="面试卡片", en="Interview cards")


class CourseError(Refusal):
    """The course cannot be used at all; `message` names the file and the fix."""


@dataclass(repr=False)
class Course:
    """A loaded course."""

    root: Path
    title: Text
    tiers: list[Tier]
    modules: dict[str, Module]
    paths: dict[str, LearningPath]
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    """By `module/lesson`."""
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    """By `module/name`."""
    problems: list[Problem] = field(default_factory=list)
    ready: Ready | None = None
    """What a module must hold before it may be called ready."""
    _tables: dict[Path, tuple[object, ContentTable]] = field(default_factory=dict, compare=False)
    """The practice tables read so far, each with its file's state at that time."""
    _glossary: tuple[object, Glossary] | None = field(default=None, compare=False)

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
        """All files of an experiment: its code, the course's own modules which that imports, and its spec."""
        code = self.source(experiment_id)
        return [code, *shared_code(code), code.with_suffix(".toml")]

    def title_of(self, step: Step) -> Text:
        """The title of a step; its reference where the course has no such lesson, experiment or exercise."""
        found: Text | None = None
        if step.kind in PRACTICE:
            found = self._practice_title(step)
        elif step.ref in (owner := self.experiments if step.kind == "experiment" else self.lessons):
            found = owner[step.ref].title
        return found or Text(zh=step.ref, en=step.ref)

    def full_title_of(self, step: Step) -> Text:
        """The title of a step; that of a quiz or of cards names the module too, since every module has them."""
        title, module = self.title_of(step), self.modules.get(step.ref.partition("/")[0])
        if step.kind not in ("quiz", "review") or module is None:
            return title
        return Text(zh=f"{title.zh}（{module.title.zh}）", en=f"{title.en} ({module.title.en})")

    def steps(self, path_id: str) -> list[Step]:
        """The steps of a path."""
        return self.paths[path_id].steps

    def exists(self, step: Step) -> bool:
        """Whether a step can be opened."""
        if step.kind not in PRACTICE:
            return step.ref in (self.experiments if step.kind == "experiment" else self.lessons)
        return self._practice_title(step) is not None

    def quiz(self, module: str) -> list[Question]:
        """The questions of a module. Raises ContentError where they cannot be read."""
        from minimind_tui.content.practice import QuizFile  # the first screen needs none

        return self._table(module, "quiz", QuizFile).questions

    def cards(self, module: str) -> list[Card]:
        """The interview cards of a module. Raises ContentError where they cannot be read."""
        from minimind_tui.content.practice import CardFile

        return self._table(module, "cards", CardFile).cards

    def exercises(self, module: str) -> list[Exercise]:
        """The exercises of a module. Raises ContentError where they cannot be read."""
        from minimind_tui.content.practice import ExerciseFile

        return self._table(module, "exercises", ExerciseFile).exercises

    def glossary(self) -> Glossary:
        """The terms of the course, read again only after the file has changed. Raises ContentError."""
        from minimind_tui.content.glossary import FILE, load_glossary  # the first screen needs none

        looks = _looks(self.root / FILE)
        if self._glossary is None or self._glossary[0] != looks:
            self._glossary = looks, load_glossary(self.root)
        return self._glossary[1]

    def has_table(self, module: str, kind: TableName) -> bool:
        """Whether a module has a table of this kind, readable or not."""
        try:
            return self.practice_file(module, kind).is_file()
        except (ContentError, OSError):
            return False

    def _table(self, module: str, kind: TableName, table: type[AnyTable]) -> AnyTable:
        """A practice table of `module`, read again only after its file has changed. Raises ContentError."""
        path = self.practice_file(module, kind)
        looks = _looks(path)
        known = self._tables.get(path)
        if known is not None and known[0] == looks and isinstance(known[1], table):
            return known[1]
        read = decode(path, table)
        self._tables[path] = looks, read
        return read

    def practice_file(self, module: str, kind: TableName) -> Path:
        """The table of a module's questions, cards or exercises."""
        return inside(self.root, f"lessons/{module}/{kind}.toml")

    def exercise_file(self, module: str, exercise: str, part: Part) -> Path:
        """One of the Python files of an exercise."""
        return inside(self.root, f"lessons/{module}/exercises/{exercise}/{part}.py")

    def _practice_title(self, step: Step) -> Text | None:
        """What a step of practice is called; None where it cannot be opened.

        The steps are `module/quiz`, `module/cards` and `module/<id of an exercise>`.
        """
        module, _, name = step.ref.partition("/")
        try:
            if step.kind == "quiz":
                return QUIZ if name == "quiz" and self.quiz(module) else None
            if step.kind == "review":
                return CARDS if name == "cards" and self.cards(module) else None
            return next((exercise.title for exercise in self.exercises(module) if exercise.id == name), None)
        except ContentError:
            return None


def _looks(path: Path) -> object:
    """What is another after a file has changed; None where there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def load_course(root: Path) -> Course:
    """The course in the folder `root`. Raises CourseError where its `lessons/course.toml` is unusable."""
    path = root / "lessons" / "course.toml"
    try:
        file = decode(path, CourseFile)
    except ContentError as error:
        raise CourseError(_unusable(error.problem)) from error
    course = Course(
        root=root,
        title=file.title,
        tiers=file.tiers,
        modules={module.id: module for module in file.modules},
        paths={path.id: path for path in file.paths},
        ready=file.ready,
    )
    shared: dict[Path, list[Parameter]] = {}
    experiments: dict[str, Experiment] = {}
    course.experiments = experiments
    lessons: dict[str, Lesson] = {}
    course.lessons = lessons
    for module in file.modules:
        lessons.update(_lessons(course, module))
        experiments.update(_experiments(course, module, shared))
    listed = {(step.kind, step.ref) for learning_path in file.paths for step in learning_path.steps}
    for learning_path in file.paths:
        for step in learning_path.steps:
            if not course.exists(step):
                course.problems.append(_missing_step(path, learning_path, step))
        learning_path.steps = learning_path.steps or derived_steps(course, learning_path, listed)
    return course


def load_experiment(path: Path, known: dict[Path, list[Parameter]] | None = None) -> Experiment:
    """The spec in one file, with the parameters that it shares. Raises ContentError with the place of the mistake.

    Whoever loads several gives the same `known` each time: what they share is then read once.
    """
    experiment = decode(path, Experiment)
    if experiment.shared is not None:
        known = {} if known is None else known
        file = path.parent.parent / f"{experiment.shared}.toml"
        if file not in known:
            known[file] = decode(file, SharedParameters).parameters
        experiment.parameters = [*_taken(path, experiment, known[file]), *experiment.parameters]
    return experiment


def _taken(path: Path, experiment: Experiment, shared: list[Parameter]) -> list[Parameter]:
    """The shared parameters of this experiment: without those that it omits, and with its own defaults."""
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


def _lessons(course: Course, module: Module) -> Iterator[tuple[str, Lesson]]:
    """The lessons of a module, by `module/lesson`."""
    try:
        path = inside(course.root, f"lessons/{module.id}/module.toml")
        if path.exists():
            for lesson in decode(path, ModuleFile).lessons:
                yield f"{module.id}/{lesson.id}", lesson
    except ContentError as error:
        course.problems.append(error.problem)


def _experiments(
    course: Course, module: Module, shared: dict[Path, list[Parameter]]
) -> Iterator[tuple[str, Experiment]]:
    """The experiments of a module that can be read, by `module/name`."""
    for name in module.experiments:
        try:
            path = inside(course.root, f"experiments/{module.id}/{name}.toml")
            inside(course.root, f"experiments/{module.id}/{name}.py")
            experiment = load_experiment(path, shared)
        except ContentError as error:
            course.problems.append(error.problem)
            continue
        if experiment.id != f"{module.id}/{name}":
            wanted = f"{module.id}/{name}"
            course.problems.append(
                Problem(path, None, Text(zh=f"id 应写成 {wanted!r}", en=f"its id must be {wanted!r}"))
            )
            continue
        yield experiment.id, experiment


def shared_code(code: Path) -> list[Path]:
    """The shared files `experiments/<name>.py` that the code of an experiment imports from."""
    try:
        names = imports(read_text(code))
    except (ContentError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    roots = [code.parents[2], bundled_root()]
    found = (file_of(name, roots) for name in names if name.startswith("experiments."))
    return [path for path in found if path is not None]


def _unusable(problem: Problem) -> Text:
    return Text(
        zh=f"课程打不开：{problem.place}：{problem.message.zh}。--course 要指向含 lessons/course.toml 的文件夹。",
        en=f"the course cannot be opened: {problem.place}: {problem.message.en}. "
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
