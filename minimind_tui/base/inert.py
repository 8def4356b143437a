"""Text from files, logs and names, made safe to draw: no escape sequences, no reversed text direction."""

from __future__ import annotations

import re
from typing import Any

LONGEST_LINE = 5000
"""Characters of one line that are shown; a person wrote none that is longer."""

CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
"""Control codes, direction marks and zero-width characters, except the newline and the tab."""

_COMMAND = "\x1b\\[[0-9;?]*[@-~]|\x1b[\\]PX^_](?:[^\x07\x1b\n]*(?:\x07|\x1b\\\\))?"
_UNSAFE = f"{_COMMAND}|[{CONTROLS}]"
_UNSAFE_SIGN = f"[{CONTROLS}]"
_NO_SIGN = "[\ud800-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
"""Halves of surrogate pairs, and private-use characters, which every font draws differently."""

_LONG = f"([^\n]{{{LONGEST_LINE}}})[^\n]+"
_MARK = "\ufffd"


def inert(text: str, limit: int | None = None) -> str:
    """`text` with each unsafe character or escape sequence replaced by �, cut to `limit` characters, tabs as spaces."""
    if limit is not None and len(text) > limit:
        text = text[:limit] + "…"
    if len(text) > LONGEST_LINE:
        text = re.sub(_LONG, r"\1…", text)
    if text.isprintable():
        return text
    cleaned = re.sub(_UNSAFE, _MARK, text.replace("\r\n", "\n").expandtabs(4))
    return re.sub(_NO_SIGN, _MARK, cleaned)


def inert_signs(text: str) -> str:
    """`text` with each unsafe character replaced by one �, so that its length stays the same; tabs are kept."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\t\n" else _MARK for c in text)


def json_line(content: Any) -> str:
    """`content` as one line of JSON that is safe to draw: unsafe characters are written as `\\u` escapes."""
    import json  # the first screen needs none

    line = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return re.sub(_UNSAFE_SIGN, lambda sign: f"\\u{ord(sign[0]):04x}", line)
