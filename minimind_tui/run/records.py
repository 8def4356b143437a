"""What an experiment records of a run, beside its metrics: each kind is one struct, for the writer and for the reader.

A further kind is one struct here and its name in `AnyRecord`. Records of a kind that this version does not know are
passed over when a log is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from minimind_tui.base.text import Text

if TYPE_CHECKING:
    Number = float
else:
    Number = float | str
"""A float. JSON has no NaN: what is not finite is written in quotes, as `NaN`, `Infinity` or `-Infinity`."""

Step = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""A step that an array of 64-bit numbers can hold."""

Size = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""How many there are of something."""

Rank = Annotated[int, msgspec.Meta(ge=0, le=2**16)]
"""The number of a process among those that compute together, from 0."""

VERSION = 1
"""Of the log's lines."""


class Event(msgspec.Struct, tag_field="kind", kw_only=True):
    """Any line of a log. `t` is in seconds since 1970."""

    v: int = VERSION
    t: float = 0.0
    rank: Rank = 0
    """The process that recorded it, of those that compute together: each has a lane of its own."""


class Record(Event, kw_only=True, omit_defaults=True):
    """What arm `arm` has recorded at step `step`; `name` tells the records of one kind apart."""

    KEPT: ClassVar[int] = 64
    """How many of one name a reader keeps, the latest: a long run records more than a screen will ever show."""

    arm: str = ""
    name: str = ""
    step: Step = 0


class Layer(Record, tag="layer"):
    """One number for each layer, the first layer first."""

    values: list[Number]

    def __post_init__(self) -> None:
        """The numbers are floats."""
        self.values = floats(self.values)


class Matrix(Record, tag="matrix"):
    """A matrix with labels: `rows[i][j]` stands in row i and column j."""

    rows: list[list[Number]]
    row_labels: list[str] = []
    column_labels: list[str] = []

    def __post_init__(self) -> None:
        """The numbers are floats."""
        self.rows = [floats(row) for row in self.rows]


class Tensor(Record, tag="tensor"):
    """What there is to see of one tensor: its shape and size, its figures, a corner of its values."""

    shape: list[Size]
    symbols: str = ""
    """The shape in letters, such as `B T C`."""
    dtype: str = ""
    bytes: Size = 0
    mean: Number = math.nan
    std: Number = math.nan
    low: Number = math.nan
    high: Number = math.nan
    """All four of the finite values alone; `nonfinite` counts the others."""
    nonfinite: Size = 0
    rows: list[list[Number]] = []
    """The first rows and columns of its last two dimensions, at index 0 of all others."""
    row_labels: list[str] = []
    column_labels: list[str] = []
    text: dict[str, str] = {}
    """What was done to get it, by language."""
    code: str = ""
    """The file and the symbol that compute it."""

    def __post_init__(self) -> None:
        """The numbers are floats."""
        self.mean, self.std, self.low, self.high = floats([self.mean, self.std, self.low, self.high])
        self.rows = [floats(row) for row in self.rows]


class Sample(Record, tag="sample"):
    """Text that a model wrote after `prompt`."""

    KEPT: ClassVar[int] = 500

    text: str
    prompt: str = ""


class Reference(Record, tag="reference"):
    """A value with which a loss is compared, such as ln V."""

    value: Number

    def __post_init__(self) -> None:
        """The value is a float."""
        (self.value,) = floats([self.value])


class Note(Record, tag="note"):
    """A sentence of the experiment about this run, by language."""

    text: dict[str, str]


class Tokens(Record, tag="tokens"):
    """A text as a tokenizer cuts it: `pieces[i]` is what `ids[i]` stands for, in UTF-8 `bytes[i]` bytes long.

    A piece that is no whole character is written with a � for what it has of one.
    """

    pieces: list[str]
    ids: list[Size] = []
    bytes: list[Size] = []


class Turn(msgspec.Struct):
    """What one side of a conversation says: `system`, `user`, `assistant` or `tool`."""

    role: str
    text: str


class Dialogue(Record, tag="dialogue"):
    """A conversation, and the reward of its last answer where there is one."""

    turns: list[Turn]
    reward: Number | None = None

    def __post_init__(self) -> None:
        """The reward is a float."""
        if self.reward is not None:
            (self.reward,) = floats([self.reward])


class Table(Record, tag="table"):
    """Rows of words and numbers under a heading, by language where it is words."""

    columns: list[dict[str, str] | str]
    rows: list[list[float | int | str]]


class Points(Record, tag="points"):
    """Points at any x and y, not joined: what was measured at sizes, at lengths, at times."""

    x: list[Number]
    y: list[Number]

    def __post_init__(self) -> None:
        """The numbers are floats."""
        self.x, self.y = floats(self.x), floats(self.y)


class Span(msgspec.Struct):
    """What lane `lane` did from `start` to `end`, in seconds; spans with one label are drawn alike."""

    lane: str
    start: Number
    end: Number
    label: str = ""

    def __post_init__(self) -> None:
        """The times are floats."""
        self.start, self.end = floats([self.start, self.end])


class Spans(Record, tag="spans"):
    """Who did what when: the lanes of a schedule, such as ranks, from the first on."""

    spans: list[Span]


AnyRecord = Layer | Matrix | Tensor | Sample | Reference | Note | Tokens | Dialogue | Table | Points | Spans


def floats(values: Sequence[float | str]) -> list[float]:
    """Floats from logged numbers; a string that is no number becomes NaN."""
    found = []
    for value in values:
        try:
            found.append(float(value))
        except ValueError:
            found.append(math.nan)
    return found


def said(text: dict[str, str]) -> Text:
    """A logged sentence in both languages; what is missing is a dash."""
    return Text(zh=text.get("zh") or "-", en=text.get("en") or "-")
