"""What an experiment proposes to try next, and which runs were such an attempt: those show the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from minimind_tui.base.text import Language, Text
from minimind_tui.content.schema import SEED, USUAL_SEED, Experiment, TryNext
from minimind_tui.run.runs import RunInfo
from minimind_tui.views.findings import changed_parameters
from minimind_tui.views.words import as_text

THEN_TRY = Text(zh="接着试", en="Then try")


def is_attempt(asked: TryNext, experiment: Experiment, parameters: Mapping[str, object], seed: int) -> bool:
    """Whether a run with these parameters did what `asked` says, and nothing else."""
    wanted = {name: value for name, value in asked.set.items() if name != SEED}
    if not asked.set or (SEED in asked.set and seed == USUAL_SEED):
        return False
    return changed_parameters(experiment, parameters) == wanted


def answers(experiment: Experiment) -> frozenset[int]:
    """The questions that have an answer to be shown."""
    return frozenset(index for index, asked in enumerate(experiment.try_next) if asked.answer is not None)


def attempted(experiment: Experiment, runs: Iterable[RunInfo]) -> frozenset[int]:
    """The questions that one of the finished runs tried, by their place among those of `experiment.try_next`."""
    finished = [run for run in runs if run.experiment == experiment.id and run.state == "finished"]
    return frozenset(
        index
        for index, asked in enumerate(experiment.try_next)
        if any(is_attempt(asked, experiment, run.parameters, run.seed) for run in finished)
    )


def tried_by(experiment: Experiment, parameters: Mapping[str, object], seed: int) -> list[TryNext]:
    """The questions that a run with these parameters tried; most often there is one or none."""
    return [asked for asked in experiment.try_next if is_attempt(asked, experiment, parameters, seed)]


def settings(asked: TryNext) -> str:
    """What to change, as on the command line; empty where no one run answers the question."""
    return ", ".join(f"{name}={as_text(value)}" for name, value in asked.set.items())


def said(asked: Iterable[TryNext], language: Language) -> list[str]:
    """The questions with their answers, a paragraph each."""
    head = THEN_TRY.of(language)
    joint = "：" if language == "zh" else ": "
    return [
        f"{head}{joint}{each.question.of(language)}\n{each.answer.of(language)}"
        for each in asked
        if each.answer is not None
    ]
