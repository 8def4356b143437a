"""What a plot of an experiment shows of a run."""

from __future__ import annotations

from typing import Any

from minimind_tui.base.text import Language
from minimind_tui.content.plots import Plot
from minimind_tui.content.schema import Experiment
from minimind_tui.run.summary import Summary
from minimind_tui.views.plots import Shown, kind_of


def shown(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> Any:
    """The data that the plot's kind takes from the run."""
    return kind_of(plot).data(Shown(experiment, plot, summary, language))
