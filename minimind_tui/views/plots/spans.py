"""Schedules: a row per lane over one axis of time, each span drawn by the mark of its label."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.plots import Spans
from minimind_tui.run import records
from minimind_tui.views.axis import LARGEST
from minimind_tui.views.marks import arm_style, mark
from minimind_tui.views.numbers import reading
from minimind_tui.views.plots.entries import Entry, EntryKind, heading
from minimind_tui.views.plots.kind import Shown

MOST_LANES = 64
LANE_CELLS = 16
IDLE_CELLS = 6
IDLE = "·"


class SpansKind(EntryKind[Spans, records.Spans]):
    """The latest schedule of each arm."""

    def data(self, shown: Shown[Spans]) -> list[Entry[records.Spans]]:
        """One schedule per arm that has recorded it."""
        latest = ((label, arm.last(records.Spans).get(shown.plot.metric)) for _, label, arm in shown.arms())
        return [Entry(heading(shown, label, found.step), found) for label, found in latest if found is not None]

    def entry(self, content: records.Spans, language: Language) -> SpanLines:
        """The lanes in the width that there is."""
        return SpanLines(content, language)


@dataclass(frozen=True)
class SpanLines:
    """Lanes under each other, the share of time in which each was idle at its right."""

    content: records.Spans
    language: Language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        spans = [span for span in self.content.spans if _drawable(span)]
        if not spans:
            return
        low, high = min(span.start for span in spans), max(span.end for span in spans)
        lanes = list(dict.fromkeys(span.lane for span in spans))
        labels = list(dict.fromkeys(span.label for span in spans))
        yield self._legend(labels)
        left = min(LANE_CELLS, max(cell_len(inert(lane, 40)) for lane in lanes)) + 1
        room = max(4, options.max_width - left - IDLE_CELLS)
        for lane in lanes[:MOST_LANES]:
            own = sorted((span for span in spans if span.lane == lane), key=lambda span: span.start)
            yield self._lane(lane, own, labels, left, room, low, high)
        if len(lanes) > MOST_LANES:
            yield Text(f"… {len(lanes) - MOST_LANES}", "muted")
        end = f"{reading(high)} s"
        yield Text(" " * left + f"{reading(low)} s".ljust(max(0, room - cell_len(end))) + end, "muted", no_wrap=True)

    def _legend(self, labels: list[str]) -> Text:
        """The mark of each label, and what the figure at the right is."""
        legend = Text()
        for number, label in enumerate(labels):
            legend.append(f"{mark(number)} {inert(label, 20)}   ", arm_style(number))
        return legend.append(f"{IDLE} {'空闲' if self.language == 'zh' else 'idle'}", "muted")

    def _lane(
        self, lane: str, spans: list[records.Span], labels: list[str], left: int, room: int, low: float, high: float
    ) -> Text:
        """A lane: in each cell, what it did in the middle of that stretch of time."""
        line = Text(set_cell_size(inert(lane, 40), left), "muted", no_wrap=True, overflow="crop")
        width = (high - low) / room or 1.0
        at = 0
        for cell in range(room):
            middle = low + (cell + 0.5) * width
            while at + 1 < len(spans) and spans[at + 1].start <= middle:
                at += 1
            if spans[at].start <= middle <= spans[at].end:
                number = labels.index(spans[at].label)
                line.append(mark(number), arm_style(number))
            else:
                line.append(IDLE, "muted")
        return line.append(f"{1 - busy(spans) / ((high - low) or 1.0):>{IDLE_CELLS}.0%}", "muted")


def busy(spans: list[records.Span]) -> float:
    """Seconds that spans, sorted by their starts, cover together: what overlaps counts once."""
    covered, reached = 0.0, -math.inf
    for span in spans:
        covered += max(0.0, span.end - max(span.start, reached))
        reached = max(reached, span.end)
    return covered


def _drawable(span: records.Span) -> bool:
    return abs(span.start) <= LARGEST and abs(span.end) <= LARGEST and span.start <= span.end


KIND = SpansKind()
