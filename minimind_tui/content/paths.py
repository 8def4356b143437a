"""What a path consists of: the steps that it lists, or all that its modules have so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from minimind_tui.content.files import ContentError
from minimind_tui.content.schema import LearningPath, Module, Step

if TYPE_CHECKING:
    from minimind_tui.content.course import Course


def derived_steps(course: Course, path: LearningPath, elsewhere: Collection[tuple[str, str]]) -> list[Step]:
    """The steps of a path that lists modules and no steps: everything that its ready modules have, in order.

    What another path lists (`elsewhere`, by kind and reference) was written for that path and is left out here.
    """
    return [
        step
        for module in path.modules
        if module in course.modules and course.modules[module].state == "ready"
        for step in _all_of(course, module)
        if (step.kind, step.ref) not in elsewhere
    ]


def _all_of(course: Course, module: str) -> Iterator[Step]:
    """The steps of a module: its lessons, then the quiz (first, where it is a self-test), the exercises, the cards.

    Quiz and cards are not read, since this runs when the app starts: an unreadable one is reported when it is opened.
    """
    lessons = [Step(kind="lesson", ref=ref) for ref in course.lessons if ref.partition("/")[0] == module]
    quiz = [Step(kind="quiz", ref=f"{module}/quiz")] if course.has_table(module, "quiz") else []
    yield from [*quiz, *lessons] if course.modules[module].quiz_first else [*lessons, *quiz]
    if course.has_table(module, "exercises"):
        try:
            exercises = course.exercises(module)
        except ContentError as error:
            course.problems.append(error.problem)
        else:
            yield from (Step(kind="exercise", ref=f"{module}/{exercise.id}") for exercise in exercises)
    if course.has_table(module, "cards"):
        yield Step(kind="review", ref=f"{module}/cards")


def path_of(course: Course, module_id: str) -> LearningPath | None:
    """The path that lists the whole module; None for a module that is on paths only with single steps."""
    through = (path for path in course.paths.values() if module_id in path.modules)
    return next((path for path in through if any(_is_of(step, module_id) for step in path.steps)), None)


def module_steps(course: Course, module_id: str) -> list[Step]:
    """The steps of a module that can be opened now: those on its path, else those on any path, each once."""
    through = path_of(course, module_id)
    steps: dict[tuple[str, str], Step] = {}
    for path in [through] if through else course.paths.values():
        for step in path.steps:
            if _is_of(step, module_id):
                steps.setdefault((step.kind, step.ref), step)
    return list(steps.values())


def module_tasks(course: Course, module_id: str) -> list[Step]:
    """The tasks of a module: its steps and the experiments inside its lessons."""
    steps = module_steps(course, module_id)
    return [*steps, *(_inside(course, module_id, _known(steps)) if path_of(course, module_id) else [])]


def path_tasks(course: Course, path: LearningPath) -> list[Step]:
    """The tasks of a path: its steps and the experiments inside the lessons of its modules."""
    known = _known(path.steps)
    inside = (task for module in path.modules for task in _inside(course, module, known))
    return [*path.steps, *inside]


def unwritten(course: Course, path: LearningPath) -> list[Module]:
    """The modules of a path that are not ready."""
    found = (course.modules.get(module) for module in path.modules)
    return [module for module in found if module is not None and module.state != "ready"]


def _known(steps: list[Step]) -> dict[str, set[tuple[str, str]]]:
    """The steps of each module, by kind and reference."""
    known: dict[str, set[tuple[str, str]]] = {}
    for step in steps:
        known.setdefault(step.ref.partition("/")[0], set()).add((step.kind, step.ref))
    return known


def _inside(course: Course, module_id: str, steps: Mapping[str, Collection[tuple[str, str]]]) -> list[Step]:
    """The experiments of a module that `steps`, by module, holds anything of, without those among them."""
    module = course.modules.get(module_id)
    if module is None or module.state != "ready" or module_id not in steps:
        return []
    tasks = (Step(kind="experiment", ref=f"{module_id}/{name}") for name in module.experiments)
    return [task for task in tasks if (task.kind, task.ref) not in steps[module_id] and course.exists(task)]


def _is_of(step: Step, module_id: str) -> bool:
    return step.ref.partition("/")[0] == module_id
