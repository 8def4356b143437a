"""The kinds of data sets, and how the kind of a file is told from its first row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from minimind_tui.content.schema import DataKind
from minimind_tui.datasets.kinds.chat import CHAT, ChatRow
from minimind_tui.datasets.kinds.kind import Kind
from minimind_tui.datasets.kinds.preference import PREFERENCE, PreferenceRow
from minimind_tui.datasets.kinds.task import TASK, TaskRow
from minimind_tui.datasets.kinds.text import TEXT, TextRow
from minimind_tui.datasets.kinds.turns import Turn

__all__ = ["KINDS", "ChatRow", "DataKind", "Kind", "PreferenceRow", "TaskRow", "TextRow", "Turn", "recognised"]

KINDS: Mapping[DataKind, Kind[Any]] = {kind.name: kind for kind in (TEXT, CHAT, PREFERENCE, TASK)}


def recognised(row: object) -> DataKind | None:
    """The kind that has the fields of `row`, of several the one with the most; None where none has."""
    if not isinstance(row, dict):
        return None
    fitting = [kind for kind in KINDS.values() if kind.keys <= row.keys()]
    return max(fitting, key=lambda kind: len(kind.keys)).name if fitting else None
