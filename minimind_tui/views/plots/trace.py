"""What the tracer shows: tensors in the order in which they were computed, the same ones for each arm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text as RichText

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.plots import Trace
from minimind_tui.run.records import Tensor, said
from minimind_tui.views.numbers import decimals
from minimind_tui.views.plots.heatmap import short_label
from minimind_tui.views.plots.kind import PlotKind, Shown
from minimind_tui.views.wrap import breaks

NAME = Bilingual(zh="张量", en="tensor")
SHAPE = Bilingual(zh="形状", en="shape")
BYTES = Bilingual(zh="字节", en="bytes")
MEAN = Bilingual(zh="均值", en="mean")
STD = Bilingual(zh="标准差", en="std")

GAP = 2
MOST_CELLS = 64
"""Rows and columns of a tensor's picture that are taken from a log."""


@dataclass(frozen=True)
class TensorView:
    """One tensor of one arm; the text is in the learner's language, and nothing in it commands the terminal."""

    name: str
    symbols: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    mean: float
    std: float
    low: float
    high: float
    nonfinite: int
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]
    text: str
    code: str

    @property
    def numbers(self) -> str:
        """The shape in figures."""
        return "×".join(map(str, self.shape)) or "1"


@dataclass(frozen=True)
class TraceArm:
    """An arm's index, its name and its tensors by name."""

    arm: int
    label: str
    tensors: dict[str, TensorView]


@dataclass(frozen=True)
class TraceData:
    """All arms, and the names of the tensors in their order."""

    arms: list[TraceArm]
    names: list[str]
    language: Language = "en"


@dataclass(frozen=True)
class Column:
    """A column of the list: its heading, a text for each tensor, whether they stand at the right."""

    heading: str
    texts: list[str]
    right: bool

    @property
    def width(self) -> int:
        """Cells of the widest text."""
        return max(map(cell_len, [self.heading, *self.texts]))


def columns_of(data: TraceData, arm: int, width: int) -> list[Column]:
    """The list's columns that `width` has room for.

    Where it is narrow the figures' shape goes first, then the mean, then the bytes; where it is wide the other arms'
    standard deviations come too.
    """
    language, here = data.language, data.arms[arm]

    def column(heading: str, of: TraceArm, text: Callable[[TensorView], str], right: bool) -> Column:
        tensors = [of.tensors.get(name) for name in data.names]
        return Column(heading, ["" if tensor is None else text(tensor) for tensor in tensors], right)

    name = Column(NAME.of(language), list(data.names), False)
    symbols = column(SHAPE.of(language), here, lambda tensor: tensor.symbols, False)
    numbers = column("", here, lambda tensor: tensor.numbers, False)
    size = column(BYTES.of(language), here, lambda tensor: f"{tensor.bytes:,}", True)
    mean = column(MEAN.of(language), here, lambda tensor: decimals(tensor.mean), True)
    std = column(STD.of(language), here, lambda tensor: decimals(tensor.std), True)
    columns = [name, symbols, numbers, size, mean, std]
    for dropped in (numbers, mean, size, symbols):
        if total(columns) > width:
            columns.remove(dropped)
    for other in data.arms:
        extra = column(f"{STD.of(language)} {other.label}", other, lambda tensor: decimals(tensor.std), True)
        if other is not here and total([*columns, extra]) <= width:
            columns.append(extra)
    return columns


def total(columns: list[Column]) -> int:
    """How wide they are together, with a gap of two after each."""
    return sum(column.width + GAP for column in columns)


def row_of(columns: list[Column], at: int | None) -> str:
    """One line of the list, or its headings."""
    cells = []
    for column in columns:
        text = column.heading if at is None else column.texts[at]
        space = " " * (column.width - cell_len(text))
        cells.append(space + text if column.right else text + space)
    return (" " * GAP).join(cells)


