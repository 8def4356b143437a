"""Device and precision that are left open: measured once, kept, told, and the same when an interrupted run goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.base.home import Home
from minimind_tui.content.tables import Value
from minimind_tui.run.speed import FILE, DeviceMissing, Measured, as_it_began, decided, in_words, measurements
from minimind_tui.run.watch import RunView
from minimind_tui.views.ending import CAUSES
from tests.budget import cases
from tests.tiny import begin, home_in, seen, tiny_course

LAPTOP = Measured({"cpu fp32": 0.08, "cpu bf16": 0.05}, 1e9)
OLDER = Measured({"cpu fp32": 0.08, "cpu bf16": 1.2}, 1e9)
WITH_A_GPU = Measured({"cpu fp32": 0.08, "cpu bf16": 0.05, "cuda fp32": 0.01, "cuda bf16": 0.02}, 1e9)
OPEN: dict[str, Value] = {"device": "auto", "precision": "auto"}


@pytest.mark.parametrize(
    ("found", "values", "expected"),
    [
        (LAPTOP, OPEN, {"device": "cpu", "precision": "bf16"}),
        (OLDER, OPEN, {"device": "cpu", "precision": "fp32"}),
        (WITH_A_GPU, OPEN, {"device": "cuda", "precision": "fp32"}),
        (WITH_A_GPU, {"device": "cpu", "precision": "auto"}, {"precision": "bf16"}),
        (WITH_A_GPU, {"device": "auto", "precision": "bf16"}, {"device": "cuda"}),
        (OLDER, {"precision": "auto", "steps": 3}, {"precision": "fp32"}),
        (WITH_A_GPU, {"precision": "auto", "steps": 3}, {"precision": "bf16"}),
        (LAPTOP, {"device": "cpu", "precision": "fp16"}, {}),
        (LAPTOP, {"steps": 3}, {}),
    ],
)
def test_what_is_open_is_the_fastest_and_what_is_given_stays(
    found: Measured, values: dict[str, str | int], expected: dict[str, str]
) -> None:
    assert decided(values, lambda: found) == expected


def test_nothing_is_measured_where_nothing_is_open() -> None:
    def never() -> Measured:
        raise AssertionError

    assert decided({"device": "cpu", "precision": "bf16"}, never) == {}


def test_fp16_goes_where_it_was_not_measured() -> None:
    """Its speed is that of bf16; the device is chosen by that."""
    assert decided({"device": "auto", "precision": "fp16"}, lambda: WITH_A_GPU) == {"device": "cuda"}
    assert decided({"device": "auto", "precision": "fp16"}, lambda: LAPTOP) == {"device": "cpu"}


def test_a_device_that_is_not_there_is_refused_by_name() -> None:
    for precision in ("auto", "fp32", "fp16"):
        with pytest.raises(DeviceMissing, match=r"cuda.*; PyTorch: cpu"):
            decided({"device": "cuda", "precision": precision}, lambda: LAPTOP)


def test_an_interrupted_arm_goes_on_as_it_began() -> None:
    begun: dict[str, Value] = {"device": "cpu", "precision": "fp32", "steps": 3}
    assert as_it_began(OPEN, begun) == {"device": "cpu", "precision": "fp32"}
    assert as_it_began({"precision": "auto", "steps": 3}, begun) == {"precision": "fp32"}
    assert as_it_began(OPEN, {"steps": 3}) == {"device": "cpu", "precision": "bf16"}, "so did the version before"
    assert as_it_began({"steps": 3}, {"steps": 3}) == {}


def test_it_is_told_in_words() -> None:
    chosen: dict[str, Value] = {"device": "cpu", "precision": "bf16"}
    told = "Device and precision of this run: cpu, bf16"
    assert in_words(chosen, LAPTOP).en == f"{told}; the fastest here, 1.6 times as fast as fp32 on the processor."
    assert in_words({"precision": "fp32"}, OLDER).en.endswith("cpu, fp32; the fastest here.")
    assert in_words(chosen, None).en == f"{told}."
    assert in_words({**chosen, "precision": "fp16"}, LAPTOP).en.endswith("cpu, fp16.")


@given(
    st.binary(max_size=80) | st.dictionaries(st.text(min_size=1), st.integers(), min_size=1).map(msgspec.json.encode)
)
@cases(100, nightly=2000)
def test_a_damaged_measurement_is_no_measurement(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert measurements(tmp_path) == {}


ASKS = """
def run(settings, record):
    record.plan(settings.steps)
    record.metric(1, total=settings.by, luck=0)
    record.note(settings.precision, settings.precision)
    record.layer("sizes", [1.0])
