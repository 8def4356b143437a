"""Small files for the tests of data sets: rows as MiniMind writes them, and a text that the catalogue knows."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import Known

RIGHT = b"To be, or not to be\n"
KNOWN = {
    "hamlet": Known(
        name="hamlet",
        title=Text(zh="哈姆雷特", en="Hamlet"),
        url="https://example.org/hamlet",
        size=len(RIGHT),
        sha256=hashlib.sha256(RIGHT).hexdigest(),
    )
}
"""A catalogue of one text, and that text."""

ASKED = {"role": "user", "content": "你好"}
ANSWERED = {"role": "assistant", "content": "你好！"}

TOOLS = '[{"type": "function", "function": {"name": "add"}}]'
CALLS = '[{"name": "add", "arguments": {"a": 1, "b": 2}}]'
TOOL_USE: list[dict[str, Any]] = [
    {"role": "system", "content": "# Tools ...", "tools": TOOLS, "reasoning_content": None, "tool_calls": None},
    {"role": "user", "content": "1 + 2?"},
    {"role": "assistant", "content": "", "tool_calls": CALLS},
    {"role": "tool", "content": '{"sum": 3}'},
    {"role": "assistant", "content": "3", "reasoning_content": "one and two"},
]
"""A conversation with every optional field, some of them null, as MiniMind's SFT files have it."""

TEXTS: list[dict[str, Any]] = [{"text": "床前明月光"}, {"text": "Once upon a time.\nThe end.", "source": "book"}]
CHATS: list[dict[str, Any]] = [{"conversations": [ASKED, ANSWERED]}, {"conversations": TOOL_USE, "id": 7}]
PREFERENCES: list[dict[str, Any]] = [
    {"chosen": [ASKED, ANSWERED], "rejected": [ASKED, {"role": "assistant", "content": "?"}], "score": 0.5}
]
TASKS: list[dict[str, Any]] = [
    {"conversations": [ASKED, {"role": "assistant", "content": ""}], "gt": ["3", "three"]},
    {"conversations": [ASKED]},
]
ROWS: dict[str, list[dict[str, Any]]] = {"text": TEXTS, "chat": CHATS, "preference": PREFERENCES, "task": TASKS}
"""Some good rows of each kind."""


def content(rows: list[dict[str, Any]], end: str = "\n") -> bytes:
    """The rows, one a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + end for row in rows).encode()


def row_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A file at `path` that holds the rows."""
    path.write_bytes(content(rows))
    return path


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
