"""The lines of a run's log: one typed structure for each kind of event.

A line is a JSON object with a version, a time and a kind. Metrics are columnar: a block holds the steps
since the last flush, so that a million steps are read in a fraction of a second. JSON has no NaN, so a
number that is not finite is written as one of three strings and comes back as what it was.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import msgspec

VERSION = 1
UNDERSTOOD = {1}
"""The versions that this one reads."""

Step = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""A step that an array of 64-bit numbers can hold."""

Size = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""How many there are of something."""

Number = float | str
"""A float, or `NaN`, `Infinity`, `-Infinity` in quotes."""


class Event(msgspec.Struct, tag_field="kind", kw_only=True):
    """Any event. `t` is in seconds since 1970."""

    v: int = VERSION
    t: float = 0.0


class Started(Event, tag="started"):
    """The worker has its slot and has loaded the experiment."""

    experiment: str
    seed: int
    parameters: dict[str, bool | int | float | str]
    full: bool = False
    pid: int = 0
    threads: int = 0
    arms: list[str] = []


class ArmStarted(Event, tag="arm"):
    """An arm begins; `settings` is all that it runs with."""

    arm: str
    settings: dict[str, bool | int | float | str] = {}


class Planned(Event, tag="plan"):
    """How many steps the arm will take."""

    arm: str
    steps: Step


class Metric(Event, tag="metric"):
    """Consecutive steps of an arm and, for each, the values of its metrics."""

    arm: str
    step: list[Step]
    values: dict[str, list[Number]]


class Layer(Event, tag="layer"):
    """One number for each layer."""

    arm: str
    name: str
    values: list[Number]
    step: Step = 0


class MatrixRecorded(Event, tag="matrix"):
    """A matrix with labels, for a heatmap."""

    arm: str
    name: str
    rows: list[list[Number]]
    row_labels: list[str] = []
    column_labels: list[str] = []
    step: Step = 0


class TensorRecorded(Event, tag="tensor"):
    """What there is to see of one tensor: its shape and size, its figures, a corner of its values."""

    arm: str
    name: str
    shape: list[Size]
    symbols: str = ""
    """The shape in letters, such as `B T C`."""
    dtype: str = ""
    bytes: Size = 0
    mean: Number = math.nan
    std: Number = math.nan
    low: Number = math.nan
    high: Number = math.nan
    """All four of the finite values alone; `nonfinite` counts the others."""
    nonfinite: Size = 0
    rows: list[list[Number]] = []
    """The first rows and columns of its last two dimensions, at index 0 of all others."""
    row_labels: list[str] = []
    column_labels: list[str] = []
    text: dict[str, str] = {}
    """What was done to get it, by language."""
    code: str = ""
    """The file and the symbol that compute it."""
    step: Step = 0


class Sample(Event, tag="sample"):
    """Text that a model wrote."""

    arm: str
    text: str
    prompt: str = ""
    step: Step = 0


class ReferenceLine(Event, tag="reference"):
    """A value to compare a loss with, such as ln V."""

    arm: str
    name: str
    value: Number


class Note(Event, tag="note"):
    """A sentence of the experiment about this run."""

    arm: str
    text: dict[str, str]


class ClaimJudged(Event, tag="claim"):
    """The verdict on a claim, with the measured values behind it."""

    id: str
    verdict: str
    values: dict[str, Number | None] = {}


class Finished(Event, tag="finished"):
    """All arms ran."""

    seconds: float = 0.0


class Failed(Event, tag="failed"):
    """The experiment broke; the reason in one line and the end of its output."""

    reason: str
    log_tail: list[str] = []
    cause: str = ""
    """What a screen can explain: `disk` (full), `memory`; empty for anything else."""


class Crashed(Event, tag="crashed"):
    """The worker ended without a word; said by the process that watches over it."""

    reason: str
    log_tail: list[str] = []
    cause: str = ""
    """`memory` (the system ended it), `killed`, `segfault`, `exit`; empty for another signal."""


class Stopped(Event, tag="stopped"):
    """Somebody ended it: asked (a stop file), terminated (a signal), killed (after the grace time)."""

    how: str = "asked"


class Resumed(Event, tag="resumed"):
    """The run goes on: arm `arm` from what was kept after its step `step`."""

    arm: str = ""
    step: Step = 0


class Waiting(Event, tag="waiting"):
    """The arm waits for another run, which makes what it begins from; with no `run` it has waited long enough."""

    arm: str
    run: str = ""
    experiment: str = ""


AnyEvent = (
    Started
    | ArmStarted
    | Planned
    | Metric
    | Layer
    | MatrixRecorded
    | TensorRecorded
    | Sample
    | ReferenceLine
    | Note
    | ClaimJudged
    | Finished
    | Failed
    | Crashed
    | Stopped
    | Resumed
    | Waiting
)
_DECODER = msgspec.json.Decoder(AnyEvent)


def decode(line: bytes) -> AnyEvent | None:
    """The event of one line; None for what is not one that this version understands."""
    try:
        event = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return event if event.v in UNDERSTOOD else None


def decode_lines(lines: list[bytes]) -> list[AnyEvent] | None:
    """The events of many lines at once; None where one of them must be looked at alone."""
    try:
        found = _DECODER.decode_lines(b"\n".join(lines))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    usable = len(found) == len(lines) and {event.v for event in found} <= UNDERSTOOD
    return found if usable else None


def encode(kind: str, time: float, fields: dict[str, Any]) -> bytes:
    """One line of the log, its newline included."""
    content = {"v": VERSION, "t": round(time, 3), "kind": kind, **fields}
    return (
        json.dumps(finite(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
            "utf-8", "replace"
        )
        + b"\n"
    )


def numbers(values: list[Number]) -> list[float]:
    """Floats from logged numbers; a string that is no number becomes NaN."""
    floats = []
    for value in values:
        try:
            floats.append(float(value))
        except ValueError:
            floats.append(math.nan)
    return floats


def finite(value: Any) -> Any:
    """The same structure with each non-finite float as its string."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value
