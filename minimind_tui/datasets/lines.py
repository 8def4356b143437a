"""The lines of a file of rows, one at a time: whatever the file's size, one line is in memory.

Written for JSON lines as programs write them: a byte-order mark, CRLF, blank lines at the end are no mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import CorpusError

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes of one row, a hundred times those of MiniMind's longest: a longer one is a file that has no lines."""

BOM: Final = b"\xef\xbb\xbf"


class LineError(CorpusError):
    """A line that cannot be a row. The message names the file, the line and what to do; `line` counts from 1."""

    def __init__(self, file: Path, line: int, zh: str, en: str) -> None:
        self.line = line
        super().__init__(Text(zh=f"{file} 第 {line} 行{zh}", en=f"{file}, line {line}{en}"))


class Source(Protocol):
    """What lines are read from: a file, or something that sees the bytes go by."""

    def readline(self, size: int, /) -> bytes:
        """The next line with its end, at most `size` bytes of it; empty at the end."""
        ...


def lines(source: Source, file: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something, each with its number, counted from 1. `file` is what refusals name.

    Raises LineError for one that is too long, is not UTF-8, or comes after a blank line; OSError where reading fails.
    """
    number, place, blank = 0, 0, None
    while raw := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise _too_long(file, number)
        content = raw.removeprefix(BOM) if number == 1 else raw
        try:
            line = content.decode("utf-8").strip(" \t\r\n")
        except UnicodeDecodeError as error:
            raise _no_utf8(file, number, place + len(raw) - len(content) + error.start) from error
        place += len(raw)
        if line and blank is not None:
            raise _blank(file, blank)
        if line:
            yield number, line
        elif blank is None:
            blank = number


def _too_long(file: Path, number: int) -> LineError:
    limit = LONGEST_LINE // 2**20
    return LineError(
        file,
        number,
        zh=f"超过 {limit} MiB。每行放一条数据；`jq -c '.[]' FILE > rows.jsonl` 把一个 JSON 列表改成这样。",
        en=f" is over {limit} MiB. A line holds one row; `jq -c '.[]' FILE > rows.jsonl` makes rows of a JSON list.",
    )


def _no_utf8(file: Path, number: int, place: int) -> LineError:
    return LineError(
        file,
        number,
        zh=f"不是 UTF-8：文件的第 {place} 个字节（从 0 数起）处无法解码。"
        "请先转换，例如 `iconv -f GB18030 -t UTF-8 FILE > rows.jsonl`。",
        en=f" is not UTF-8: it cannot be read at byte {place} of the file (counted from 0). "
        "Convert it first, for example `iconv -f GB18030 -t UTF-8 FILE > rows.jsonl`.",
    )


def _blank(file: Path, number: int) -> LineError:
    return LineError(
        file,
        number,
        zh="是空的，后面却还有数据。请去掉空行：`grep -v '^[[:space:]]*$' FILE > rows.jsonl`。",
        en=" is blank, and rows follow it. Leave blank lines out: `grep -v '^[[:space:]]*$' FILE > rows.jsonl`.",
    )
