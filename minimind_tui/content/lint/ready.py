"""Lint of a module that calls itself ready: it has everything that `course.toml` requires of a ready module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.lesson import ANY_LIVE, FORMULA, outside_code
from minimind_tui.content.lint.drawing import problem_at
from minimind_tui.content.practice import OpenQuestion
from minimind_tui.content.schema import Module, Ready

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z0-9][\w'’.,%-]*")
TARGET = re.compile(r"\]\([^)\s]*\)")


def ready_problems(course: Course) -> Iterator[Problem]:
    """The requirements that ready modules do not meet."""
    if course.ready is None:
        return
    for module in course.modules.values():
        if module.state == "ready":
            yield from _counts(course, module, course.ready)
            yield from _lessons(course, module, course.ready)
            yield from _lengths(course, module, course.ready)
    yield from _answers(course, course.ready.answers_owed)


def _counts(course: Course, module: Module, ready: Ready) -> Iterator[Problem]:
    def choice() -> int:
        return sum(not isinstance(question, OpenQuestion) for question in course.quiz(module.id))

    def in_words() -> int:
        return sum(isinstance(question, OpenQuestion) for question in course.quiz(module.id))

    wanted: list[tuple[str, str, str, int, Callable[[], int]]] = [
        ("quiz", "选择题", "choice questions", ready.choice_questions, choice),
        ("quiz", "开放题", "open questions", ready.open_questions, in_words),
        ("cards", "卡片", "cards", ready.cards, lambda: len(course.cards(module.id))),
        ("exercises", "练习", "exercises", ready.exercises, lambda: len(course.exercises(module.id))),
    ]
    for table, zh, en, least, count in wanted:
        path = course.root / "lessons" / module.id / f"{table}.toml"
        try:
            found = count()
        except ContentError:
            if path.exists():  # what is wrong with it is said elsewhere
                continue
            found = 0
        if found < least:
            yield Problem(
                path,
                None,
                Text(
                    zh=f"模块 {module.id} 标着 ready，要至少 {least} 个{zh}，现在 {found} 个",
                    en=f"module {module.id} is marked ready and needs {least} {en} at least: it has {found}",
                ),
            )


def _lessons(course: Course, module: Module, ready: Ready) -> Iterator[Problem]:
    for name in ready.lessons:
        if f"{module.id}/{name}" not in course.lessons:
            yield Problem(
                course.root / "lessons" / module.id / "module.toml",
                None,
                Text(
                    zh=f"模块 {module.id} 标着 ready，却没有课文 {name}",
                    en=f"module {module.id} is marked ready and has no lesson {name}",
                ),
            )


def _answers(course: Course, owed: list[str]) -> Iterator[Problem]:
    """Questions on what to try next without an answer, and experiments said to owe one that owe none."""
    for ref, spec in course.experiments.items():
        missing = [index for index, asked in enumerate(spec.try_next) if asked.answer is None]
        for index in missing if ref not in owed else ():
            yield problem_at(
                course.source(ref).with_suffix(".toml"),
                f".try_next[{index}]",
                "缺少 answer：照着跑一次，把结果写下来",
                "it has no answer: run it and write what comes out",
            )
        if ref in owed and not missing:
            yield _owes_nothing(course, ref)
    for ref in owed:
        if ref not in course.experiments:
            yield _owes_nothing(course, ref)


def _owes_nothing(course: Course, ref: str) -> Problem:
    path = course.root / "lessons/course.toml"
    return problem_at(
        path,
        ".ready.answers_owed",
        f"{ref} 不欠答案：从 answers_owed 里去掉",
        f"{ref} owes no answer: take it out of answers_owed",
    )


def _lengths(course: Course, module: Module, ready: Ready) -> Iterator[Problem]:
    """Modules whose lessons together are shorter or longer than required."""
    own = [ref for ref in course.lessons if ref.partition("/")[0] == module.id]
    teaching = [r for r in own if not any(fnmatchcase(r.partition("/")[2], p) for p in ready.beside_teaching)]
    bounds: list[tuple[Language, tuple[int, int] | None, str, str]] = [
        ("en", ready.english_words, "个英文词", "English words"),
        ("zh", ready.chinese_characters, "个汉字", "Chinese characters"),
    ]
    for language, bound, zh, en in bounds:
        if bound is None:
            continue
        total = 0
        for ref in teaching:
            try:
                total += length(course.lesson_text(ref, language), language)
            except ContentError:
                continue  # said where the lesson is looked at
        least, most = bound
        if not least <= total <= most:
            yield Problem(
                course.root / "lessons" / module.id / "module.toml",
                None,
                Text(
                    zh=f"模块 {module.id} 的教学课文共 {total} {zh}，应在 {least} 到 {most} 之间",
                    en=f"module {module.id}: its teaching has {total} {en}, and should have {least} to {most}",
                ),
            )


def length(markdown: str, language: Language) -> int:
    """The length of a text in words, or in characters for Chinese; code, formulas and link targets do not count."""
    text = "\n".join(line for line in outside_code(markdown).split("\n") if not line.startswith(":::"))
    for pattern in (ANY_LIVE, FORMULA, TARGET):
        text = pattern.sub(" 0 " if pattern is ANY_LIVE else " ", text)
    return len((HAN if language == "zh" else WORD).findall(text))
