"""Lint of `lessons/course.toml`: everything that it names exists, and the hours that it states are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import Problem
from minimind_tui.content.paths import module_tasks, path_tasks
from minimind_tui.content.schema import LearningPath, Module, Step

EXPERIMENT_MINUTES = 1.0
"""Minutes that an experiment takes beyond the reading of its text, at least."""


def roadmap_problems(course: Course) -> Iterator[Problem]:
    """Problems of tiers, modules and paths, and files that nothing names."""
    file = course.root / "lessons" / "course.toml"
    tiers = {tier.id for tier in course.tiers}
    for module in course.modules.values():
        if module.tier not in tiers:
            message = Text(
                zh=f"模块 {module.id} 的 tier {module.tier!r} 不存在；有：{', '.join(sorted(tiers))}",
                en=f"module {module.id}: there is no tier {module.tier!r}; there are {', '.join(sorted(tiers))}",
            )
            yield Problem(file, None, message)
        if module.state == "ready":
            yield from _module_problems(course, module)
    numbers = Counter(module.number for module in course.modules.values())
    for number, count in numbers.items():
        if count > 1:
            yield Problem(
                file, None, Text(zh=f"编号 {number} 用了 {count} 次", en=f"number {number} is used {count} times")
            )
    for path in course.paths.values():
        yield from _path_problems(course, path)
    yield from _stray_files(course)


def _minutes(course: Course, tasks: list[Step]) -> float:
    """The minutes that the texts and experiments of `tasks` take, at least."""
    lessons = [task.ref for task in tasks if task.kind == "lesson"]
    texts = [course.lessons[ref].minutes for ref in lessons if ref in course.lessons]
    return sum(texts) + EXPERIMENT_MINUTES * sum(task.kind == "experiment" for task in tasks)


def _module_problems(course: Course, module: Module) -> Iterator[Problem]:
    file = course.root / "lessons" / "course.toml"
    tasks = module_tasks(course, module.id)
    least = _minutes(course, tasks)
    if not tasks:
        message = Text(
            zh=f"模块 {module.id} 标着 ready，却没有东西可学：写进 module.toml，或改成 planned",
            en=f"module {module.id} is marked ready and has nothing to open: add lessons, or mark it planned",
        )
        yield Problem(file, None, message)
    elif least > module.hours * 60:
        said = f"{module.hours * 60:g}"
        message = Text(
            zh=f"模块 {module.id} 写着 {said} 分钟，课文和实验至少要 {least:g} 分钟",
            en=f"module {module.id} says {said} minutes, its texts and experiments take {least:g} at least",
        )
        yield Problem(file, None, message)


def _path_problems(course: Course, path: LearningPath) -> Iterator[Problem]:
    file = course.root / "lessons" / "course.toml"
    for module in path.modules:
        if module not in course.modules:
            yield Problem(
                file,
                None,
                Text(zh=f"路线 {path.id} 的模块 {module} 不存在", en=f"path {path.id}: there is no module {module}"),
            )
    hours = sum(course.modules[module].hours for module in path.modules if module in course.modules)
    if path.modules and abs(hours - path.hours) > 0.01:
        message = Text(
            zh=f"路线 {path.id} 写着 {path.hours:g} 小时，它的模块加起来是 {hours:g}",
            en=f"path {path.id} says {path.hours:g} hours, its modules add up to {hours:g}",
        )
        yield Problem(file, None, message)
    if path.state == "ready" and not path.steps:
        yield Problem(
            file,
            None,
            Text(
                zh=f"路线 {path.id} 标着 ready，却没有步骤：补上 steps，或改成 planned",
                en=f"path {path.id} is marked ready and has no steps: add steps, or mark it planned",
            ),
        )
    least = _minutes(course, path_tasks(course, path))
    if path.steps and least > path.hours * 60:
        message = Text(
            zh=f"路线 {path.id} 写着 {path.hours * 60:g} 分钟，课文和实验至少要 {least:g} 分钟",
            en=f"path {path.id} says {path.hours * 60:g} minutes, its texts and experiments take {least:g} at least",
        )
        yield Problem(file, None, message)


def _stray_files(course: Course) -> Iterator[Problem]:
    """Texts and specs that no table names: nothing in the app leads to them."""
    message = Text(
        zh="没有任何地方提到这个文件：写进 module.toml 或 course.toml，或删掉",
        en="nothing names this file: add it to module.toml or course.toml, or delete it",
    )
    broken = {problem.path for problem in course.problems}
    for path in sorted((course.root / "lessons").glob("*/*.md")):
        ref = f"{path.parent.name}/{path.name.split('.')[0]}"
        language = path.suffixes[0].lstrip(".") if len(path.suffixes) == 2 else ""
        if ref not in {**course.lessons, **course.experiments} or language not in ("zh", "en"):
            yield Problem(path, None, message)
    for path in sorted((course.root / "experiments").glob("*/*.toml")):
        if f"{path.parent.name}/{path.stem}" not in course.experiments and path not in broken:
            yield Problem(path, None, message)
