"""The course's own run of an experiment, in short: what a lesson quotes until the learner has a run.

`experiments/<module>/<name>.reference.json` (`.reference.zh.json` and `.en` where the stories have a
language) holds the last value of each series, the last vector of each
layer record and the reference lines of one run at the default parameters. It is written by the command that
measures the claims, never by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.content.schema import Language, Value
from minimind_tui.run.events import finite, numbers
from minimind_tui.run.series import Series
from minimind_tui.run.summary import ArmSummary, Summary


class _Arm(msgspec.Struct):
    metrics: dict[str, float | str] = {}
    layers: dict[str, list[float | str]] = {}
    references: dict[str, float | str] = {}


class _File(msgspec.Struct):
    format: int
    experiment: str
    seed: int
    parameters: dict[str, Value]
    arms: dict[str, _Arm]


def reference_file(root: Path, experiment: str, language: Language | None) -> Path:
    """The file of the course in `root`; `language` is None for an experiment without stories."""
    suffix = f".reference.{language}.json" if language else ".reference.json"
    return root / "experiments" / f"{experiment}{suffix}"


def find_reference(root: Path, experiment: str, language: Language) -> Summary | None:
    """The course's own run, in the reader's language where there is a choice."""
    own = read_reference(reference_file(root, experiment, language))
    return own or read_reference(reference_file(root, experiment, None))


def reference_of(summary: Summary) -> bytes:
    """The file's content for a finished run."""
    content: dict[str, Any] = {
        "format": 1,
        "experiment": summary.experiment,
        "seed": summary.seed,
        "parameters": summary.parameters,
        "arms": {
            name: {
                "metrics": {metric: series.last for metric, series in arm.metrics.items()},
                "layers": {layer: vectors[-1][1] for layer, vectors in arm.layers.items()},
                "references": arm.references,
            }
            for name, arm in summary.arms.items()
        },
    }
    return json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def read_reference(path: Path) -> Summary | None:
    """The summary that the file stands for; None where it is missing or unreadable."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    summary = Summary(file.experiment, file.seed, dict(file.parameters), outcome="finished")
    for name, stored in file.arms.items():
        arm = summary.arms[name] = ArmSummary()
        for metric, value in stored.metrics.items():
            series = arm.metrics[metric] = Series()
            series.extend([0], numbers([value]))
        arm.layers = {layer: [(0, numbers(values))] for layer, values in stored.layers.items()}
        arm.references = {line: numbers([value])[0] for line, value in stored.references.items()}
    return summary
