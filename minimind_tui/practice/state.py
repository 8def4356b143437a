"""The learner's whole state in one readable file: what may stand in it, how it is written and read.

What belongs to this machine alone stays here: which courses are trusted, the machine's own name, the runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec
from msgspec import Meta

from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Text
from minimind_tui.practice.spent import MACHINE

FORMAT = "minimind-tui state"
VERSION = 1
TAKEN = "taken note "
"""Begins the settings that tell which parts of notes were imported before: such a one does not come twice, even where
it was changed or taken out here."""

LARGEST_STATE = 64_000_000
"""Bytes; years of practice are a hundredth of it."""

Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=300)]
Moment = Annotated[float, Meta(ge=0, le=1e11)]
"""Seconds since 1970."""
Ref = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,80}/[a-z][a-z0-9_-]{0,80}$")]
CodeFile = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,80}/[a-z][a-z0-9_-]{0,80}(\.[a-z0-9-]{1,40}){0,2}\.py$")]
NoteText = Annotated[str, Meta(max_length=1_000_000)]
CodeText = Annotated[str, Meta(max_length=200_000)]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a table. Two rows with the same key become the one that `preferred` says, whichever comes first."""

    KEY: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> tuple[Any, ...]:
        """The columns that identify the row: a merged table has one row for each key."""
        return tuple(getattr(self, name) for name in self.KEY)

    def preferred(self, other: Any) -> bool:
        """Whether this row is kept instead of `other`, which has the same key: the same rule on every machine."""
        return msgspec.json.encode(self) < msgspec.json.encode(other)


class Done(Row, frozen=True):
    """A step that was done; of two rows the earlier is kept."""

    KEY = ("kind", "ref")
    kind: Name
    ref: Name
    at: Moment

    def preferred(self, other: Done) -> bool:
        """Whether this row is the earlier one of the two."""
        return self.at < other.at


class Prediction(Row, frozen=True):
    """A prediction; of two rows the earlier is kept."""

    KEY = ("experiment",)
    experiment: Name
    choice: Name
    at: Moment

    def preferred(self, other: Prediction) -> bool:
        """Whether this row is the earlier one of the two."""
        return (self.at, self.choice) < (other.at, other.choice)


class Confidence(Row, frozen=True):
    """How sure the learner was of a prediction; it is kept with that prediction (see `exchange`)."""

    KEY = ("experiment",)
    experiment: Name
    chance: Annotated[float, Meta(ge=0, le=1)]


class Outcome(Row, frozen=True):
    """Whether a prediction came true; of two rows the earlier is kept."""

    KEY = ("experiment",)
    experiment: Name
    came_true: Literal[0, 1]
    at: Moment

    def preferred(self, other: Outcome) -> bool:
        """Whether this row is the earlier one of the two."""
        return (self.at, self.came_true) < (other.at, other.came_true)


class Answer(Row, frozen=True):
    """An answer to a question of a quiz; every row is kept."""

    KEY = ("question", "at")
    question: Name
    at: Moment
    chosen: Annotated[str, Meta(max_length=2000)]
    score: Annotated[float, Meta(ge=0, le=1)]


class Review(Row, frozen=True):
    """A graded review of an item; every row is kept."""

    KEY = ("item", "at")
    item: Name
    at: Moment
    grade: Annotated[int, Meta(ge=1, le=4)]


class Attempt(Row, frozen=True):
    """An attempt at an exercise; every row is kept."""

    KEY = ("exercise", "at")
    exercise: Name
    at: Moment
    passed: Literal[0, 1]
    seconds: Annotated[float, Meta(ge=0, le=1e9)] | None


class Hint(Row, frozen=True):
    """The highest hint of an exercise that was shown."""

    KEY = ("exercise",)
    exercise: Name
    level: Annotated[int, Meta(ge=0, le=100)]
    at: Moment

    def preferred(self, other: Hint) -> bool:
        """Whether this row is the higher one, and of the same height the earlier."""
        return (-self.level, self.at) < (-other.level, other.at)


class Spent(Row, frozen=True):
    """Each machine counts its own time upwards: the larger count is the later one."""

    KEY = ("what", "day", "machine")
    what: Name
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    machine: Name
    seconds: Annotated[float, Meta(ge=0, le=1e9)]

    def preferred(self, other: Spent) -> bool:
        """Whether this row has the larger count."""
        return self.seconds > other.seconds


class Place(Row, frozen=True):
    """The step of a path at which the learner was last; of two rows the later is kept."""

    KEY = ("path",)
    path: Name
    step: Annotated[int, Meta(ge=0, le=100_000)]
    at: Moment

    def preferred(self, other: Place) -> bool:
        """Whether this row is the later one of the two."""
        return (self.at, self.step) > (other.at, other.step)


