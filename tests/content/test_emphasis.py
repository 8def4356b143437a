"""Marks of emphasis that would be drawn as they stand."""

from __future__ import annotations

import pytest

from minimind_tui.content.lint.emphasis import unseen_emphasis


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# 题\n\n**重点**。正文\n", []),
        ("# 题\n\n**重点。**正文\n", [3]),
        ("# 题\n\n- **重点。** 正文\n- **另一个。**A\n", [4]),
        ("**so.** and `a ** b`\n", []),
        ("{{= 2 ** 3}} 和 $a**b$\n", []),
        ("```\na ** b\n```\n", []),
        ("| 甲 | 乙 |\n| --- | --- |\n| **一。**二 | 3 |\n", [3]),
    ],
)
def test_where_marks_are_not_seen(text: str, lines: list[int]) -> None:
    assert list(unseen_emphasis(text)) == lines
