"""References: the results of the course's own run of an experiment, quoted until the learner has a run.

`experiments/<module>/<name>.reference.json` (`.reference.zh.json` and `.en` where the stories have a
language) holds the last value of each series, the last vector of each layer record, the reference lines and the
claims' verdicts of one run at the default parameters. It is written by the command that measures the claims,
never by hand. A finished run keeps the same in its own folder, so that a lesson that quotes it need not read a
long log.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.text import Language
from minimind_tui.content.tables import Value
from minimind_tui.run.events import finite
from minimind_tui.run.records import Layer, Reference, floats
from minimind_tui.run.series import Series
from minimind_tui.run.summary import ArmSummary, ClaimResult, Summary, Verdict

RESULT = "result.json"
"""The file in a run's folder that holds the results of a finished run."""

LARGEST_FILE = 10_000_000
"""Bytes; a file beyond this is not one of ours."""


class _Claim(msgspec.Struct):
    id: str
    verdict: Verdict
    values: dict[str, float | str | None] = {}


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
    claims: list[_Claim] = []


class _Stamp(msgspec.Struct):
    measured_with: str = ""


def reference_file(root: Path, experiment: str, language: Language | None) -> Path:
    """The reference file of `experiment` in the course at `root`; `language` is None for one without stories."""
    suffix = f".reference.{language}.json" if language else ".reference.json"
    return root / "experiments" / f"{experiment}{suffix}"


def find_reference(root: Path, experiment: str, language: Language) -> Summary | None:
    """The reference of an experiment, in `language` where there is one for each language; None without any."""
    own = read_reference(reference_file(root, experiment, language))
    return own or read_reference(reference_file(root, experiment, None))


def measured_with(path: Path) -> str:
    """The fingerprint stored in a reference file; empty where the file is missing or has none."""
    try:
        return msgspec.json.decode(read_bounded(path, LARGEST_FILE), type=_Stamp).measured_with
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def reference_of(summary: Summary, fingerprint: str = "") -> bytes:
    """The content of a reference file for a finished run; `fingerprint` is stored in the course's own references."""
    content: dict[str, Any] = {
        "format": 1,
        **({"measured_with": fingerprint} if fingerprint else {}),
        "experiment": summary.experiment,
        "seed": summary.seed,
        "parameters": summary.parameters,
        "arms": {
            name: {
                "metrics": {metric: series.last for metric, series in arm.metrics.items()},
                "layers": arm.layers,
                "references": arm.references,
            }
            for name, arm in summary.arms.items()
        },
        "claims": [{"id": claim.id, "verdict": claim.verdict, "values": claim.values} for claim in summary.claims],
    }
    return json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def read_reference(path: Path) -> Summary | None:
    """The summary that a reference file describes; None where the file is missing or unreadable."""
    try:
        file = msgspec.json.decode(read_bounded(path, LARGEST_FILE), type=_File)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    summary = Summary(file.experiment, file.seed, dict(file.parameters), outcome="finished")
    for name, stored in file.arms.items():
        arm = summary.arms[name] = ArmSummary()
        for metric, value in stored.metrics.items():
            series = arm.metrics[metric] = Series()
            series.extend([0], floats([value]))
        for layer, values in stored.layers.items():
            arm.add(Layer(arm=name, name=layer, values=floats(values)))
        for line, value in stored.references.items():
            arm.add(Reference(arm=name, name=line, value=floats([value])[0]))
    for claim in file.claims:
        figures = {name: None if value is None else floats([value])[0] for name, value in claim.values.items()}
        summary.claims.append(ClaimResult(claim.id, claim.verdict, figures))
    return summary
