"""The learner's last run of an experiment, for a lesson that quotes it and for the end of a path."""

from __future__ import annotations

from minimind_tui.base.home import Home
from minimind_tui.content.schema import Experiment
from minimind_tui.run.reference import RESULT, read_reference
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.summary import Summary
from minimind_tui.run.watch import RunView
from minimind_tui.views.findings import changed_parameters


def latest_run(home: Home, experiment: str, states: tuple[str, ...]) -> RunInfo | None:
    """The newest run of `experiment` in one of `states`."""
    return next((run for run in list_runs(home) if run.experiment == experiment and run.state in states), None)


def latest_finished(home: Home, experiment: Experiment, *, changed: bool = False) -> Summary | None:
    """What the newest finished run at the default parameters recorded: the texts speak of those.

    With `changed`, a run with other parameters where there is no such run; None where there is none at all.
    """
    finished = [run for run in list_runs(home) if run.experiment == experiment.id and run.state == "finished"]
    plain = [run for run in finished if not changed_parameters(experiment, run.parameters)]
    chosen = next(iter(plain or (finished if changed else [])), None)
    if chosen is None:
        return None
    kept = read_reference(home.runs / chosen.id / RESULT)
    if kept is not None:
        return kept
    view = RunView(home, chosen.id)
    view.poll()
    return view.summary
