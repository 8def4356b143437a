"""The line of a TOML file that a validation error speaks of."""

from __future__ import annotations

import re

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")


def line_of(text: str, message: str) -> int | None:
    """The line of the value in msgspec's message, such as "Expected `str` - at `$.arms[1].label.zh`".

    The file is not parsed: headers, keys and rows of an array are found by how they begin, which is how a person
    writes them. None where there is no such line.
    """
    path = re.search(r"at `\$([^`]*)`", message)
    steps: list[str | int] = [name or int(index) for name, index in _STEP.findall(path[1] if path else "")]
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
        key = re.compile(rf"(?:^\s*|[{{,]\s*){re.escape(step)}\s*=")
        at = next((at for at in range(start, end) if key.search(lines[at])), None)
        if at is not None:
            found, start = at + 1, at
    return found


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
