"""Whether the claims hold, by `minimind-tui run ID`.

A reference says with what it was measured, on five seeds (`make claims`). Where the code, the data or the spec is still
that, nothing can have changed: its verdicts are read. Measured here, on one seed, is what has changed since, and two of
the others, drawn anew in each run of the tests; at night all, in both languages.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.claims import concerns
from minimind_tui.run.reference import read_reference, reference_file
from tests.benchmarks.claims import SEEDS, has_changed
from tests.budget import is_nightly
from tests.solutions import pass_with_solutions

COURSE = load_course(bundled_root())
SAMPLE = 2
"""How many of those that have not changed are measured all the same."""
RUN = "PYTEST_XDIST_TESTRUNUID"
"""Names this run of the tests to all processes that share it out: they must draw the same."""
QUICK = 20
"""Seconds up to which an experiment may be one of them."""


class Case(NamedTuple):
    """One run: an experiment at its defaults."""

    experiment: str
    language: Language
    seed: int

    def __str__(self) -> str:
        return f"{self.experiment}-{self.language}-{self.seed}"


class Reference(NamedTuple):
    """What `make claims` has written of an experiment, in one language where its data has one."""

    experiment: str
    language: Language | None

    @property
    def file(self) -> Path:
        return reference_file(COURSE.root, self.experiment, self.language)

    def __str__(self) -> str:
        return self.file.name


def _references() -> list[Reference]:
    """All that the course has measured."""
    experiments = sorted(COURSE.experiments.values(), key=lambda each: each.timed)
    return [Reference(experiment.id, language) for experiment in experiments for language in experiment.languages]


def _cases() -> list[Case]:
    references = _references()
    changed = [reference for reference in references if has_changed(COURSE, *reference)]
    same = [reference for reference in references if reference not in changed]
    quick = [each for each in same if (spec := COURSE.experiments[each.experiment]).seconds <= QUICK and not spec.timed]
    drawn = random.Random(os.environ.get(RUN))
    sample = same if is_nightly() else drawn.sample(quick, min(SAMPLE, len(quick)))
    sampled = [(each, drawn.choice(SEEDS)) for each in sample]
    return [
        *(Case(each.experiment, each.language or LANGUAGES[-1], SEEDS[0]) for each in changed),
        *(Case(each.experiment, each.language or LANGUAGES[-1], seed) for each, seed in sampled),
    ]


CASES = _cases()


def _run(home: Path, case: Case) -> dict[str, Any]:
    arguments = ["--lang", case.language, "run", case.experiment, "--seed", str(case.seed), "--json"]
    environment = {**os.environ, "MINIMIND_TUI_HOME": str(home), "OMP_NUM_THREADS": "1"}
    pass_with_solutions(Home.from_environment(environment), COURSE.root, COURSE.experiments[case.experiment])
    done = subprocess.run(
        [sys.executable, "-m", "minimind_tui", *arguments], capture_output=True, text=True, env=environment, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_claims_hold(case: Case, tmp_path: Path) -> None:
    result = _run(tmp_path, case)
    assert result["outcome"] == "finished"
    spec = COURSE.experiments[case.experiment]
    stated = [claim.id for claim in spec.claims if concerns(claim, result["parameters"])]
    assert [claim["id"] for claim in result["claims"]] == stated
    broken = {claim["id"]: claim["values"] for claim in result["claims"] if claim["verdict"] != "holds"}
    assert not broken, f"{case}: {broken}"


@pytest.mark.parametrize("reference", _references(), ids=str)
def test_the_course_quotes_what_bears_its_claims_out(reference: Reference) -> None:
    summary = read_reference(reference.file)
    assert summary is not None, "run `make claims`"
    verdicts = {claim.id: claim.verdict for claim in summary.claims}
    spec = COURSE.experiments[reference.experiment]
    assert verdicts == {claim.id: "holds" for claim in spec.claims if concerns(claim, summary.parameters)}
    assert set(summary.arms) == {arm.id for arm in spec.arms}
