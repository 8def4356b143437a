"""From a lesson's file to what the lesson pane draws: measured numbers put in, code quoted."""

from __future__ import annotations

from minimind_tui.content.course import PRACTICE, Course
from minimind_tui.content.figures import sane
from minimind_tui.content.files import ContentError
from minimind_tui.content.lesson import (
    CodeQuote,
    LiveValue,
    live_values,
    symbol_source,
    with_code_quotes,
    with_live_values,
)
from minimind_tui.content.schema import Step
from minimind_tui.run.expression import evaluate
from minimind_tui.run.reference import find_reference
from minimind_tui.run.summary import Summary
from minimind_tui.ui.lab.latest import latest_finished
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.practice_page import practice_page
from minimind_tui.ui.style import code_theme
from minimind_tui.ui.tutor import Tutor

MISSING = "—"


def lesson_renderable(app: Tutor, step: Step) -> LessonMarkdown:
    """The text of `step` in the learner's language; where it cannot be read, what is wrong and where."""
    return LessonMarkdown(lesson_markdown(app, step), code_theme(app))


def lesson_markdown(app: Tutor, step: Step) -> str:
    """The lesson's text as markdown, its figures filled in."""
    practice = step.kind in PRACTICE
    try:
        markdown = practice_page(app, step) if practice else app.course.lesson_text(step.ref, app.language)
    except ContentError as error:
        problem = error.problem
        what = app.say("这个练习", "This practice") if practice else app.say("这一课", "This lesson")
        heading = what + app.say("打不开", " cannot be opened")
        return f"# {heading}\n\n`{problem.path}`\n\n{problem.message.of(app.language)}\n"
    if practice:
        return markdown
    quoted = {value.experiment for value in live_values(markdown)}
    specs = {name: app.course.experiments.get(name) for name in quoted}
    runs = {name: latest_finished(app.home, spec) if spec else None for name, spec in specs.items()}
    known = {name: run or find_reference(app.course.root, name, app.language) for name, run in runs.items()}
    text = with_live_values(markdown, lambda value: figure(value, known[value.experiment]))
    text = with_code_quotes(text, lambda quote: code(app.course, quote))
    return text + _sources(app, runs) if quoted else text


def figure(value: LiveValue, summary: Summary | None) -> str:
    """The measured number as the lesson wants it written."""
    measured = evaluate(value.expression, summary) if summary else None
    return MISSING if measured is None or not sane(value.format) else format(measured, value.format)


def code(course: Course, quote: CodeQuote) -> str:
    """The source of a quoted symbol; where it cannot be had, which one it was."""
    try:
        source = symbol_source(course.quoted_file(quote.path), quote.symbol)
    except ContentError as error:
        return f"# {error.problem.message.en}"
    return source or f"# {quote.path}: {quote.symbol}?"


def _sources(app: Tutor, runs: dict[str, Summary | None]) -> str:
    """Where the figures of this text were measured."""
    own = [run for run in runs.values() if run is not None]
    if len(own) == len(runs):
        sentence = app.say(
            "文中的测量值来自你自己最近一次运行。", "The measured figures above are from your own latest run."
        )
    else:
        sentence = app.say(
            "文中的测量值来自课程自带的一次运行；你跑过实验后，会换成你自己的。",
            "The measured figures above are from the course's own run; after your run they are yours.",
        )
    return f"\n\n> {sentence}\n"
