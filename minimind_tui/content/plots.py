"""The kinds of plots that a spec may ask for: one struct for each, with the fields that this kind has and no others.

A further kind is three files: a struct here, `views/plots/<kind>.py` (from a run to data, and to lines of text), and,
where lines of text are not enough, a widget in `ui/plot/`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from minimind_tui.base.text import Text
from minimind_tui.content.tables import ContentTable, Identifier, MeasureName


class PlotTable(ContentTable, tag_field="kind"):
    """One view of a run. `metric` is the name under which the experiment records what is shown."""

    id: Identifier
    title: Text
    help: Text | None = None
    """How to read it, under the plot."""

    @property
    def kind(self) -> str:
        """The name of its kind, as a spec writes it."""
        return str(self.__struct_config__.tag)

    @property
    def wanted(self) -> list[str]:
        """The names that the experiment must record for it."""
        return []

    def recorded(self, names: Collection[str]) -> Iterator[str]:
        """Those of `wanted` that are not among the names that the experiment records."""
        return (name for name in self.wanted if name not in names)

    def problems(self, arms: Collection[str]) -> Iterator[Text]:
        """What is wrong with it in an experiment of these arms, beside names that nobody records."""
        yield from ()


class Axes(PlotTable, kw_only=True):
    """What plots of numbers have in common."""

    metric: str
    log: bool = False
    """Whether values are drawn on a logarithmic axis."""
    y_label: Text | None = None

    @property
    def wanted(self) -> list[str]:
        """The metric."""
        return [self.metric]


class Curves(Axes):
    """What plots of curves have in common."""

    x_label: Text | None = None
    references: dict[str, Text] = {}
    """Recorded reference lines that belong in this plot, and what they are called; those of a loss need no mention."""

    @property
    def wanted(self) -> list[str]:
        """The metric and the reference lines."""
        return [self.metric, *self.references]


class Line(Curves, tag="line"):
    """The series of `metric` against the step, one curve per arm.

    Against something else where `x_label` says what (a position, a distance): then the x axis ends where the points
    do, not at the planned steps.
    """

    names: dict[MeasureName, Text] = {}
    """Where several metrics share the plot: each of them, `metric` among them, and what it is called."""
    sample: bool = False
    """Whether the newest text that the run recorded stands under the plot, in the place of `help`."""

    @property
    def wanted(self) -> list[str]:
        """All metrics and the reference lines."""
        return [self.metric, *(name for name in self.names if name != self.metric), *self.references]

    def problems(self, arms: Collection[str]) -> Iterator[Text]:
        """`names` has the metric too."""
        if self.names and self.metric not in self.names:
            yield Text(
                zh=f"names 里要有它自己的 metric {self.metric!r}", en=f"names must hold its own metric {self.metric!r}"
            )


class Layers(Curves, tag="layers"):
    """The last per-layer vector called `metric`, one curve per arm."""


class LayerBars(Axes, tag="layer-bars"):
    """The last per-layer vector called `metric` as bars: a row per layer, a column per arm, each with its value."""

    x_label: Text | None = None
    """What a row is called, where it is no layer."""


class Bars(Axes, tag="bars"):
    """The last value of `metric`, one bar per arm."""

    against: str = ""
    """The arm from which the others are measured: how far each lies above it."""

    def problems(self, arms: Collection[str]) -> Iterator[Text]:
        """`against` names an arm."""
        if self.against and self.against not in arms:
            yield Text(
                zh=f"against 必须是一组的名字，没有 {self.against!r}",
                en=f"against must be the name of an arm; there is no {self.against!r}",
            )


class Heatmap(PlotTable, tag="heatmap", kw_only=True):
    """The recorded matrices whose names begin with `metric`, one arm at a time."""

    metric: str
    x_label: Text | None = None
    y_label: Text | None = None
    item: Text | None = None
    """What one matrix is called, in the place of `metric`: `head 3` is 头 3 in Chinese."""
    values: bool = False
    """Whether the values of few cells are written out, with their labels, `NaN` and `inf` included."""
    overview: bool = False
    """Whether it begins with all matrices in small; Enter opens one."""

    def recorded(self, names: Collection[str]) -> Iterator[str]:
        """One name that begins so is enough."""
        if not any(name.startswith(self.metric) for name in names):
            yield self.metric


class Samples(PlotTable, tag="samples"):
    """The texts that models wrote."""


class Trace(PlotTable, tag="trace"):
    """The recorded tensors in their order: name, shape, mean, std, bytes, a picture, the code that computes it."""


class Named(PlotTable, kw_only=True):
    """What plots of one named record have in common."""

    metric: str

    @property
    def wanted(self) -> list[str]:
        """The record's name."""
        return [self.metric]


class Tokens(Named, tag="tokens"):
    """The recorded texts called `metric`, cut into the pieces that a tokenizer makes of them, with their ids."""


class Dialogue(Named, tag="dialogue"):
    """The recorded conversations called `metric`: who said what, and the reward where there is one."""


class Table(Named, tag="table"):
    """The recorded tables called `metric`: a heading and rows of words and numbers."""


class Points(Curves, tag="points"):
    """The recorded points called `metric`, x and y any numbers, one colour per arm."""

    log_x: bool = False
    fit: Literal["", "line", "power"] = ""
    """A fitted curve by least squares: `y = a + b·x`, or the power law `y = a·x^b` (a line where both axes are log)."""


class Spans(Named, tag="spans"):
    """The recorded schedules called `metric`: a row per lane, what it did over time, and how much of it was idle."""


Plot = Line | Layers | LayerBars | Bars | Heatmap | Samples | Trace | Tokens | Dialogue | Table | Points | Spans
