"""What the tracer shows: tensors in the order in which they were computed, the same ones for each arm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len

from minimind_tui.content.schema import Language
from minimind_tui.content.schema import Text as Bilingual
from minimind_tui.ui.lesson.wrap import breaks

NAME = Bilingual(zh="张量", en="tensor")
SHAPE = Bilingual(zh="形状", en="shape")
BYTES = Bilingual(zh="字节", en="bytes")
MEAN = Bilingual(zh="均值", en="mean")
STD = Bilingual(zh="标准差", en="std")


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


def columns_of(data: TraceData, arm: int, width: int) -> list[tuple[str, list[str], bool]]:
    """The list's columns that `width` has room for: heading, a text a tensor, and whether it stands at the right."""
    own, language = data.arms[arm].tensors, data.language

    def each(of: TraceArm, value: str) -> list[str]:
        made = []
        for name in data.names:
            tensor = of.tensors.get(name)
            made.append("" if tensor is None else getattr_text(tensor, value))
        return made

    here = data.arms[arm]
    columns = [
        (NAME.of(language), list(data.names), False),
        (SHAPE.of(language), each(here, "symbols"), False),
        ("", each(here, "numbers"), False),
        (BYTES.of(language), each(here, "bytes"), True),
        (MEAN.of(language), each(here, "mean"), True),
        (STD.of(language), each(here, "std"), True),
    ]
    others = [of for of in data.arms if of is not here and own]
    for of in others:
        extra = (f"{STD.of(language)} {of.label}", each(of, "std"), True)
        if total([*columns, extra]) <= width:
            columns.append(extra)
    while total(columns) > width and len(columns) > 2:
        columns.pop(2 if any(column[0] == "" for column in columns) else -2)
    return columns


def total(columns: list[tuple[str, list[str], bool]]) -> int:
    """How wide they are together, with a gap of two after each."""
    return sum(column_width(column) + 2 for column in columns)


def column_width(column: tuple[str, list[str], bool]) -> int:
    """The widest of its texts."""
    heading, texts, _ = column
    return max(map(cell_len, [heading, *texts]))


def getattr_text(tensor: TensorView, value: str) -> str:
    """One of a tensor's figures as the list writes it."""
    if value in ("symbols", "numbers"):
        return tensor.symbols if value == "symbols" else tensor.numbers
    if value == "bytes":
        return f"{tensor.bytes:,}"
    return figure(tensor.mean if value == "mean" else tensor.std)


def figure(value: float) -> str:
    """A mean or a standard deviation: three decimals tell what is near 0 and what is near 1."""
    if not math.isfinite(value):
        return "NaN" if value != value else "∞" if value > 0 else "−∞"
    if value == 0 or 0.0005 <= abs(value) < 1000:
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return f"{value:.0e}"


def described(tensor: TensorView, data: TraceData, width: int) -> list[str]:
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
    said = f"{mean} {figure(tensor.mean)}  {std} {figure(tensor.std)}  {figure(tensor.low)} … {figure(tensor.high)}"
    if tensor.nonfinite:
        said += f"  ({tensor.nonfinite} × −∞/NaN)"
    return said
