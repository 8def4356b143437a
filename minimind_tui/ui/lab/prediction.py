"""A prediction beside its outcome, and how all of them stand: what the learner said, how sure, what happened."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.calibration import (
    CERTAIN,
    FAIRLY_SURE,
    GUESS,
    Calibration,
    Said,
    keep_outcome,
    outcomes,
    said,
)
from minimind_tui.practice.store import Progress
from minimind_tui.run.summary import Summary
from minimind_tui.ui.lab.latest import latest_finished
from minimind_tui.ui.lab.model import Lab
from minimind_tui.views.findings import changed_parameters
from minimind_tui.views.wrap import wrapped

SURENESS = {
    GUESS: Bilingual(zh="猜的", en="a guess"),
    FAIRLY_SURE: Bilingual(zh="比较有把握", en="fairly sure"),
    CERTAIN: Bilingual(zh="很确定", en="certain"),
}
"""How sure one can be, by the chance that it stands for, from the least."""


def predicted_right(experiment: Experiment, summary: Summary, choice: str) -> bool | None:
    """Whether the prediction came true; None where this run's claims do not decide it.

    It is about the default parameters: a run with others decides nothing.
    """
    if experiment.prediction is None or changed_parameters(experiment, summary.parameters):
        return None
    verdicts = {result.id: result.verdict for result in summary.claims}
    if any(verdicts.get(claim) != "holds" for claim in experiment.prediction.rests_on):
        return None
    return choice == experiment.prediction.answer


def decide(progress: Progress, experiment: Experiment, summary: Summary) -> None:
    """Keep what a finished run says of the prediction; the first run that decides it counts."""
    committed = said(progress, experiment.id)
    came_true = predicted_right(experiment, summary, committed.choice) if committed else None
    if came_true is not None:
        keep_outcome(progress, experiment.id, came_true)


def seen(lab: Lab, progress: Progress) -> None:
    """The learner sees how the run in view stands: one that has ended is not waited for any more, and decides."""
    if lab.view is None or lab.active:
        return
    progress.unwatch(lab.view.run_id)
    if lab.state == "finished" and not lab.behind:
        decide(progress, lab.experiment, lab.view.summary)


def decided_by_now(progress: Progress, home: Home, experiment: Experiment) -> None:
    """Let a run decide that finished while the learner was elsewhere, where the prediction is still open."""
    if said(progress, experiment.id) is not None and experiment.id not in outcomes(progress):
        summary = latest_finished(home, experiment)
        if summary is not None:
            decide(progress, experiment, summary)


def sureness(chance: float, language: Language) -> str:
    """How sure, in words and as a chance."""
    words = SURENESS[min(SURENESS, key=lambda known: abs(known - chance))].of(language)
    return f"{words}，{chance:.0%}" if language == "zh" else f"{words}, {chance:.0%}"


def prediction_view(
    experiment: Experiment, summary: Summary, committed: Said | None, language: Language, styles: Mapping[str, Style]
) -> RenderableType | None:
    """What was said at the left, what happened at the right, why under both; None where nothing was predicted.

    A run with changed parameters says nothing of the prediction.
    """
    prediction = experiment.prediction
    if prediction is None or committed is None or changed_parameters(experiment, summary.parameters):
        return None
    chinese, words = language == "zh", {option.id: option.text.of(language) for option in prediction.choices}
    right = predicted_right(experiment, summary, committed.choice)
    mark, style = {True: ("✓", "good"), False: ("✗", "bad"), None: ("?", "unsure")}[right]
    verdicts = {True: ("说中了", "you were right"), False: ("没说中", "you said"), None: ("你说", "you said")}
    mine, outcome = wrapped(""), wrapped("")
    mine.append(f"{mark} {verdicts[right][0]}：" if chinese else f"{mark} {verdicts[right][1]}: ", styles[style])
    mine.append(words.get(committed.choice, committed.choice))
    chance = sureness(committed.chance, language)
    mine.append(f"（{chance}）" if chinese else f" ({chance})", styles["muted"])
    if right is None:
        outcome.append("这次运行判定不了" if chinese else "not decided by this run", styles["muted"])
    else:
        outcome.append("结果是：" if chinese else "it was: ", styles["strong"])
        outcome.append(words.get(prediction.answer, prediction.answer))
    beside = Table.grid(padding=(0, 3, 0, 0), expand=True)
    beside.add_column(ratio=1)
    beside.add_column(ratio=1)
    beside.add_row(mine, outcome)
    return beside if right is None else Group(beside, wrapped(prediction.explanation.of(language)))


def so_far(score: Calibration, language: Language) -> str:
    """How many predictions came true, and how sure the learner was of those."""
    if not score.decided:
        return f"{score.open} 个还没有结果" if language == "zh" else f"{score.open} not decided yet"
    share = f"{score.right / score.decided:.0%}"
    if language == "zh":
        return f"{score.decided} 个里说中 {score.right} 个（{share}），自己估的把握是 {score.said:.0%}"
    return f"{score.right} of {score.decided} came true ({share}), your confidence was {score.said:.0%}"
