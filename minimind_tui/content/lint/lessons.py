"""Lint of a text: it exists in both languages with the same parts, and all of it can be drawn."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from minimind_tui.base.text import LANGUAGES, Text
from minimind_tui.content import measure
from minimind_tui.content.course import Course
from minimind_tui.content.drawings import drawings
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.lesson import (
    LiveValue,
    bad_live_values,
    code_quotes,
    computed_figures,
    formulas,
    line_at,
    live_values,
    sections,
    symbol_source,
)
from minimind_tui.content.lint.drawing import formula_problems
from minimind_tui.content.lint.emphasis import unseen_emphasis
from minimind_tui.content.lint.experiments import recorded_names
from minimind_tui.content.lint.strokes import drawing_problems
from minimind_tui.content.lint.tables import bare_numbers

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
LINE_NUMBER = re.compile(r"\.py:\d+|第\s*\d+\s*行代码|\bline \d+ of\b")


def lesson_problems(course: Course, ref: str, recorded: dict[str, set[str]]) -> Iterator[Problem]:
    """What is wrong with the texts of `ref`, a lesson or an experiment.

    `recorded` caches what each quoted experiment records; callers that check several texts pass the same one.
    """
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        try:
            path = course.lesson_file(ref, language)
            texts[language] = course.lesson_text(ref, language)
        except ContentError as error:
            yield error.problem
            continue
        yield from _text_problems(course, path, texts[language], recorded)
    if len(texts) == len(LANGUAGES):
        yield from _difference(course.lesson_file(ref, "zh"), texts["zh"], texts["en"])


def _text_problems(course: Course, path: Path, text: str, recorded: dict[str, set[str]]) -> Iterator[Problem]:
    def problem(line: int | None, zh: str, en: str) -> Problem:
        return Problem(path, line, Text(zh=zh, en=en))

    if not text.startswith("# "):
        yield problem(1, "第一行要是标题：# 标题", "the first line must be its title: # Title")
    for line in bad_live_values(text):
        yield problem(
            line,
            "测量值要写成 {{模块/实验: 算式 | 格式}}，算式要写成 {{= 算式 | 格式}}",
            "a measured value is written {{module/experiment: expression | format}}, a computed one {{= expression}}",
        )
    for value in live_values(text):
        wrong = _live_value_problem(course, value, recorded)
        if wrong:
            yield problem(value.line, wrong.zh, wrong.en)
    for figure in computed_figures(text):
        if figure.text is None:
            yield problem(
                figure.line,
                f"算不出来：{figure.expression}；写成 {{{{= 64 * 8 / 3 | .1f}}}} 这样的算式",
                f"{figure.expression} cannot be computed: write arithmetic such as {{{{= 64 * 8 / 3 | .1f}}}}",
            )
    for line, message in (*formula_problems(text), *drawing_problems(text)):
        yield problem(line, message.zh, message.en)
    for line, number in bare_numbers(text):
        yield problem(
            line,
            f"表里的 {number} 没有来历：用测量值 {{{{…}}}} 或算式 {{{{= …}}}}，或在表后写一段“来源：”带链接",
            f"where does {number} in the table come from? Measure it {{{{...}}}}, compute it {{{{= ...}}}}, or put a "
            "paragraph `Source:` with links right after the table",
        )
    for quote in code_quotes(text):
        try:
            source = symbol_source(course.quoted_file(quote.path), quote.symbol)
        except ContentError as error:
            yield problem(quote.line, error.problem.message.zh, error.problem.message.en)
            continue
        if source is None:
            yield problem(
                quote.line, f"{quote.path} 里没有 {quote.symbol}", f"there is no {quote.symbol} in {quote.path}"
            )
    for line in unseen_emphasis(text):
        yield problem(
            line,
            "这里的 ** 会原样显示：标点放到后一个 ** 之外，写成 **重点**。",
            "** is drawn as it stands here: put the punctuation behind the closing marks, **so**.",
        )
    line_of = line_at(text)
    for match in LINK.finditer(text):
        target = match[1]
        if not target.startswith(("https://", "#")) and not os.path.exists(path.parent / target):
            yield problem(line_of(match.start()), f"死链：{target}", f"dead link: {target}")
    for match in LINE_NUMBER.finditer(text):
        yield problem(
            line_of(match.start()),
            "不要写行号，行号会变：用 :::code 按名字引用",
            "no line numbers, they rot: quote by name with :::code",
        )


def _live_value_problem(course: Course, value: LiveValue, recorded: dict[str, set[str]]) -> Text | None:
    spec = course.experiments.get(value.experiment)
    if spec is None:
        return Text(zh=f"没有实验 {value.experiment}", en=f"there is no experiment {value.experiment}")
    try:
        measure.check(value.expression, [arm.id for arm in spec.arms])
        format(1.0, value.format)
    except measure.ExpressionError as error:
        return error.message
    except ValueError:
        return Text(zh=f"格式 {value.format!r} 不对", en=f"the format {value.format!r} is not one")
    if value.experiment not in recorded:
        recorded[value.experiment] = recorded_names(course.source(value.experiment)) or set()
    missing = sorted({name for _, name in measure.names(value.expression)} - recorded[value.experiment])
    if missing:
        names = ", ".join(missing)
        return Text(zh=f"{value.experiment} 没有记录 {names}", en=f"{value.experiment} does not record {names}")
    return None


def _difference(path: Path, chinese: str, english: str) -> Iterator[Problem]:
    """Parts that only one of the two languages has: sections, figures, formulas, drawings, quoted code."""
    for name_zh, name_en, parts in (
        ("小节", "sections", lambda text: len(sections(text))),
        ("测量值", "measured values", lambda text: sorted((v.experiment, v.expression) for v in live_values(text))),
        ("算式", "computed figures", lambda text: sorted((f.expression, f.format) for f in computed_figures(text))),
        ("公式", "formulas", lambda text: sum(block for _, block, _ in formulas(text))),
        ("图", "drawings", lambda text: len(drawings(text))),
        ("代码引用", "quoted code", lambda text: [(q.path, q.symbol) for q in code_quotes(text)]),
    ):
        if parts(chinese) != parts(english):
            yield Problem(
                path,
                None,
                Text(zh=f"中英文的{name_zh}不一致", en=f"the two languages differ in their {name_en}"),
            )