class Setting(Row, frozen=True):
    """A choice, such as the theme or the day of the interview."""

    KEY = ("name",)
    name: Name
    value: Name


class Tables(msgspec.Struct, forbid_unknown_fields=True):
    """Everything that the database keeps and another machine can use."""

    done: list[Done] = []
    prediction: list[Prediction] = []
    confidence: list[Confidence] = []
    outcome: list[Outcome] = []
    answer: list[Answer] = []
    review: list[Review] = []
    attempt: list[Attempt] = []
    hint: list[Hint] = []
    spent: list[Spent] = []
    place: list[Place] = []
    setting: list[Setting] = []


ROWS: dict[str, type[Row]] = {
    "done": Done,
    "prediction": Prediction,
    "confidence": Confidence,
    "outcome": Outcome,
    "answer": Answer,
    "review": Review,
    "attempt": Attempt,
    "hint": Hint,
    "spent": Spent,
    "place": Place,
    "setting": Setting,
}


class State(msgspec.Struct, forbid_unknown_fields=True):
    """The content of an exported file."""

    format: Literal["minimind-tui state"]
    version: Literal[1]
    tables: Tables
    notes: dict[Ref, NoteText] = {}
    exercises: dict[CodeFile, CodeText] = {}


class _Head(msgspec.Struct):
    """The fields that every version of the file has."""

    format: str
    version: int


class StateError(Refusal):
    """A file cannot be taken in; `message` names the fix. Nothing was changed."""


AnyRow = TypeVar("AnyRow", bound=Row)


def stays_here(name: str) -> bool:
    """Whether a setting is about this machine alone."""
    return name == MACHINE or name.startswith(("trusted course", TAKEN))


def rows_of(database: sqlite3.Connection, table: str) -> list[Row]:
    """The sound rows of a table that another machine can use."""
    kind = ROWS[table]
    names = [field.name for field in msgspec.structs.fields(kind)]
    found = database.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2").fetchall()
    rows = _sound(kind, (dict(zip(names, row, strict=True)) for row in found))
    return [row for row in rows if not (isinstance(row, Setting) and stays_here(row.name))]


def _sound(kind: type[AnyRow], found: Iterable[Mapping[str, object]]) -> Iterator[AnyRow]:
    for row in found:
        try:
            yield msgspec.convert(row, kind)
        except msgspec.ValidationError:
            continue


def encode(state: State) -> bytes:
    """The file, a row a line, so that a person can read it and a diff shows what is new."""

    def written(content: object) -> str:
        return msgspec.json.encode(content).decode()

    def listed(lines: Iterable[str], indent: str) -> str:
        found = list(lines)
        return f"\n{indent}  " + f",\n{indent}  ".join(found) + f"\n{indent}" if found else ""

    tables = (f'"{name}": [{listed(map(written, getattr(state.tables, name)), "    ")}]' for name in ROWS)
    files = (
        f'"{part}": {{{listed((f"{written(ref)}: {written(text)}" for ref, text in sorted(content.items())), "  ")}}}'
        for part, content in (("notes", state.notes), ("exercises", state.exercises))
    )
    head = f'"format": "{FORMAT}"', f'"version": {VERSION}', f'"tables": {{{listed(tables, "  ")}}}'
    return f"{{{listed((*head, *files), '')}}}\n".encode()


def decode(content: bytes, name: str | Path) -> State:
    """The state that stands in a file. Raises StateError."""
    again = Text(
        zh=f"请在另一台机器上重新导出：minimind-tui export {_short(name)}",
        en=f"Export again on the other machine: minimind-tui export {_short(name)}",
    )
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.format != FORMAT:
            raise ValueError(f"format {head.format[:40]!r}")
        if head.version > VERSION:
            raise StateError(
                Text(
                    zh=f"{name} 是更新版本的 minimind-tui 导出的（格式 {head.version}，这里只认到 {VERSION}）。"
                    "请先更新这台机器上的 minimind-tui。什么也没有改动。",
                    en=f"{name} was exported by a newer minimind-tui (format {head.version}, known here: {VERSION}). "
                    "Update minimind-tui on this machine first. Nothing was changed.",
                )
            )
        return msgspec.json.decode(content, type=State)
    except (ValueError, RecursionError, OverflowError) as error:  # msgspec's own are ValueErrors
        raise StateError(
            Text(
                zh=f"{name} 不是完好的导出文件：{error}。什么也没有改动。{again.zh}",
                en=f"{name} is not a sound export: {error}. Nothing was changed. {again.en}",
            )
        ) from None


def _short(name: str | Path) -> str:
    return "FILE" if str(name) == "-" else Path(name).name
