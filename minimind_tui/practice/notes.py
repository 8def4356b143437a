"""The learner's own notes: one markdown file for each lesson or experiment, `notes/<module>/<name>.md`.

They are plain files, so that any editor opens them. A file is replaced as a whole: what was kept once is never lost
to a crash in the middle of the next writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.errors import Refusal
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Text

LARGEST_NOTE = 1_000_000
"""Bytes; a larger note is refused."""

OTHER_PART = "## 另一处写的 / Written elsewhere"
"""The heading over a part that was written on another machine, or in another window at the same time."""

_REF = re.compile(r"[a-z][a-z0-9_-]{0,80}/[a-z][a-z0-9_-]{0,80}")
_SPLIT = re.compile(rf"^{re.escape(OTHER_PART)}[ \t]*$", re.MULTILINE)


class NoteError(Refusal):
    """A note cannot be read or kept; `message` names the file and the fix."""


def is_ref(ref: str) -> bool:
    """Whether `ref` is a valid `module/name`, which cannot lead outside the folder of notes."""
    return _REF.fullmatch(ref) is not None


def note_file(home: Home, ref: str) -> Path:
    """The path of the note about `ref`, whether it exists or not. Raises ValueError for an invalid reference."""
    if not is_ref(ref):
        raise ValueError(f"not a reference: {ref!r}")
    return home.notes / f"{ref}.md"


def read_note(home: Home, ref: str) -> str:
    """The note about `ref`, empty where there is none. Raises NoteError."""
    path = note_file(home, ref)
    try:
        return read_bounded(path, LARGEST_NOTE).decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError:
        raise NoteError(
            Text(
                zh=f"笔记 {path} 不是 UTF-8 文本，请用别的编辑器转码。",
                en=f"The note {path} is not UTF-8 text: convert it with another editor.",
            )
        ) from None
    except OSError as error:
        raise NoteError(_cannot(path, error, Text(zh="读不了", en="cannot be read"))) from error


def keep_note(home: Home, ref: str, text: str, known: str) -> str:
    """Keep the note; it is on the disk when this returns. Raises NoteError.

    `known` is what the writer last knew to be there. If the file has changed since, both texts are kept. Returns the
    text that the file holds now. A blank note is removed.
    """
    path = note_file(home, ref)
    there = read_note(home, ref)
    if there != known:
        others = [part for part in parts_of(there) if not _is_within(part, parts_of(known))]
        text = merged(text, joined(others)) if others else text
    if len(text.encode("utf-8", "replace")) > LARGEST_NOTE:
        raise NoteError(
            Text(
                zh=f"笔记太长了，最多 {LARGEST_NOTE // 1000} KB。",
                en=f"The note is too long: at most {LARGEST_NOTE // 1000} KB.",
            )
        )
    if text == there:
        return text
    try:
        if text.strip():
            prepare_folder(path)
            write_atomically(path, text.encode("utf-8", "replace"))
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise NoteError(_cannot(path, error, Text(zh="存不下来", en="cannot be kept"))) from error
    return text


def prepare_folder(path: Path) -> None:
    """Make the folder that a note lies in. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def all_notes(home: Home) -> list[str]:
    """The references `module/name` of all notes, sorted."""
    try:
        found = sorted(home.notes.glob("*/*.md"))
    except OSError:
        return []
    refs = (f"{path.parent.name}/{path.stem}" for path in found)
    return [ref for ref in refs if is_ref(ref)]


def merged(ours: str, theirs: str) -> str:
    """One note from two: no text of either is lost, and parts that both have appear once."""
    before, more = parts_of(ours), parts_of(theirs)
    kept = _maximal([*before, *more])
    if all(_is_within(part, before) for part in more):
        return ours
    return theirs if all(_is_within(part, more) for part in before) else joined(kept)


def parts_of(text: str) -> list[str]:
    """The parts of a note that were written here and elsewhere."""
    return [part.strip("\n") for part in _SPLIT.split(text) if part.strip()]


def joined(parts: Sequence[str]) -> str:
    """One note of several parts."""
    return f"\n\n{OTHER_PART}\n\n".join(parts) + "\n"


def _is_within(part: str, others: Iterable[str]) -> bool:
    """Whether the lines of a part are contained in one of the others."""
    return any(f"\n{part}\n" in f"\n{other}\n" for other in others)


def _maximal(parts: Iterable[str]) -> list[str]:
    """The parts that no other part contains."""
    kept: list[str] = []
    for part in parts:
        if _is_within(part, kept):
            continue
        shorter = [other for other in kept if _is_within(other, [part])]
        kept = [part if other in shorter[:1] else other for other in kept if other not in shorter[1:]]
        kept = kept if shorter else [*kept, part]
    return kept


def _cannot(path: Path, error: OSError, what: Text) -> Text:
    reason = error.strerror or str(error)
    return Text(
        zh=f"笔记{what.zh}：{reason}。请检查磁盘空间和文件夹权限：{path}",
        en=f"The note {what.en}: {reason}. Check the disk's space and the folder's permissions: {path}",
    )
