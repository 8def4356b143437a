"""Where a reader is among the experiments inside a lesson: which one is read about, which one r runs.

Two questions, because a page shows more than one thing. The lab holds to the card above what is being read, whose
results the text explains; `r` goes to the first card on the page that has not been run, else to one that is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from minimind_tui.ui.lesson.embed import Card, Spot


@dataclass(frozen=True)
class Page:
    """The rows of the text that are on the screen: `height` of them from `top` on, of `rows` in all."""

    top: int
    height: int
    rows: int

    @property
    def bottom(self) -> int:
        """The row under the last one."""
        return self.top + self.height

    @property
    def is_last(self) -> bool:
        """Whether the end of the text is on it."""
        return self.bottom >= self.rows

    def shows(self, spot: Spot) -> bool:
        """Whether a card has come onto the page: whole, or as much of it as fits."""
        return spot.bottom > self.top and min(spot.bottom, spot.top + self.height) <= self.bottom


def to_run(cards: Sequence[Card], spots: Mapping[str, Spot], page: Page) -> str | None:
    """The first experiment on the page that is new; at the end of the text, the first of all that is to be run.

    One that was stopped is not asked for again before that.
    """
    new, ended = (
        [card.experiment for card in cards if card.state == state and card.experiment in spots]
        for state in ("new", "ended")
    )
    here = [name for name in new if page.shows(spots[name])]
    return next(iter(here or ([*new, *ended] if page.is_last else [])), None)


def aimed_at(cards: Sequence[Card], spots: Mapping[str, Spot], page: Page, in_lab: str | None) -> str | None:
    """The experiment that r runs: what is to be run, else again one whose card is on the page, else the lab's."""
    here = [card.experiment for card in cards if card.experiment in spots and page.shows(spots[card.experiment])]
    again = in_lab if in_lab in here else next(iter(here), in_lab)
    return to_run(cards, spots, page) or again


def read_about(cards: Sequence[Card], spots: Mapping[str, Spot], page: Page) -> str | None:
    """The experiment that the lab shows: that of the last card in the upper half of the page or above it.

    At the end of a text that has been scrolled, the last of all. Where that one is new and another is to be run
    first, the other: an empty lab is of no use beside the text.
    """
    middle = page.bottom if page.is_last and page.top > 0 else page.top + page.height // 2
    standing = [card for card in cards if card.experiment in spots]
    passed = [card for card in standing if spots[card.experiment].top <= middle]
    last = next(iter(passed[-1:] or standing[:1]), None)
    if last is None:
        return None
    return (to_run(cards, spots, page) if last.state == "new" else None) or last.experiment
