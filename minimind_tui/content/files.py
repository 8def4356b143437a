"""Reads the course's files: limited in size, inside the course's folder, typed, with the place of each mistake.

TOML is read by tomli, the standard library's parser compiled: three times as fast; and a key of fifty thousand parts,
on which the standard library's parser spends two minutes, is refused at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.text import Text
from minimind_tui.content.tables import ContentTable

LARGEST_FILE = 200_000
"""Bytes; a content file beyond this is not one that a person wrote."""

AnyTable = TypeVar("AnyTable", bound=ContentTable)


class Problem(NamedTuple):
    """Something wrong in a content file, and how to mend it."""

    path: Path
    line: int | None
    message: Text

    @property
    def place(self) -> str:
        """The file, with the line where one is known."""
        return f"{self.path}:{self.line}" if self.line else str(self.path)


class ContentError(Exception):
    """One content file cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


def inside(root: Path, relative: str) -> Path:
    """`root/relative`, refused where it would lead out of `root`, links included."""
    path = root / relative
    try:
        leads_out = not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle, a NUL
        leads_out = True
    if leads_out:
        raise ContentError(
            Problem(
                path,
                None,
                Text(
                    zh=f"{relative} 指向课程文件夹之外，不会打开",
                    en=f"{relative} leads out of the course's folder: refused",
                ),
            )
        )
    return path


def read_text(path: Path) -> str:
    """A content file as text. Raises ContentError that names what is wrong with it."""
    try:
        return read_bounded(path, LARGEST_FILE).decode("utf-8")
    except UnicodeDecodeError as error:
        message = Text(zh=f"不是 UTF-8 文本（第 {error.start} 字节）", en=f"not UTF-8 text (byte {error.start})")
        raise ContentError(Problem(path, error.object[: error.start].count(b"\n") + 1, message)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        message = Text(zh=f"读不了：{reason}", en=f"cannot be read: {reason}")
        raise ContentError(Problem(path, None, message)) from error


def decode(path: Path, table: type[AnyTable]) -> AnyTable:
    """The TOML file at `path` as that table. Raises ContentError with the place of the mistake."""
    import tomli  # not at the app's start, which finds the course as it is kept

    text = read_text(path)
    content: dict[str, object] = {}
    try:
        content = tomli.loads(text)
        return msgspec.convert(content, type=table)
    except tomli.TOMLDecodeError as error:
        line = _line_of_syntax_error(str(error), text)
        raise ContentError(Problem(path, line, Text(zh=f"TOML 写错了：{error}", en=f"bad TOML: {error}"))) from error
    except (ValueError, RecursionError) as error:  # of msgspec, or of a number with thousands of digits
        from minimind_tui.content.place import line_of, with_keys

        said = with_keys(str(error), content, table)
        message = Text(zh=f"内容不对：{said}", en=f"not valid: {said}")
        raise ContentError(Problem(path, line_of(text, said), message)) from error


def _line_of_syntax_error(message: str, text: str) -> int | None:
    if "at end of document" in message:
        return text.rstrip().count("\n") + 1
    _, found, rest = message.partition("at line ")
    digits = rest.split(",")[0].split(" ")[0]
    return int(digits) if found and digits.isdigit() else None
