"""Text to continue, one document a row: `{"text": str}`, as MiniMind's pretraining files are."""

from __future__ import annotations

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.faults import Fault, quoted
from minimind_tui.datasets.kinds.kind import Kind


class TextRow(msgspec.Struct, frozen=True):
    """One document."""

    text: str


def _sense(row: TextRow) -> Fault | None:
    return None if row.text.strip() else Fault("text", Text(zh="文字", en="some text"), quoted(row.text))


TEXT = Kind("text", Text(zh="文本", en="text"), frozenset({"text"}), TextRow, _sense)
