"""The command palette: what can be done on this screen, and everything that the course holds, by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.markup import escape
from textual.screen import Screen

from minimind_tui.base.text import Text
from minimind_tui.content.files import ContentError
from minimind_tui.content.paths import module_steps
from minimind_tui.content.schema import Step
from minimind_tui.ui.key_bar import key_name
from minimind_tui.ui.screens.base import Tutoring
from minimind_tui.ui.tutor import Tutor
from minimind_tui.views.words import pick

KINDS = {
    "path": Text(zh="路线", en="Path"),
    "module": Text(zh="模块", en="Module"),
    "lesson": Text(zh="课文", en="Lesson"),
    "experiment": Text(zh="实验", en="Experiment"),
    "quiz": Text(zh="测验", en="Quiz"),
    "review": Text(zh="卡片", en="Cards"),
    "exercise": Text(zh="写代码", en="Exercise"),
}


def actions(app: Tutor, screen: Screen[object]) -> Iterator[SystemCommand]:
    """What the keys of a screen do, with the keys: each once."""
    seen = set()
    for key, (node, binding, enabled, tooltip) in screen.active_bindings.items():
        if "|" not in binding.description or not enabled or binding.action in seen:
            continue
        seen.add(binding.action)
        if binding.action != "command_palette":
            yield SystemCommand(
                f"{pick(binding.description, app.language)} ({escape(key_name(key))})",
                pick(tooltip or "", app.language),
                partial(app.run_action, binding.action, node),
            )


def places(app: Tutor) -> Iterator[SystemCommand]:
    """Every path, module, lesson, experiment, quiz and exercise; those of a module are found by typing."""
    course, language = app.course, app.language
    from minimind_tui.ui.screens.break_it import BREAK_IT, ask, damages

    def named(kind: str, title: Text, of: Text | None = None) -> str:
        words = title.of(language) + (f" · {of.of(language)}" if of is not None else "")
        return escape(f"{KINDS[kind].of(language)}{'：' if language == 'zh' else ': '}{words}")

    if damages(course) is not None:
        spec = course.experiments[BREAK_IT]
        yield SystemCommand(escape(spec.title.of(language)), escape(spec.question.of(language)), lambda: ask(app))
    yield SystemCommand(
        app.say("今天的复习", "Today's review"),
        app.say("到期的卡片和答错的题", "Cards that are due, questions that were missed"),
        lambda: app.practise("review", ""),
    )
    yield SystemCommand(
        app.say("算一算", "Sums"),
        app.say("参数、缓存、计算量", "Parameters, cache, FLOPs"),
        lambda: app.practise("sums", ""),
    )
    for path in course.paths.values():
        if path.steps:
            goal = escape(path.goal.of(language))
            yield SystemCommand(named("path", path.title), goal, partial(app.open_path, path.id))
    for module in course.modules.values():
        about = escape(module.question.of(language))
        steps = module_steps(course, module.id)
        if steps:
            title = Text(zh=f"{module.number:02d} {module.title.zh}", en=f"{module.number:02d} {module.title.en}")
            yield SystemCommand(named("module", title), about, partial(app.open_step, steps[0]))
        for ref, lesson in course.lessons.items():
            if ref.partition("/")[0] == module.id:
                step = Step(kind="lesson", ref=ref)
                yield SystemCommand(named("lesson", lesson.title), about, partial(app.open_step, step), False)
        for ref, experiment in course.experiments.items():
            if ref.partition("/")[0] == module.id:
                step, question = Step(kind="experiment", ref=ref), escape(experiment.question.of(language))
                yield SystemCommand(
                    named("experiment", experiment.title), question, partial(app.open_step, step), False
                )
        for kind, name in (("quiz", "quiz"), ("review", "cards")):
            if course.exists(Step(kind=kind, ref=f"{module.id}/{name}")):  # type: ignore[arg-type]
                yield SystemCommand(named(kind, module.title), about, partial(app.practise, kind, module.id), False)
        try:
            exercises = course.exercises(module.id)
        except ContentError:
            exercises = []
        for exercise in exercises:
            ref = f"{module.id}/{exercise.id}"
            yield SystemCommand(
                named("exercise", exercise.title, module.title), about, partial(app.practise, "exercise", ref), False
            )


class Palette(Tutoring, CommandPalette):
    """The command palette, as all screens here."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder)
