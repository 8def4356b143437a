"""The runs that the pictures show: real ones, recorded once, so that a picture needs no PyTorch and never changes.

A recording is the run's log with its moments counted from its first line. `python -m tests.pictures record` makes
them anew.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment
from minimind_tui.run.ending import LOG
from minimind_tui.run.launch import start
from minimind_tui.run.request import request_for, validate
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView

FOLDER = Path(__file__).parent / "runs"
RECORDED = (
    "normalization/gradient-flow",
    "position/position-ablation",
    "position/rope-rotation",
    "block/shape-tracer",
    "block/break-it",
    "block/train-your-own",
)
FIGURES = 5
"""Significant digits of a recorded number: more than any picture shows."""

LOOK_SECONDS = 0.5


class Recording(NamedTuple):
    """A finished run."""

    models: list[str]
    """The names of the files of the models that it has kept; what is in them is not recorded."""
    lines: list[dict[str, Any]]
    """Its log; `t` is in seconds after the first line."""


def path_of(experiment: Experiment, language: Language) -> Path:
    """Where the recording of an experiment is; there are two of one whose text has a language."""
    spoken = any(parameter.kind == "language" for parameter in experiment.parameters)
    return FOLDER / (experiment.id.replace("/", ".") + (f".{language}" if spoken else "") + ".jsonl")


def read(path: Path) -> Recording:
    """The recording in a file: the first line says what the run has kept, the others are its log."""
    first, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return Recording(first["models"], lines)


def record(course: Course) -> None:
    """Run each of the experiments at its default parameters, in each language that it has, and keep what it logs."""
    for name in RECORDED:
        experiment = course.experiments[name]
        for path, language in {path_of(experiment, language): language for language in LANGUAGES}.items():
            with tempfile.TemporaryDirectory() as folder:
                home = Home(Path(folder, "data"), Path(folder, "cache"), Path(folder, "config"))
                recording = _recorded(_run(home, course, experiment, language), experiment.seconds)
            content = [{"models": recording.models}, *recording.lines]
            path.write_text("".join(_line(part) for part in content), encoding="utf-8")
            print(path.name)


def _run(home: Home, course: Course, experiment: Experiment, language: Language) -> Path:
    """Run the experiment to its end; the folder of the run."""
    values = validate(experiment, {}, language=language)
    request = request_for(course, experiment, values, home, seed=1, full=False, language=language)
    view = RunView(home, start(home, request))
    while view.state not in ENDINGS:
        time.sleep(LOOK_SECONDS)
        view.poll()
    if view.state != "finished":
        raise SystemExit(f"{experiment.id} {view.state}: {view.summary.reason}")
    return view.folder


def _recorded(folder: Path, seconds: float) -> Recording:
    """What the run in `folder` has logged, as if it had taken the time that its spec promises: machines differ."""
    lines = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    models = sorted(file.name for file in (folder / "models").glob("*"))
    lines[0]["pid"] = 0
    return Recording(models, paced([_rounded(line) | {"t": line["t"]} for line in lines], seconds))


def paced(lines: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    """The same log, its moments counted from its first line and stretched so that the last comes after `seconds`."""
    first, last = lines[0]["t"], lines[-1]["t"]
    paced = [{**line, "t": round((line["t"] - first) * seconds / (last - first), 3)} for line in lines]
    return [*paced[:-1], {**paced[-1], "seconds": seconds}]


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rounded(value: Any) -> Any:
    """The same with its numbers rounded: their last digits differ from one processor to another."""
    if isinstance(value, float):
        return float(f"{value:.{FIGURES}g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
