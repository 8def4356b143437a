"""A learner's plain text: read whole, and refused unless it can be trained on."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import CorpusError

MAXIMUM_BYTES: Final = 64 * 1024 * 1024
"""Bytes: a text is read into memory whole, and its tokens take several times as much."""


def opened(file: Path) -> BinaryIO:
    """A learner's file, open for reading. Raises CorpusError for what is no file, or cannot be read."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise CorpusError(
            Text(zh=f"{file} 是管道或设备，不是文件。请给一个文件。", en=f"{file} is a pipe or a device. Give a file.")
        )
    try:
        return file.open("rb")
    except OSError as error:
        raise unreadable(file, error) from error


def unreadable(file: Path, error: OSError) -> CorpusError:
    """The error that a learner's file cannot be read."""
    reason = error.strerror or error
    return CorpusError(
        Text(
            zh=f"读不了 {file}：{reason}。请检查路径和权限。",
            en=f"Cannot read {file}: {reason}. Check the path and its permissions.",
        )
    )


def read(file: Path) -> bytes:
    """The bytes of a text of the learner's. Raises CorpusError where it is none, too long or empty."""
    try:
        with opened(file) as source:
            content = source.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(content) > MAXIMUM_BYTES:
        limit = MAXIMUM_BYTES // 2**20
        raise CorpusError(
            Text(
                zh=f"{file} 超过 {limit} MiB。请截取一部分，例如 `head -n 100000 FILE > part.txt`。",
                en=f"{file} is over {limit} MiB. Take a part, for example `head -n 100000 FILE > part.txt`.",
            )
        )
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CorpusError(
            Text(
                zh=f"{file} 不是 UTF-8 文本：第 {error.start} 个字节（从 0 数起）处无法解码。"
                "请先转换，例如 `iconv -f GB18030 -t UTF-8 FILE > text.txt`。",
                en=f"{file} is not UTF-8 text: it cannot be read at byte {error.start} (counted from 0). "
                "Convert it first, for example `iconv -f GB18030 -t UTF-8 FILE > text.txt`.",
            )
        ) from error
    if "\0" in text:
        raise CorpusError(
            Text(
                zh=f"{file} 里有 NUL 字符，不是文本。请给一个文本文件。",
                en=f"{file} holds NUL characters: it is no text. Give a file of text.",
            )
        )
    if not text.strip():
        raise CorpusError(
            Text(
                zh=f"{file} 里没有文字。请给一个有内容的文件。",
                en=f"{file} holds no text. Give a file that does.",
            )
        )
    return content
