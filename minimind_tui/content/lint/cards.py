"""Lint of a module's interview cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from minimind_tui.base.text import Text
from minimind_tui.content.files import Problem
from minimind_tui.content.lint.drawing import markdown_problems
from minimind_tui.content.lint.quiz import repeated
from minimind_tui.content.practice import Card


def card_problems(path: Path, cards: Sequence[Card]) -> Iterator[Problem]:
    """What is wrong with the cards in `path`."""
    yield from repeated(path, "cards", [card.id for card in cards])
    for index, card in enumerate(cards):
        yield from markdown_problems(path, f".cards[{index}]", card.question, card.answer, *_asked_next(card))


def _asked_next(card: Card) -> Iterator[Text]:
    for each in card.follow_ups:
        yield from (each.question, each.answer)
