"""Every experiment by `minimind-tui run ID`, and whether its claims hold: on one seed, the quick ones on five.

The longer ones take turns in the languages, and are run in both at night; `make claims` has all, on five seeds.

The runs go on two at a time, each on one thread, while the tests wait for them in order; those that measure time run
alone at the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import LANGUAGES, Language
from tests.budget import is_nightly

COURSE = load_course(bundled_root())
QUICK = 3
"""Seconds up to which an experiment is run on five seeds."""


class Case(NamedTuple):
    """One run: an experiment at its defaults."""

    experiment: str
    language: Language
    seed: int

    def __str__(self) -> str:
        return f"{self.experiment}-{self.language}-{self.seed}"


def _cases() -> list[Case]:
    found = []
    for number, experiment in enumerate(sorted(COURSE.experiments.values(), key=lambda each: each.timed)):
        spoken = any(parameter.kind == "language" for parameter in experiment.parameters)
        quick = experiment.seconds <= QUICK and not experiment.timed
        if not spoken:
            languages = LANGUAGES[-1:]
        elif quick or is_nightly():
            languages = LANGUAGES
        else:
            languages = (LANGUAGES[number % len(LANGUAGES)],)
        found += [Case(experiment.id, language, seed) for language in languages for seed in range(1, 6 if quick else 2)]
    return found


CASES = _cases()


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[Case, Future[dict[str, Any]]]]:
    """The result of every run that was asked for, once it is there."""
    asked = [item for item in request.session.items if isinstance(item, pytest.Function)]
    cases = [item.callspec.params["case"] for item in asked if item.module is request.module]
    home = tmp_path_factory.mktemp("home")
    timed = {experiment.id for experiment in COURSE.experiments.values() if experiment.timed}
    together, alone = ThreadPoolExecutor(2), ThreadPoolExecutor(1)
    found = {case: together.submit(_run, home, case) for case in cases if case.experiment not in timed}
    found |= {case: alone.submit(_after, list(found.values()), home, case) for case in cases if case not in found}
    yield found
    for pool in (together, alone):
        pool.shutdown(cancel_futures=True)


def _after(others: list[Future[dict[str, Any]]], home: Path, case: Case) -> dict[str, Any]:
    for other in others:
        other.exception()
    return _run(home, case)


def _run(home: Path, case: Case) -> dict[str, Any]:
    arguments = ["--lang", case.language, "run", case.experiment, "--seed", str(case.seed), "--json"]
    environment = {**os.environ, "MINIMIND_TUI_HOME": str(home), "OMP_NUM_THREADS": "1", "MINIMIND_TUI_SLOTS": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "minimind_tui", *arguments], capture_output=True, text=True, env=environment, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_claims_hold(case: Case, outcomes: dict[Case, Future[dict[str, Any]]]) -> None:
    result = outcomes[case].result()
    assert result["outcome"] == "finished"
    assert [claim["id"] for claim in result["claims"]] == [c.id for c in COURSE.experiments[case.experiment].claims]
    broken = {claim["id"]: claim["values"] for claim in result["claims"] if claim["verdict"] != "holds"}
    assert not broken, f"{case}: {broken}"
