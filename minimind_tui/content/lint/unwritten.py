"""Lint of the placeholders that `minimind-tui new` writes: each one left is a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem, read_text

PLACE = re.compile(r"<<(?:write|写)[:：] ?([^<>\n]*)>>")
KINDS = (".md", ".toml", ".py")


def unwritten_problems(course: Course) -> Iterator[Problem]:
    """Every `<<write: ...>>` of the course's texts, tables and code."""
    for folder in ("lessons", "experiments"):
        for path in sorted((course.root / folder).rglob("*")):
            if path.suffix not in KINDS:
                continue
            try:
                lines = read_text(path).splitlines()
            except ContentError:
                continue  # said where it is read
            for number, line in enumerate(lines, 1):
                for what in PLACE.findall(line):
                    yield Problem(path, number, Text(zh=f"还没写：{what}", en=f"still to be written: {what}"))
