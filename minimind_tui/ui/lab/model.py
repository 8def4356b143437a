"""One experiment as the lab sees it: the chosen parameters, the run in view, what can be shown of it.

Knows nothing of Textual, so that it can be tested without a screen.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.course import Course
from minimind_tui.content.plots import Plot
from minimind_tui.content.schema import DataKind, Experiment
from minimind_tui.content.tables import Value
from minimind_tui.run.checkpoint import Kept, checkpoint_of, kept_models
from minimind_tui.run.launch import resume, start
from minimind_tui.run.request import ParameterError, check_data, request_for, validate
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ACTIVE
from minimind_tui.run.stop import stop
from minimind_tui.run.summary import Summary
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.latest import latest_run
from minimind_tui.views.tries import answers, attempted

SETUP, FINDINGS = "setup", "findings"
"""The two views that are text; all others are a plot's id."""

SLICE = 300_000
"""Bytes of a long log that are read before the keys are looked at again: some 5 ms; a key waits for a few of them."""

BROKEN = ("failed", "crashed")
SHOWN = (*ACTIVE, "finished", "failed", "stopped", "crashed")


@dataclass
class Lab:
    """The state of the lab for one experiment."""

    home: Home
    course: Course
    experiment: Experiment
    language: Language
    values: dict[str, Value] = field(default_factory=dict)
    seed: int = 1
    full: bool = False
    view: RunView | None = None
    shown: str = SETUP
    visited: set[str] = field(default_factory=set)
    """The views that the learner has turned to since the run in view began."""
    answered: set[int] = field(default_factory=set)
    """The questions of `try_next`, by their place, whose answers are shown: they were tried, or asked for."""

    def attach(self, run_id: str | None = None) -> None:
        """Take an earlier run in view: the one asked for, else the newest of this experiment."""
        if run_id is None:
            latest = latest_run(self.home, self.experiment.id, SHOWN)
            run_id = latest.id if latest else None
        if run_id is None:
            return
        self.view, self.shown = RunView(self.home, run_id), self.experiment.plots[0].id
        self.poll()
        summary = self.view.summary
        if self.view.state in ("finished", *ACTIVE):
            names = {parameter.name for parameter in self.experiment.parameters}
            self.values = {name: value for name, value in summary.parameters.items() if name in names}
            self.seed = summary.seed
        if self.view.state == "finished":
            self.visited = {FINDINGS}

    @property
    def state(self) -> str:
        """The run's state; the empty string before any run."""
        return self.view.state if self.view else ""

    @property
    def active(self) -> bool:
        """Whether the run in view is waiting or running."""
        return self.state in ACTIVE

    @property
    def summary(self) -> Summary | None:
        """What the run in view has recorded so far."""
        return self.view.summary if self.view else None

    @property
    def plot(self) -> Plot | None:
        """The plot that is shown; None while a text is."""
        return next((plot for plot in self.experiment.plots if plot.id == self.shown), None)

    def views(self) -> list[str]:
        """All that can be shown now, in the order of the view key."""
        if self.view is None:
            return [SETUP]
        return [*(plot.id for plot in self.experiment.plots), FINDINGS, SETUP]

    def look_for_attempts(self) -> None:
        """Answer the questions of `try_next` that the learner's own runs have tried meanwhile."""
        if self.experiment.try_next:
            self.answered |= attempted(self.experiment, list_runs(self.home)) & answers(self.experiment)

    @property
    def can_answer(self) -> bool:
        """Whether the view that is shown has a question of `try_next` without its answer."""
        return self.view is not None and self.shown == SETUP and bool(answers(self.experiment) - self.answered)

    def answer(self) -> None:
        """Show the answer of the first question that has none yet, untried."""
        self.answered.update(sorted(answers(self.experiment) - self.answered)[:1])

    def turn(self, by: int = 1) -> None:
        """Show the next view, or the one before where `by` is -1."""
        views = self.views()
        index = views.index(self.shown) if self.shown in views else -by
        self.shown = views[(index + by) % len(views)]

    def data_sets(self, kind: DataKind) -> list[str]:
        """The data sets of `kind` that an experiment may be asked to read now."""
        from minimind_tui.datasets.corpora import available

        return available(self.home.corpora, kind)

    def made(self) -> dict[str, list[str]]:
        """What each parameter of the kind `model` or `tokenizer` may be now."""
        from minimind_tui.run.model_parameters import offered

        return offered(self.experiment, self.home)

    def refuse(self, texts: dict[str, str]) -> Bilingual | None:
        """What is wrong with the form's values, if anything."""
        try:
            values = validate(self.experiment, self._own(texts), language=self.language)
            check_data(self.experiment, values, self.home.corpora)
            self._check(values)
            int(texts.get("seed", "1"))
        except ParameterError as error:
            return error.message
        except ValueError:
            return Bilingual(zh="种子要写成整数，例如 1。", en="The seed must be a whole number, such as 1.")
        return None

    def _check(self, values: dict[str, Value]) -> None:
        """Raise ParameterError where there is no model or tokenizer of a name that is among the values."""
        if any(parameter.kind in ("model", "tokenizer") for parameter in self.experiment.parameters):
            from minimind_tui.run.model_parameters import resolved

            resolved(self.experiment, values, self.home)

    def choose(self, texts: dict[str, str]) -> None:
        """Take the form's values; they are known to be valid."""
        self.seed = int(texts.get("seed", self.seed))
        self.full = texts.get("full", "false") == "true"
        self.values = validate(self.experiment, self._own(texts), full=self.full, language=self.language)

    @staticmethod
    def _own(texts: dict[str, str]) -> dict[str, str]:
        return {name: text for name, text in texts.items() if name not in ("seed", "full")}

    def begin(self) -> None:
        """Start a run with the chosen parameters, detached, and take it in view.

        Raises ParameterError where a data set or a model is not there, OSError where a folder cannot be made.
        """
        values = validate(self.experiment, dict(self.values), full=self.full, language=self.language)
        check_data(self.experiment, values, self.home.corpora)
        request = request_for(
            self.course,
            self.experiment,
            values,
            self.home,
            seed=self.seed,
            full=self.full,
            language=self.language,
        )
        self.view = RunView(self.home, start(self.home, request))
        self.shown = self.experiment.plots[0].id

    @property
    def kept(self) -> Kept | None:
        """From where the run in view can go on; None where it has not been interrupted or kept nothing."""
        if self.view is None or self.state not in (*BROKEN, "stopped"):
            return None
        return checkpoint_of(self.view.folder, self.view.summary)

    @property
    def writes(self) -> bool:
        """Whether the run in view has ended and kept a model to write with."""
        return self.view is not None and self.state != "" and not self.active and bool(kept_models(self.view.folder))

    def resume(self) -> bool:
        """Let the run in view go on, detached; False where it has nothing to go on from.

        Raises OtherCourse where it is a run of another course than the one that is open.
        """
        if self.view is None:
            return False
        resumed = resume(self.home, self.view.run_id, self.course.root)
        self.view, self.shown = RunView(self.home, self.view.run_id), self.experiment.plots[0].id
        self.poll()
        return resumed or self.active

    def end(self) -> None:
        """Stop the run in view. Blocks for up to the grace time."""
        if self.view and self.active:
            stop(self.home, self.view.run_id)

    def poll(self) -> bool:
        """Read what is new in the log, a slice of a long one; whether anything was."""
        if self.view is None:
            return False
        before = self.state
        changed = self.view.poll(SLICE)
        if self.state in BROKEN and before != self.state:
            self.shown = FINDINGS  # the reason is what one wants to know
        return changed

    @property
    def behind(self) -> bool:
        """Whether there is more of the log to be read at once."""
        return self.view is not None and self.view.fraction_read < 1

    def seconds_left(self) -> float | None:
        """An honest estimate; None until there is a basis for one."""
        return self.summary.progress(time.time()).seconds_left if self.summary and self.state == "running" else None
