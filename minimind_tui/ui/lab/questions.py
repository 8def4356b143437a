"""What the lab asks of the screen that it stands on: an answer of the learner, or that something is shown.

The lab opens no screen itself: it says what it wants by a message, and the screen knows the dialog for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.message import Message

from minimind_tui.base.text import Text
from minimind_tui.content.schema import Experiment, Prediction, TryNext
from minimind_tui.run.checkpoint import Kept
from minimind_tui.ui.lab.fields import Field


@dataclass(frozen=True)
class MayRun:
    """May the code of the course in `folder` run? The answer is a bool."""

    folder: Path


@dataclass(frozen=True)
class GoOnOrAnew:
    """Should an interrupted run go on from what it kept, or begin anew? The answer is a bool."""

    experiment: Experiment
    kept: Kept


@dataclass(frozen=True)
class WhatIsExpected:
    """What will the experiment show? The answer is a `Said`."""

    prediction: Prediction


@dataclass(frozen=True)
class WhichParameters:
    """Which values shall the parameters have? The answer is the text of each field; `refuse` says what is wrong."""

    fields: list[Field]
    refuse: Callable[[dict[str, str]], Text | None]
    tries: list[TryNext]
    """What the form can be filled with."""


@dataclass(frozen=True)
class ShowSources:
    """Show the files of an experiment. No answer."""

    files: list[Path]


@dataclass(frozen=True)
class ShowSymbol:
    """Show the code of a symbol, given as `file symbol`. No answer."""

    code: str


@dataclass(frozen=True)
class ShowWriting:
    """Let the models write that the run in `folder` has kept. No answer."""

    folder: Path


Question = MayRun | GoOnOrAnew | WhatIsExpected | WhichParameters | ShowSources | ShowSymbol | ShowWriting


@dataclass
class Asked(Message):
    """The lab asks; `answer` takes what the learner says, None where he says nothing."""

    question: Question
    answer: Callable[[Any], None]


def no_answer(_: object) -> None:
    """Take no answer: something was only shown."""
