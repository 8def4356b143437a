"""Lint of everything that is drawn: every formula has a form for the terminal, in which nothing is lost or added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from minimind_tui.base.text import LANGUAGES, Text
from minimind_tui.content.files import ContentError, Problem, read_text
from minimind_tui.content.formula import misdrawn, unknown_commands
from minimind_tui.content.lesson import ANY_LIVE, formulas
from minimind_tui.content.lint.strokes import drawing_problems
from minimind_tui.content.place import line_of


def formula_problems(markdown: str) -> Iterator[tuple[int, Text]]:
    """What is wrong with the formulas of a text, each with its line."""
    for written, block, line in formulas(markdown):
        latex = ANY_LIVE.sub("0", written)
        unknown = unknown_commands(latex)
        if unknown:
            names = ", ".join(unknown)
            yield line, Text(zh=f"公式画不出来：{names}", en=f"the formula cannot be drawn: {names}")
        elif wrong := misdrawn(latex, block=block):
            names = " ".join(wrong)
            yield (
                line,
                Text(
                    zh=f"公式画出来和写的不一样，差在：{names}；换个写法",
                    en=f"the formula is drawn otherwise than it is written, differing in: {names}; reword it",
                ),
            )


def markdown_problems(path: Path, place: str, *texts: Text) -> Iterator[Problem]:
    """What cannot be drawn in the texts of practice that stand at `place` in the table `path`."""
    for text in texts:
        for language in LANGUAGES:
            for _, message in (*formula_problems(text.of(language)), *drawing_problems(text.of(language))):
                yield problem_at(path, place, message.zh, message.en)
            if ANY_LIVE.search(text.of(language)):
                yield problem_at(
                    path,
                    place,
                    "测量值只能写在课文里：这里写确切的数，或不写数",
                    "measured values stand in lessons alone: give an exact number here, or none",
                )


def plain_problems(path: Path, place: str, *texts: Text) -> Iterator[Problem]:
    """Formulas and live values in texts of a spec or of the roadmap, which are shown as they are written."""
    for text in texts:
        if any(formulas(text.of(language)) or ANY_LIVE.search(text.of(language)) for language in LANGUAGES):
            yield problem_at(
                path,
                place,
                "这里的文字照原样显示，不能有公式：写成 √d、x² 这样的文字",
                "this text is shown as it is written, a formula too: write it in words or signs, such as √d",
            )


def problem_at(path: Path, place: str, zh: str, en: str) -> Problem:
    """A problem of a table, with the line of the value at `place`, such as `.questions[2]`."""
    try:
        line = line_of(read_text(path), f"at `${place}`")
    except ContentError:
        line = None
    return Problem(path, line, Text(zh=zh, en=en))
