"""The line of a TOML file that a validation error speaks of."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_STEP = re.compile(r"""\.([A-Za-z0-9_-]+)|\["([^"`]*)"\]|\[(\d+)\]""")
_PATH = re.compile(r"(?:at|in) `\$([^`]*)`")
_SOME_KEY = "[...]"
_A_KEY_ITSELF = "at `key` in `$"
_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")


def line_of(text: str, message: str) -> int | None:
    """The line of the value in msgspec's message, such as "Expected `str` - at `$.arms[1].label.zh`".

    The file is not parsed: headers, keys and rows of an array are found by how they begin, which is how a person
    writes them. None where there is no such line.
    """
    path = _PATH.search(message)
    steps = _steps(path[1] if path else "")
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if unknown:
        steps.append(unknown[1])
    lines = text.splitlines()
    start, end, found = 0, len(lines), None
    prefix: list[str] = []
    while steps:
        step = steps.pop(0)
        if isinstance(step, int):
            rows = [at for at in range(start, end) if lines[at].lstrip().startswith("{")]
            if step < len(rows):
                found, start, end = rows[step] + 1, rows[step], rows[step] + 1
            continue
        headers = _headers(lines, start, end, [*prefix, step])
        if headers:
            which = steps.pop(0) if steps and isinstance(steps[0], int) else 0
            if isinstance(which, int) and which < len(headers):
                prefix.append(step)
                start = headers[which]
                end = _end_of_table(lines, start, end, prefix)
                found = start + 1
                continue
        key = re.compile(rf"""(?:^\s*|[{{,]\s*)["']?{re.escape(step)}["']?\s*=""")
        at = next((at for at in range(start, end) if key.search(lines[at])), None)
        if at is not None:
            found, start = at + 1, at
    return found


def with_keys(message: str, content: Any, kind: type[msgspec.Struct]) -> str:
    """msgspec's message about `content`, with the keys it leaves out: `$.says[...]` becomes `$.says.residual`.

    Of the entries of a table msgspec does not say which one is wrong. It is the first that alone brings the same
    message.
    """
    named = message
    while (at := named.find(_SOME_KEY)) >= 0 or named.find(_A_KEY_ITSELF) >= 0:
        path = _PATH.search(named[:at] + "`" if at >= 0 else named)
        table = _value_at(content, _steps(path[1])) if path else None
        key = _first_alike(table, message, content, kind) if isinstance(table, dict) else None
        if path is None or key is None or _SOME_KEY in key:
            break
        step = f".{key}" if _STEP.fullmatch(f".{key}") else f'["{key}"]'
        if at >= 0:
            named = named[:at] + step + named[at + len(_SOME_KEY) :]
        else:
            named = f"{named[: named.find(_A_KEY_ITSELF)]}at `${path[1]}{step}`"
    return named


def _first_alike(table: dict[str, Any], message: str, content: Any, kind: type[msgspec.Struct]) -> str | None:
    """The first key of `table`, a part of `content`, with which alone the message is the same."""
    entries = dict(table)
    try:
        for key, value in entries.items():
            table.clear()
            table[key] = value
            try:
                msgspec.convert(content, type=kind)
            except ValueError as error:
                if str(error) == message:
                    return key
    finally:
        table.clear()
        table.update(entries)
    return None


def _steps(path: str) -> list[str | int]:
    return [int(index) if index else name or quoted for name, quoted, index in _STEP.findall(path)]


def _value_at(content: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return None
    return content


def _headers(lines: list[str], start: int, end: int, path: list[str]) -> list[int]:
    """The lines with the header `[path]` or `[[path]]`."""
    name = ".".join(path)
    return [at for at in range(start, end) if (match := _HEADER.match(lines[at])) and match[1] == name]


def _end_of_table(lines: list[str], start: int, end: int, path: list[str]) -> int:
    """The line of the next header outside the table `path`."""
    inner = ".".join(path) + "."
    for at in range(start + 1, end):
        match = _HEADER.match(lines[at])
        if match and not match[1].startswith(inner):
            return at
    return end