def described(tensor: TensorView, width: int) -> list[str]:
    """What was done, in lines of `width` cells."""
    lines = []
    for paragraph in tensor.text.split("\n"):
        cuts = [0, *breaks(paragraph, width), len(paragraph)]
        lines += [paragraph[a:b].strip() for a, b in pairwise(cuts)]
    return lines


def size_of(tensor: TensorView, language: Language) -> str:
    """The shape in letters and figures, and what it comes to."""
    count = 1
    for size in tensor.shape:
        count *= size
    shape = tensor.numbers.replace("×", " × ")
    letters = f"{tensor.symbols} = " if tensor.symbols else ""
    each = tensor.bytes // count if count else 0
    if language == "zh":
        return f"{letters}{shape}：{count:,} 个 {tensor.dtype}，每个 {each} 字节"
    return f"{letters}{shape}: {count:,} of {tensor.dtype}, {each} bytes each"


def figures_of(tensor: TensorView, language: Language) -> str:
    """Mean, std and the ends; what was left out of them."""
    mean, std = MEAN.of(language), STD.of(language)
    ends = f"{decimals(tensor.low)} … {decimals(tensor.high)}"
    said = f"{mean} {decimals(tensor.mean)}  {std} {decimals(tensor.std)}  {ends}"
    if tensor.nonfinite:
        said += f"  ({tensor.nonfinite} × -inf/NaN)"
    return said


class TraceKind(PlotKind[Trace, TraceData]):
    """The tensors that the arms recorded, each name's last, in the order in which they were computed."""

    widget = "trace"

    def data(self, shown: Shown[Trace]) -> TraceData:
        """Every arm that has recorded a tensor."""
        arms, names = [], {}
        for index, label, recorded in shown.arms():
            views = {
                view.name: view
                for view in (_tensor_view(tensor, shown.language) for tensor in recorded.last(Tensor).values())
            }
            if views:
                arms.append(TraceArm(index, label, views))
                names.update(dict.fromkeys(views))
        return TraceData(arms, list(names), shown.language)

    def is_empty(self, data: TraceData) -> bool:
        """Whether no arm has recorded a tensor."""
        return not data.arms

    def lines(self, data: TraceData, language: Language) -> TraceLines:
        """The list of the tensors."""
        return TraceLines(data)

    def together(self, runs: Sequence[tuple[str, TraceData]], arms: int) -> TraceData:
        """The arms of each run after each other: the same tensor of one, then of the other."""
        every = [
            TraceArm(arm.arm + number * arms, f"{name} {arm.label}", arm.tensors)
            for number, (name, data) in enumerate(runs)
            for arm in data.arms
        ]
        names = dict.fromkeys(name for _, data in runs for name in data.names)
        return TraceData(every, list(names), runs[0][1].language)


@dataclass(frozen=True)
class TraceLines:
    """The list among lines of text, with the figures of the last arm: shapes are the same in all."""

    data: TraceData

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = columns_of(self.data, len(self.data.arms) - 1, options.max_width)
        for at in (None, *range(len(self.data.names))):
            yield RichText(row_of(columns, at), "muted" if at is None else "", no_wrap=True, overflow="crop")


def _tensor_view(tensor: Tensor, language: Language) -> TensorView:
    return TensorView(
        name=inert(tensor.name, 24).replace("\n", " "),
        symbols=inert(tensor.symbols, 24).replace("\n", " "),
        shape=tuple(tensor.shape[:8]),
        dtype=inert(tensor.dtype, 16),
        bytes=tensor.bytes,
        mean=tensor.mean,
        std=tensor.std,
        low=tensor.low,
        high=tensor.high,
        nonfinite=tensor.nonfinite,
        rows=[row[:MOST_CELLS] for row in tensor.rows[:MOST_CELLS] if row],
        row_labels=[short_label(label) for label in tensor.row_labels[:MOST_CELLS]],
        column_labels=[short_label(label) for label in tensor.column_labels[:MOST_CELLS]],
        text=inert(said(tensor.text).of(language), 400),
        code=tensor.code,
    )


KIND = TraceKind()
