"""Every experiment runs from its start to its verdicts, at its smallest, and records what its plots and claims name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.measure import names
from minimind_tui.content.plots import Curves
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.ending import LOG, last_output
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.summary import Summary
from minimind_tui.views.plots import kind_of
from tests.plots import shown

COURSE = load_course(bundled_root())


class Smoke:
    """The process that has loaded PyTorch."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.experiments.smoke", str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def run(self, experiment: str) -> Path:
        """The folder of a run that has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{experiment}\n")
        self._process.stdin.flush()
        return Path(self._process.stdout.readline().strip())

    def end(self) -> None:
        """It leaves when nothing more can come."""
        self._process.communicate()


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smoke]:
    process = Smoke(tmp_path_factory.mktemp("home"))
    yield process
    process.end()


@pytest.mark.parametrize("experiment", list(COURSE.experiments))
def test_an_experiment_runs_and_records_what_its_spec_names(experiment: str, smoke: Smoke) -> None:
    spec, folder, summary = COURSE.experiments[experiment], smoke.run(experiment), Summary()
    for event in merged(Tail(folder / LOG).events()):
        summary.apply(event)
    assert summary.outcome == "finished", [summary.reason, *last_output(folder)]
    assert list(summary.arms) == [arm.id for arm in spec.arms]
    arms = summary.arms.values()
    for plot in spec.plots:
        data = shown(spec, plot, summary, "en")
        assert not kind_of(plot).is_empty(data), f"nothing recorded for plot {plot.id}"
        for line in plot.references if isinstance(plot, Curves) else ():
            assert any(line in arm.references for arm in arms), f"no reference line {line}"
    known = {name: {*arm.metrics, *arm.layers, *arm.references} for name, arm in summary.arms.items()}
    for claim in spec.claims:
        for expression in (claim.measure, *claim.values.values()):
            for arm, name in names(expression):
                assert name in known[arm], f"{claim.id}: {arm}.{name} was not recorded"
