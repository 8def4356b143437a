"""The texts that the course knows by name: where they come from and how to recognize them.

Read from `data/corpora.toml`. A name, a size and a SHA-256 say what a file must be, so that losses measured
on it compare with those published, and so that a damaged or foreign file is never trained on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import tomli

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Text

BUILT_IN = "tinytales"
"""The corpus that is generated, not stored."""

Progress = Callable[[int, int], None]
"""A callback: called with the bytes received so far and the size of the whole file."""

LARGEST_CATALOGUE = 1_000_000
NAME_RULE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class CorpusError(Refusal):
    """A corpus cannot be fetched, added or read; `message` says why and names the fix."""


def unwritable(folder: Path, error: OSError) -> CorpusError:
    """The error that a text cannot be stored in `folder`."""
    reason = error.strerror or error
    return CorpusError(
        Text(
            zh=f"不能写入 {folder}：{reason}。请检查磁盘空间和权限。",
            en=f"Cannot write in {folder}: {reason}. Check its space and permissions.",
        )
    )


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of `corpora.toml`. `name` is the table's name."""

    name: str
    title: Text
    url: str
    size: int = msgspec.field(name="bytes")
    sha256: str

    def matches(self, content: bytes) -> bool:
        """Whether `content` is this text, byte for byte."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256

    def is_in(self, path: Path) -> bool:
        """Whether the file at `path` is this text; one of another size is not even read."""
        try:
            return self.matches(read_bounded(path, self.size))
        except OSError:
            return False


def read_catalogue(path: Path) -> dict[str, Known]:
    """The known corpora by name; raises CorpusError if the file at `path` cannot be used."""
    try:
        raw = tomli.loads(read_bounded(path, LARGEST_CATALOGUE).decode())
        if raw.pop("format", None) != 1:
            raise ValueError("format must be 1")
        known = {name: msgspec.convert({**table, "name": name}, Known) for name, table in raw.items()}
    except (OSError, ValueError, TypeError, RecursionError, msgspec.ValidationError) as error:
        raise CorpusError(
            Text(
                zh=f"读不了语料目录 {path}：{error}。请重新安装 minimind-tui，或改正这个文件。",
                en=f"Cannot use the list of corpora {path}: {error}. Install minimind-tui again, or mend the file.",
            )
        ) from error
    for entry in known.values():
        check_name(entry.name)
        if not entry.url.startswith("https://"):
            raise CorpusError(
                Text(
                    zh=f"{path} 里 {entry.name} 的地址不是 https：{entry.url}。请改成 https。",
                    en=f"In {path}, the address of {entry.name} is not https: {entry.url}. Make it https.",
                )
            )
    return known


def check_name(name: str) -> None:
    """Refuse a name that cannot be a corpus of the learner's: it becomes a file name and a command's word."""
    if name == BUILT_IN:
        raise CorpusError(
            Text(
                zh=f"{BUILT_IN} 是内置的语料。请用 --name 换一个名字。",
                en=f"{BUILT_IN} is the built-in corpus. Choose another name with --name.",
            )
        )
    if not NAME_RULE.fullmatch(name):
        raise CorpusError(
            Text(
                zh=f"{name!r} 不能做语料的名字：以小写字母开头，只含小写字母、数字、- 和 _，最多 40 个字符。"
                "请用 --name 取一个，例如 --name my-text。",
                en=f"{name!r} cannot name a corpus: start with a lower-case letter; letters, digits, -, _; "
                "40 characters at most. Give one with --name, for example --name my-text.",
            )
        )
