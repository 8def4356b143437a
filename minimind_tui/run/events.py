"""The lines of a run's log: one typed structure for each kind of event.

A line is a JSON object with a version, a time and a kind. Metrics are columnar: a block holds the steps
since the last flush, so that a million steps are read in a fraction of a second. JSON has no NaN, so a
number that is not finite is written as one of three strings and comes back as what it was.
"""

from __future__ import annotations

import json
import math
from typing import Any, get_args

import msgspec

from minimind_tui.run.records import VERSION, AnyRecord, Event, Record, Step

UNDERSTOOD = {1}
"""The versions of the log that this program reads."""


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
    values: dict[str, list[float | str]]


class ClaimJudged(Event, tag="claim"):
    """The verdict on a claim, with the measured values behind it."""

    id: str
    verdict: str
    values: dict[str, float | str | None] = {}


class Finished(Event, tag="finished"):
    """All arms have run to their end; `seconds` is how long that took."""

    seconds: float = 0.0


class Failed(Event, tag="failed"):
    """The experiment broke; the reason in one line and the end of its output."""

    reason: str
    log_tail: list[str] = []
    cause: str = ""
    """What a screen can explain: `disk` (full), `memory`; empty for anything else."""


class Crashed(Event, tag="crashed"):
    """The worker ended without writing an ending; the supervisor writes this event in its place."""

    reason: str
    log_tail: list[str] = []
    cause: str = ""
    """`memory` (the system ended it), `killed`, `segfault`, `exit`; empty for another signal."""


class Stopped(Event, tag="stopped"):
    """Somebody ended it: asked (a stop file), terminated (a signal), killed (after the grace time)."""

    how: str = "asked"


class Resumed(Event, tag="resumed"):
    """The run was resumed: arm `arm` continues from its checkpoint after step `step`."""

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
    | ClaimJudged
    | Finished
    | Failed
    | Crashed
    | Stopped
    | Resumed
    | Waiting
    | AnyRecord
)
_DECODER = msgspec.json.Decoder(AnyEvent)
KINDS = frozenset(kind.__struct_config__.tag for kind in get_args(AnyEvent))


class Unknown(msgspec.Struct):
    """A sound line of a kind that a later version has brought: it changes nothing here, and is no damage."""

    kind: str
    v: int = VERSION
    rank: int = 0


def decode(line: bytes) -> AnyEvent | Unknown | None:
    """The event of one line; None for what is not one that this version understands."""
    event: AnyEvent | Unknown | None
    try:
        event = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        event = _unknown(line)
    return event if event is not None and event.v in UNDERSTOOD else None


def _unknown(line: bytes) -> Unknown | None:
    """The line's kind, where it is a sound line of a kind that is not known; None for a damaged one."""
    try:
        found = msgspec.json.decode(line, type=Unknown)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return None if found.kind in KINDS else found


def decode_lines(lines: list[bytes]) -> list[AnyEvent] | None:
    """The events of many lines at once; None where any line cannot be decoded, so that each must be decoded alone."""
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


def encode_record(record: Record, time: float) -> bytes:
    """The line of a record; fields at their defaults are left out."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    kind = fields.pop("kind")
    return encode(kind, time, {name: value for name, value in fields.items() if name not in ("v", "t")})


def finite(value: Any) -> Any:
    """A copy of `value` with each non-finite float written as one of the strings of `Number`."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value
