"""Tables in lessons, in a narrow pane."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from minimind_tui.ui.lesson.markdown import LessonMarkdown

TABLE = """
| 组 | 第一步的损失 | 第一步的梯度 | 没见过的文本上的损失 |
| --- | --- | --- | --- |
| Pre-LN，LayerNorm | 24.8 | 5774 | 4.48 |
"""


def test_no_heading_and_no_cell_is_cut() -> None:
    console = Console(file=StringIO(), width=46)
    console.print(LessonMarkdown(TABLE, "one-dark"))
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "…" not in shown
    for text in ("组第一步的损失第一步的梯度没见过的文本上的损失", "Pre-LN，LayerNorm"):
        assert all(shown.count(character) >= text.count(character) for character in set(text))
