"""Predictions against outcomes: how often the learner was right, and whether he knew when.

Before a run the learner says what will happen and how sure he is. The Brier score is the mean of
(chance given - what happened)^2, where what happened is 1 or 0: Brier 1950, "Verification of Forecasts Expressed in
Terms of Probability". 0 is perfect; whoever always says 50 % gets 0.25.
"""

from __future__ import annotations

from typing import NamedTuple

from minimind_tui.practice.clock import now
from minimind_tui.practice.store import Progress

GUESS, FAIRLY_SURE, CERTAIN = 0.3, 0.6, 0.9
"""The chances that the learner can give: with four choices, a pure guess is right a little more than once in four."""


class Calibration(NamedTuple):
    """A summary of all predictions that were made so far."""

    right: int
    wrong: int
    open: int
    """Predictions that no run has decided yet."""
    said: float
    """The mean chance that the learner gave to those that were decided, 0 to 1."""
    brier: float
    """The Brier score of those that were decided; 0.25 is what "half and half" would get every time."""

    @property
    def decided(self) -> int:
        """The number of predictions that a run has decided."""
        return self.right + self.wrong


class Said(NamedTuple):
    """What a learner committed to: a choice, and the chance given to it. `SKIPPED` was not a prediction."""

    choice: str
    chance: float = FAIRLY_SURE


SKIPPED = ""
"""What is stored as the choice where no prediction was made."""


def keep_prediction(progress: Progress, experiment: str, said: Said) -> None:
    """Keep what the learner commits to before the first run; a skipped prediction is stored without a chance."""
    progress.predict(experiment, said.choice)
    if said.choice != SKIPPED:
        keep_confidence(progress, experiment, said.chance)


def said(progress: Progress, experiment: str) -> Said | None:
    """What the learner committed to; None where nothing was asked yet, or it was skipped."""
    choice = progress.prediction(experiment)
    if not choice:
        return None
    rows = progress.execute("SELECT chance FROM confidence WHERE experiment = ?", experiment)
    return Said(choice, _chance(rows[0][0] if rows else None))


def _chance(stored: object) -> float:
    """The stored chance; FAIRLY_SURE where it is missing or invalid."""
    return float(stored) if isinstance(stored, float) and 0 <= stored <= 1 else FAIRLY_SURE


def keep_confidence(progress: Progress, experiment: str, chance: float) -> None:
    """How sure the learner is of a prediction; the first value is kept, as for the prediction itself."""
    progress.execute("INSERT OR IGNORE INTO confidence VALUES (?, ?)", experiment, chance)


def keep_outcome(progress: Progress, experiment: str, came_true: bool) -> None:
    """Whether the prediction came true in the first run that decided it."""
    progress.execute("INSERT OR IGNORE INTO outcome VALUES (?, ?, ?)", experiment, int(came_true), now())


def outcomes(progress: Progress) -> dict[str, bool]:
    """Which predictions came true and which did not, by experiment."""
    rows = progress.execute("SELECT experiment, came_true FROM outcome WHERE came_true IN (0, 1)")
    return {experiment: bool(came_true) for experiment, came_true in rows}


def calibration(progress: Progress) -> Calibration | None:
    """How the predictions that were made (not skipped) stand; None before the first."""
    rows = progress.execute(
        "SELECT prediction.experiment, confidence.chance, outcome.came_true FROM prediction "
        "LEFT JOIN confidence USING (experiment) LEFT JOIN outcome USING (experiment) WHERE prediction.choice != ''"
    )
    if not rows:
        return None
    decided = [(_chance(chance), came_true) for _, chance, came_true in rows if came_true in (0, 1)]
    right = sum(came_true for _, came_true in decided)
    count = max(1, len(decided))
    return Calibration(
        right=right,
        wrong=len(decided) - right,
        open=len(rows) - len(decided),
        said=sum(chance for chance, _ in decided) / count,
        brier=sum((chance - came_true) ** 2 for chance, came_true in decided) / count,
    )
