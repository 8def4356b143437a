"""How a run comes about: trust, the prediction, what an interrupted run kept, the parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.containers import Vertical

from minimind_tui.base.errors import Refusal
from minimind_tui.content.tables import Value
from minimind_tui.practice.calibration import Said, keep_prediction
from minimind_tui.ui.lab.fields import fields
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.lab.questions import (
    Asked,
    GoOnOrAnew,
    MayRun,
    Question,
    WhatIsExpected,
    WhichParameters,
    no_answer,
)
from minimind_tui.ui.tutor import Tutor, tutor_of
from minimind_tui.views.findings import changed_parameters


class StartsRuns(Vertical):
    """The part of the lab pane that asks what has to be asked before a run, and starts it."""

    _lab: Lab | None = None

    @property
    def tutor(self) -> Tutor:
        """The app, as far as the lab knows it."""
        return tutor_of(self)

    def ask(self, question: Question, answer: Callable[[Any], None] = no_answer) -> None:
        """Ask the screen that the lab stands on."""
        self.post_message(Asked(question, answer))

    def begun(self, lab: Lab) -> None:
        """A run has begun: the pane shows it."""

    def redraw(self) -> None:
        """Something has changed that the pane shows."""

    def ended(self) -> None:
        """The run has been stopped: the pane reads how."""

    def action_run_experiment(self) -> None:
        """Ask for the prediction the first time, then start."""
        lab = self._lab
        if lab is None:
            return
        if not self.tutor.trusted:
            self.ask(MayRun(lab.course.root), self._trusted)
        elif lab.kept is not None:
            self.ask(GoOnOrAnew(lab.experiment, lab.kept), self._how_to_go_on)
        else:
            self._predict_and_begin()

    def begin_with(self, values: dict[str, Value]) -> None:
        """Start at once with `values`, the others at their defaults; only trust is asked for, nothing is predicted."""
        lab = self._lab
        if lab is None:
            return
        lab.values, lab.full = values, False
        if self.tutor.trusted:
            self._begin(lab.begin)
        else:
            self.ask(MayRun(lab.course.root), lambda answer: self._trusted_with(answer, values))

    def _trusted_with(self, answer: bool | None, values: dict[str, Value]) -> None:
        if answer:
            self.tutor.trust()
            self.begin_with(values)

    def _how_to_go_on(self, resumed: bool | None) -> None:
        """Go on with the run that was interrupted, or start anew; None is Esc."""
        if resumed is not None and self._lab is not None:
            if resumed:
                self._begin(self._lab.resume)
            else:
                self._predict_and_begin()

    def _predict_and_begin(self) -> None:
        lab = self._lab
        if lab is None:
            return
        prediction = lab.experiment.prediction
        asked = self.tutor.progress.prediction(lab.experiment.id) is not None
        if prediction is None or asked or changed_parameters(lab.experiment, lab.values):  # it is about the defaults
            self._begin(lab.begin)
            return
        self.ask(WhatIsExpected(prediction), self._predicted)

    def _trusted(self, answer: bool | None) -> None:
        if answer:
            self.tutor.trust()
            self.action_run_experiment()

    def _predicted(self, answer: Said | None) -> None:
        if answer is not None and self._lab is not None:
            keep_prediction(self.tutor.progress, self._lab.experiment.id, answer)
            self._begin(self._lab.begin)

    def _begin(self, start: Callable[[], object]) -> None:
        lab = self._lab
        if lab is None:
            return
        try:
            start()
        except Refusal as error:  # a model that has been removed since it was chosen, say
            self.notify(error.message.of(self.tutor.language), severity="error", timeout=15)
            return
        except OSError as error:
            folder = lab.home.runs
            self.notify(
                self.tutor.say(
                    f"启动不了：{error.strerror or error}。检查 {folder} 所在磁盘的空间和权限。",
                    f"Cannot start: {error.strerror or error}. Check the space and permissions of {folder}.",
                ),
                severity="error",
                timeout=15,
            )
            return
        if lab.view is not None:
            self.tutor.progress.watch(lab.view.run_id)
        lab.visited = set()
        self.begun(lab)

    def action_stop(self) -> None:
        """Stop the run, out of the event loop: it may take its grace time. The next key is for when it has ended."""
        if self._lab is not None and self._lab.active:
            self.tutor.typed.hold(self.run_worker(self._stop, thread=True, exclusive=True, group="stop"))

    def _stop(self) -> None:
        if self._lab is not None:
            self._lab.end()
        self.call_later(self.ended)

    def action_parameters(self) -> None:
        """The form; what it answers is used by the next run."""
        lab = self._lab
        if lab is None:
            return
        lines = fields(lab.experiment, lab.values, lab.seed, lab.full, lab.language, lab.data_sets, lab.made())
        tries = lab.experiment.try_next if lab.view is not None else []
        self.ask(WhichParameters(lines, lab.refuse, tries), self._chosen)

    def _chosen(self, values: dict[str, str] | None) -> None:
        if values is None or self._lab is None:
            return
        self._lab.choose(values)
        self.redraw()
        if not self._lab.active:
            if self.tutor.trusted:
                self._predict_and_begin()
            else:
                self.action_run_experiment()
