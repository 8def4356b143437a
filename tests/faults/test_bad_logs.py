"""Bad logs, requests and references: whatever stands in a run's folder, it is listed, followed and drawn."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES
from minimind_tui.commands.run import as_object
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.calibration import Said
from minimind_tui.run.events import decode, encode, finite
from minimind_tui.run.reference import read_reference
from minimind_tui.run.request import read_request
from minimind_tui.run.runs import list_runs
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.lab.status import status, what_next
from minimind_tui.ui.lab.words import text_view
from minimind_tui.views.marks import MARKS
from minimind_tui.views.paper import PLAIN, print_report
from tests.budget import cases
from tests.faults.mutations import LEAVES, altered, as_json, damaged, patience
from tests.faults.reading import SCORE, draw_plots
from tests.tiny import begin, home_in, seen, tiny_course

PLOTS = """
[[plots]]
id = "{kind}"
kind = "{kind}"
{metric}
title = {{ zh = "图", en = "plot" }}
"""
TENSOR = {
    "arm": "ones",
    "name": "scores",
    "shape": [1, 2, 2],
    "symbols": "B T T",
    "dtype": "float32",
    "bytes": 16,
    "mean": 0.5,
    "std": 1.0,
    "low": -1.0,
    "high": 2.0,
    "nonfinite": 1,
    "rows": [[1.0, -math.inf], [-1.0, 2.0]],
    "row_labels": ["a", "b"],
    "column_labels": ["a", "b"],
    "text": {"zh": "点积", "en": "dot products"},
    "code": "minimind_tui/nn/norm.py RMSNorm",
}
STATES = ("waiting", "running", "finished", "failed", "stopped", "crashed")


class Specimen:
    """A finished run of the tiny course, and a home that takes damaged copies of it."""

    def __init__(self, folder: Path) -> None:
        root = tiny_course(folder / "course")
        spec = root / "experiments/small/count.toml"
        others = (
            ("bars", "total"),
            ("layers", "sizes"),
            ("layer-bars", "sizes"),
            ("heatmap", "grid"),
            ("samples", ""),
            ("trace", ""),
        )
        named = {metric: f'metric = "{metric}"' if metric else "" for _, metric in others}
        plots = "".join(PLOTS.format(kind=kind, metric=named[metric]) for kind, metric in others)
        spec.write_text(spec.read_text(encoding="utf-8") + plots, encoding="utf-8")
        view = begin(home_in(folder / "first"), root)
        assert seen(view) == "finished", view.summary.reason
        self.course: Course = load_course(root)
        self.experiment: Experiment = self.course.experiments["small/count"]
        head, arm, rest = (view.folder / "events.jsonl").read_bytes().partition(b'"kind":"finished"')
        first, newline, last = head.rpartition(b"\n")
        self.log = first + newline + encode("tensor", time.time(), TENSOR) + last + arm + rest
        self.request = (view.folder / "request.json").read_bytes()
        self.events: list[dict[str, Any]] = [json.loads(line) for line in self.log.splitlines()]
        self._homes = (folder / "copies" / str(number) for number in itertools.count())

    def copy(self, log: bytes | None = None, request: bytes | None = None) -> tuple[Home, str]:
        """A home with one run, damaged as given."""
        home = home_in(next(self._homes))
        run = home.runs / "20260101-000000-count-abcd"
        run.mkdir(parents=True)
        (run / "events.jsonl").write_bytes(self.log if log is None else log)
        (run / "request.json").write_bytes(self.request if request is None else request)
        return home, run.name


@pytest.fixture(scope="module")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Specimen:
    return Specimen(tmp_path_factory.mktemp("specimen"))


def look(specimen: Specimen, log: bytes | None = None, request: bytes | None = None) -> RunView:
    """All that a learner can do to see a run."""
    home, name = specimen.copy(log, request)
    listed = list_runs(home)
    assert [info.id for info in listed] == ([name] if read_request(home.runs / name) is not None else [])
    view = RunView(home, name)
    view.poll()
    assert view.state in STATES
    json.dumps(finite(as_object(view)), allow_nan=False).encode()
    for language in LANGUAGES:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            print_report(view, specimen.experiment, language)
        printed.getvalue().encode()
    draw_all(specimen, view)
    return view


def draw_all(specimen: Specimen, view: RunView) -> None:
    """Every view of the lab, in both languages."""
    console = Console(file=io.StringIO(), width=60)
    for language in LANGUAGES:
        lab = Lab(Home(view.folder, view.folder, view.folder), specimen.course, specimen.experiment, language)
        lab.view = view
        for shown in lab.views():
            lab.shown = shown
            status(lab, language, PLAIN, 60)
            what_next(lab, set(), "-", language)
            if lab.plot is None or lab.plot.kind == "samples":
                console.print(text_view(lab, Said("ones"), SCORE, language, PLAIN, [Style()] * len(MARKS)))
    draw_plots(specimen.experiment, view.summary)


@cases(30, nightly=1200)
@given(data=st.data())
def test_a_damaged_log_is_followed_and_drawn(data: st.DataObject, specimen: Specimen) -> None:
    log = data.draw(damaged(specimen.log))
    with patience():
        look(specimen, log)


@cases(30, nightly=1200)
@given(data=st.data())
def test_a_log_with_something_else_in_it_is_followed_and_drawn(data: st.DataObject, specimen: Specimen) -> None:
    log = b"".join(as_json(event) + b"\n" for event in data.draw(altered(specimen.events)) if event is not None)
    with patience():
        look(specimen, log)


@cases(15, nightly=800)
@given(
    numbers=st.lists(
        st.sampled_from([0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, "NaN", "Infinity", "x", "1_0"]), max_size=9
    ),
    steps=st.lists(st.integers(-(2**62), 2**62) | st.integers(-3, 9), max_size=9),
    plan=st.integers() | st.just(10**400),
    time=st.sampled_from([0.0, 1.0, -1e308, 1e308, 1e9]),
    name=st.sampled_from(["total", "loss", "", "\x1b[2J", "\u202e"]),
)
def test_any_number_at_any_step_is_drawn(
    numbers: list[float | str], steps: list[int], plan: int, time: float, name: str, specimen: Specimen
) -> None:
    arms = [{"kind": "arm", "arm": arm, "t": time} for arm in ("ones", "twos", name)]
    parts: list[dict[str, Any]] = [
        {"kind": "started", "experiment": "small/count", "seed": 1, "parameters": {}, "arms": ["ones", "twos", name],
         "t": 1.0},
        *arms,
        {"kind": "plan", "arm": "ones", "steps": plan},
        {"kind": "metric", "arm": "ones", "step": steps, "values": {"total": numbers, name: numbers[1:]}},
        {"kind": "metric", "arm": "twos", "step": steps[::-1], "values": {"total": numbers}},
        {"kind": "layer", "arm": "ones", "name": "sizes", "values": numbers},
        {"kind": "matrix", "arm": "ones", "name": "grid" + name, "rows": [numbers, [], numbers[:1]],
         "row_labels": [name]},
        {"kind": "reference", "arm": "twos", "name": name, "value": numbers[0] if numbers else 1.0},
    ]  # fmt: skip
    ending = {"kind": "finished", "seconds": time, "t": -time}
    for events in (parts, [*parts, ending]):
        with patience():
            look(specimen, b"".join(as_json(event) + b"\n" for event in events))


@cases(30, nightly=800)
@given(data=st.data())
def test_a_log_that_changes_while_it_is_read(data: st.DataObject, specimen: Specimen) -> None:
    """Torn, replaced, cut short and grown between two looks."""
    home, name = specimen.copy(b"")
    view, path = RunView(home, name), home.runs / name / "events.jsonl"
    for _ in range(data.draw(st.integers(1, 4))):
        path.write_bytes(data.draw(damaged(specimen.log)))
        with patience():
            view.poll()
            draw_plots(specimen.experiment, view.summary)


@cases(20, nightly=800)
@given(data=st.data())
def test_a_damaged_request_hides_no_other_run(data: st.DataObject, specimen: Specimen) -> None:
    parsed = json.loads(specimen.request)
    content = data.draw(damaged(specimen.request) | altered(parsed).map(as_json))
    home, _ = specimen.copy(request=content)
    other = home.runs / "20260101-000001-count-beef"
    other.mkdir()
    (other / "request.json").write_bytes(specimen.request)
    with patience():
        assert other.name in [info.id for info in list_runs(home)]
        look(specimen, request=content)
        look(specimen, log=b"", request=content)


@cases(60, nightly=1500)
@given(data=st.data())
def test_a_damaged_reference_is_read_or_passed_over(data: st.DataObject, specimen: Specimen) -> None:
    path = specimen.course.root / "experiments/small/other.reference.json"
    stored = {
        "format": 1,
        "experiment": "small/count",
        "seed": 1,
        "parameters": {"steps": 5},
        "arms": {
            "ones": {"metrics": {"total": 5.0}, "layers": {"sizes": [1.0, "NaN"]}, "references": {"uniform": "NaN"}},
            "twos": {"metrics": {"total": 10.0}},
        },
    }
    path.write_bytes(data.draw(damaged(as_json(stored)) | altered(stored).map(as_json)))
    with patience():
        summary = read_reference(path)
        if summary is not None:
            draw_plots(specimen.experiment, summary)


@cases(60, nightly=500)
@given(version=LEAVES, event=st.integers(0, 20))
def test_a_line_of_another_version_is_passed_over(version: Any, event: int, specimen: Specimen) -> None:
    changed = {**specimen.events[event % len(specimen.events)], "v": version}
    if version != 1:
        assert decode(as_json(changed)) is None


@example(arms=5000)
@cases(1, nightly=1)
@given(arms=st.just(3000))
def test_thousands_of_arms_are_no_burden(arms: int, specimen: Specimen) -> None:
    lines: list[dict[str, Any]] = [{"kind": "arm", "arm": f"arm{number}"} for number in range(arms)]
    lines += [
        {"kind": "reference", "arm": f"arm{number}", "name": f"r{number}", "value": number} for number in range(arms)
    ]
    with patience():
        look(specimen, b"".join(as_json(line) + b"\n" for line in lines))
