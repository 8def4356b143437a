"""The learner's last run of an experiment, for a lesson that quotes it and for the end of a path."""

from __future__ import annotations

from minimind_tui.home import Home
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.summary import Summary
from minimind_tui.run.watch import RunView


def latest_run(home: Home, experiment: str, states: tuple[str, ...]) -> RunInfo | None:
    """The newest run of `experiment` in one of `states`."""
    return next((run for run in list_runs(home) if run.experiment == experiment and run.state in states), None)


def latest_finished(home: Home, experiment: str) -> Summary | None:
    """What the newest finished run of `experiment` recorded; None where there is none."""
    run = latest_run(home, experiment, ("finished",))
    if run is None:
        return None
    view = RunView(home, run.id)
    view.poll()
    return view.summary
