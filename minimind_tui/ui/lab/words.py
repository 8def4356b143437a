"""The views of the lab that are words: the design, what a model wrote, the findings, a failure."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from minimind_tui.base.text import Language
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.calibration import Calibration, Said
from minimind_tui.run.summary import Summary
from minimind_tui.ui.lab.model import FINDINGS, Lab
from minimind_tui.ui.lab.prediction import prediction_view, so_far
from minimind_tui.ui.lab.setup import setup_view
from minimind_tui.views.ending import failure
from minimind_tui.views.findings import findings_text, notes
from minimind_tui.views.tries import said, tried_by
from minimind_tui.views.wrap import wrapped


def text_view(
    lab: Lab,
    committed: Said | None,
    score: Calibration | None,
    language: Language,
    styles: Mapping[str, Style],
    arms: list[Style],
    *,
    how: str = "",
) -> RenderableType:
    """The view that `lab` shows, which is none of its plots' drawings.

    `committed` is what the learner predicted, `score` how all predictions stand, `how` the sentence on how the answers
    of what to try next are got.
    """
    view = lab.view
    if view is None or (lab.plot is None and lab.shown != FINDINGS):
        return setup_view(
            lab.experiment,
            lab.values,
            lab.seed,
            language,
            styles,
            arms,
            run_before=view is not None,
            answered=lab.answered,
            how=how,
        )
    summary = view.summary
    if view.state != "finished":
        return failure(view, language, styles)
    parts = findings(lab.experiment, summary, committed, score, language, styles)
    for told in said(tried_by(lab.experiment, summary.parameters, summary.seed), language):
        parts += [Text(), wrapped(told)]
    parts += [item for note in notes(lab.experiment, summary, language) for item in (Text(), wrapped(note))]
    return Group(*parts)


def findings(
    experiment: Experiment,
    summary: Summary,
    committed: Said | None,
    score: Calibration | None,
    language: Language,
    styles: Mapping[str, Style],
) -> list[RenderableType]:
    """What a run showed: the prediction beside its outcome, how all predictions stand, the claims."""
    parts: list[RenderableType] = []
    predicted = prediction_view(experiment, summary, committed, language, styles)
    if predicted is not None:
        parts += [predicted, Text()]
        if score is not None and score.decided:
            head = "到目前为止的预测：" if language == "zh" else "Predictions so far: "
            parts += [wrapped(head + so_far(score, language), style=str(styles["muted"])), Text()]
    return [*parts, findings_text(experiment, summary, language, styles)]
