"""Lint of the experiments inside lessons: each exists, is embedded in both languages, and is reached by some step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from minimind_tui.base.text import LANGUAGES, Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.lesson import CODE, EMBED, Embed, embedded, embeds, outside_code
from minimind_tui.content.paths import module_steps


def embed_problems(course: Course, ref: str) -> Iterator[Problem]:
    """What is wrong with the `:::` lines of the texts of `ref`."""
    found: list[list[str]] = []
    for language in LANGUAGES:
        try:
            path, text = course.lesson_file(ref, language), course.lesson_text(ref, language)
        except ContentError:
            continue
        for number, line in enumerate(outside_code(text).split("\n"), 1):
            if line.lstrip().startswith(":::") and not (CODE.fullmatch(line) or EMBED.fullmatch(line)):
                message = Text(
                    zh="这一行读不懂：写成 :::experiment 模块/实验，或 :::code 文件 名字，顶格独占一行",
                    en="cannot be read: write :::experiment module/name or :::code file symbol, alone on its line",
                )
                yield Problem(path, number, message)
        stand = embeds(text)
        yield from (Problem(path, embed.line, message) for embed, message in _mistakes(course, stand))
        found.append([embed.experiment for embed in stand])
    if len(found) == len(LANGUAGES) and found[0] != found[1]:
        message = Text(
            zh="中英文里的实验不一致，或顺序不同", en="the two languages differ in their experiments, or their order"
        )
        yield Problem(course.lesson_file(ref, "zh"), None, message)


def _mistakes(course: Course, stand: list[Embed]) -> Iterator[tuple[Embed, Text]]:
    times = Counter(embed.experiment for embed in stand)
    for embed in stand:
        name = embed.experiment
        if name not in course.experiments:
            yield embed, Text(zh=f"没有实验 {name}", en=f"there is no experiment {name}")
        elif times.pop(name, 1) > 1:
            yield embed, Text(zh=f"{name} 在这一课里出现了不止一次", en=f"{name} stands in this lesson more than once")


def unmet_experiments(course: Course) -> Iterator[Problem]:
    """The experiments of ready modules that no step leads to."""
    for module in course.modules.values():
        if module.state != "ready":
            continue
        met = set[str]()
        for step in module_steps(course, module.id):
            if step.kind == "experiment":
                met.add(step.ref)
            elif step.kind == "lesson":
                met.update(embedded(course, step.ref, "en"))
        for name in module.experiments:
            ref = f"{module.id}/{name}"
            if ref in course.experiments and ref not in met:
                message = Text(
                    zh="没有一课用到这个实验：在课文里写 :::experiment " + ref,
                    en="no lesson leads to this experiment: write :::experiment " + ref + " in one",
                )
                yield Problem(course.source(ref).with_suffix(".toml"), None, message)
