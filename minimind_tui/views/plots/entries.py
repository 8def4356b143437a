"""What plots that are text have in common: entries, each with a heading of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from rich.console import Group, RenderableType

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.views.plots.kind import PlotKind, PlotT, RecordT, Shown
from minimind_tui.views.plots.line import STEP
from minimind_tui.views.wrap import wrapped

ContentT = TypeVar("ContentT")

NOTHING_YET = Text(zh="还没有记录。", en="Nothing recorded yet.")


@dataclass(frozen=True)
class Entry(Generic[ContentT]):
    """What was recorded once, under the arm and the step."""

    heading: str
    content: ContentT


class EntryKind(PlotKind[PlotT, list[Entry[ContentT]]]):
    """A plot that is a list of entries; a kind says how the content of one is written."""

    def entry(self, content: ContentT, language: Language) -> RenderableType:
        """The content of one entry."""
        raise NotImplementedError

    def lines(self, data: list[Entry[ContentT]], language: Language) -> RenderableType:
        """Each entry under its heading, an empty line between them."""
        if not data:
            return wrapped(NOTHING_YET.of(language), "muted")
        parts: list[RenderableType] = []
        for each in data:
            parts += [wrapped(""), wrapped(each.heading, "markdown.h2"), self.entry(each.content, language)]
        return Group(*parts[1:])

    def together(self, runs: Sequence[tuple[str, list[Entry[ContentT]]]], arms: int) -> list[Entry[ContentT]]:
        """The first entry of each run, then the second of each: what belongs together stands together."""
        every = [
            (place, number, replace(entry, heading=f"{name} {entry.heading}"))
            for number, (name, entries) in enumerate(runs)
            for place, entry in enumerate(entries)
        ]
        return [entry for _, _, entry in sorted(every, key=lambda item: item[:2])]


def recorded(shown: Shown[PlotT], kind: type[RecordT], name: str) -> list[Entry[RecordT]]:
    """The records of one kind and name, the latest of each arm first."""
    found = []
    for _, label, arm in shown.arms():
        for record in reversed(arm.all(kind)):
            if record.name == name:
                found.append(Entry(heading(shown, label, record.step), record))
    return found


def heading(shown: Shown[PlotT], label: str, step: int) -> str:
    """The arm, where there are several, and the step."""
    return inert(f"{label} · {STEP.of(shown.language)} {step}")