"""
PRECISION = """
[[parameters]]
name = "precision"
kind = "choice"
label = { zh = "精度", en = "precision" }
default = "auto"
choices = ["auto", "fp32", "bf16"]
"""


DEVICE = PRECISION.replace('"precision"', '"device"').replace('"auto", "fp32", "bf16"', '"auto", "cpu", "elsewhere"')


def asking_course(root: Path, more: str = "") -> Path:
    """A course whose experiment leaves its precision open, and `more`."""
    spec = tiny_course(root, ASKS) / "experiments/small/count.toml"
    text = spec.read_text(encoding="utf-8").replace("[[claims]]", PRECISION + more + "[[claims]]")
    spec.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home in which nothing has been measured."""
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))
    return home_in(tmp_path)


def finished(view: RunView) -> dict[str, list[str]]:
    """The notes of each arm, once the run has ended."""
    assert seen(view) == "finished", view.summary.reason
    return {name: [note.en for note in arm.notes] for name, arm in view.summary.arms.items()}


def test_a_run_measures_once_and_says_what_it_takes(home: Home, tmp_path: Path) -> None:
    course = asking_course(tmp_path / "course")
    view = begin(home, course, precision="auto")
    notes = finished(view)
    kept = measurements(home.cache)
    assert len(kept) == 1
    best = next(iter(kept.values())).fastest({"device": "cpu"}).split()[1]
    assert notes["ones"] == notes["twos"] == [in_words({"precision": best}, next(iter(kept.values()))).en, best]
    assert {arm.settings["precision"] for arm in view.summary.arms.values()} == {best}
    other = {machine: Measured({"cpu fp32": 9.0, "cpu bf16": 1.0, "cpu other": 0.1}, 1.0) for machine in kept}
    (home.cache / FILE).write_bytes(msgspec.json.encode(other))
    assert finished(begin(home, course, precision="auto"))["ones"][1] == "other", "the second run trusts the first"


def test_a_device_that_is_not_there_is_said_in_a_sentence(home: Home, tmp_path: Path) -> None:
    course = asking_course(tmp_path / "course", DEVICE)
    view = begin(home, course, precision="fp32", device="elsewhere")
    assert seen(view) == "failed"
    assert (view.summary.cause, view.summary.log_tail) == ("device", [])
    assert "elsewhere" in view.summary.reason
    assert "device" in CAUSES
    assert "Traceback" not in (view.folder / "worker.log").read_text(encoding="utf-8")


def test_a_run_that_is_told_measures_nothing(home: Home, tmp_path: Path) -> None:
    assert finished(begin(home, asking_course(tmp_path / "course"), precision="fp32"))["ones"] == [
        in_words({"precision": "fp32"}, None).en,
        "fp32",
    ]
    assert not (home.cache / FILE).exists()


def test_a_cache_that_cannot_be_written_is_no_hindrance(home: Home, tmp_path: Path) -> None:
    home.cache.write_text("a file where the folder should be")
    assert len(finished(begin(home, asking_course(tmp_path / "course"), precision="auto"))["ones"]) == 2


def test_the_measurement_as_a_program(tmp_path: Path) -> None:
    line, environ = [sys.executable, "-P", "-m", "minimind_tui.run.speed", str(tmp_path)], {"OMP_NUM_THREADS": "1"}
    first, second = (
        json.loads(subprocess.run(line, capture_output=True, check=True, env={**os.environ, **environ}).stdout)
        for _ in range(2)
    )
    assert first == second
    assert "1 threads" in first[0]
    assert list(measurements(tmp_path)) == [first[0]]
