"""What a kind of plot can do: take data from a run, write and draw them, join those of two runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.console import RenderableType

from minimind_tui.base.text import Language, Text
from minimind_tui.content.plots import Plot
from minimind_tui.content.schema import Experiment
from minimind_tui.content.units import with_units
from minimind_tui.run.records import Record
from minimind_tui.run.summary import ArmSummary, Summary

PlotT = TypeVar("PlotT", bound=Plot)
DataT = TypeVar("DataT")
RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Shown(Generic[PlotT]):
    """A plot of an experiment, and the run that it shows; `arm` is the index of the one arm that is wanted."""

    experiment: Experiment
    plot: PlotT
    summary: Summary
    language: Language
    arm: int | None = None

    def arms(self) -> Iterator[tuple[int, str, ArmSummary]]:
        """Index, label and records of the arms that have begun."""
        for index, arm in enumerate(self.experiment.arms):
            recorded = self.summary.arms.get(arm.id)
            if recorded is not None and self.arm in (None, index):
                yield index, arm.label.of(self.language), recorded

    def said(self, text: Text | None) -> str:
        """A label in the learner's language, with the units of the run; empty where there is none."""
        return with_units(text, self.summary.parameters, self.language)

    @property
    def several(self) -> bool:
        """Whether there are arms to be told apart."""
        return len(self.experiment.arms) > 1


class PlotKind(Generic[PlotT, DataT]):
    """How one kind of plot is drawn. What a widget needs of a plot is in its data."""

    widget: ClassVar[str] = "text"
    """The widget that draws the data; `text` shows the lines."""
    is_curves: ClassVar[bool] = False
    """Whether it takes a canvas: of such plots the command line draws the first alone."""

    is_text: ClassVar[bool] = True
    """Whether its lines belong in a report: not where a picture or the table of figures says it all."""

    def data(self, shown: Shown[PlotT]) -> DataT:
        """What is drawn, which may be nothing yet."""
        raise NotImplementedError

    def is_empty(self, data: DataT) -> bool:
        """Whether nothing has been recorded for it."""
        return not data

    def lines(self, data: DataT, language: Language) -> RenderableType:
        """The data as lines of text, for a terminal of any width; styles are named as in `ui/style.py`."""
        raise NotImplementedError

    def together(self, runs: Sequence[tuple[str, DataT]], arms: int) -> DataT:
        """The data of several runs in one plot. `arms` is the number of arms, by which colours of runs differ."""
        raise NotImplementedError

    def picture(self, data: DataT, title: str) -> str | None:
        """The data as an SVG picture; None where the lines say it as well."""
        return None
