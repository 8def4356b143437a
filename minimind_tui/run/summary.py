"""Folds the events of a run into a summary, which screens, claims and the command line read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar, cast

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.content.tables import Value
from minimind_tui.run import events
from minimind_tui.run.events import AnyEvent, Unknown
from minimind_tui.run.records import Layer, Note, Record, Reference, floats, said
from minimind_tui.run.series import Series

MOST_NAMES = 1000
"""Of one kind that an arm may record; a matrix per head of a large model stays below."""

AnyKind = TypeVar("AnyKind", bound=Record)
Verdict = Literal["holds", "does-not-hold", "inconclusive"]
VERDICTS: tuple[Verdict, ...] = ("holds", "does-not-hold", "inconclusive")


@dataclass(frozen=True)
class ClaimResult:
    """A claim's verdict in one run, with the measured values behind it; None is a value that could not be had."""

    id: str
    verdict: Verdict
    values: dict[str, float | None]


@dataclass(frozen=True)
class Progress:
    """How far a run is. `seconds_left` is None until there is a basis for it."""

    fraction: float
    arm: str
    step: int
    steps: int
    seconds_left: float | None


@dataclass
class ArmSummary:
    """What one arm has recorded."""

    settings: dict[str, Value] = field(default_factory=dict)
    plan: int = 0
    started_at: float = 0.0
    metrics: dict[str, Series] = field(default_factory=dict)
    records: dict[type[Record], dict[str, list[Record]]] = field(default_factory=dict)
    """By kind, then by name in the order in which the names first came: the latest of each, the oldest first."""
    lanes: dict[int, ArmSummary] = field(default_factory=dict)
    """What ranks 1 and up have recorded, each for itself; all else here is rank 0's, or that of one that runs alone."""

    @property
    def step(self) -> int:
        """The last step recorded."""
        return max((series.steps[-1] for series in self.metrics.values() if len(series)), default=0)

    def add(self, record: Record) -> None:
        """Take one more record; where there are too many of a name, or names, the oldest go."""
        names = self.records.setdefault(type(record), {})
        named = names.setdefault(record.name, [])
        if len(names) > MOST_NAMES:
            del names[next(iter(names))]
        named.append(record)
        if len(named) > record.KEPT:
            del named[0]

    def all(self, kind: type[AnyKind]) -> list[AnyKind]:
        """The records of a kind, name by name."""
        return [record for named in self.records.get(kind, {}).values() for record in cast("list[AnyKind]", named)]

    def last(self, kind: type[AnyKind]) -> dict[str, AnyKind]:
        """The latest record of each name."""
        return {name: cast("AnyKind", named[-1]) for name, named in self.records.get(kind, {}).items() if named}

    @property
    def layers(self) -> dict[str, list[float]]:
        """The latest vector of each name, a number for each layer."""
        return {name: layer.values for name, layer in self.last(Layer).items()}

    @property
    def references(self) -> dict[str, float]:
        """The values with which a loss is compared, by name."""
        return {name: reference.value for name, reference in self.last(Reference).items()}

    @property
    def notes(self) -> list[Text]:
        """What the experiment said of this run."""
        return [said(note.text) for note in self.all(Note)]

    def go_back_to(self, step: int) -> None:
        """Forget what was recorded after `step`: a resumed run computes it again."""
        for series in self.metrics.values():
            series.cut_after(step)
        for kind, names in self.records.items():
            if kind not in (Reference, Note):  # they are of the arm, whatever its step
                for named in names.values():
                    named[:] = [record for record in named if record.step <= step]
        for lane in self.lanes.values():
            lane.go_back_to(step)


@dataclass
class Summary:
    """What a run has recorded so far."""

    experiment: str = ""
    seed: int = 0
    parameters: dict[str, Value] = field(default_factory=dict)
    full: bool = False
    arm_order: list[str] = field(default_factory=list)
    arms: dict[str, ArmSummary] = field(default_factory=dict)
    claims: list[ClaimResult] = field(default_factory=list)
    outcome: Literal["finished", "failed", "stopped", "crashed"] | None = None
    reason: str = ""
    cause: str = ""
    log_tail: list[str] = field(default_factory=list)
    started_at: float | None = None
    ended_at: float | None = None
    resumed_at: float | None = None
    resumed_fraction: float = 0.0
    """How far the run was when it was resumed."""
    idle: float = 0.0
    """Seconds between an ending and the resumption after it, and those in which it waited for another run."""
    waits_for: str = ""
    """The run that makes what this one begins from, while it waits for it; when it ended, what it was waiting for."""
    waiting_since: float = 0.0
    waited: float = 0.0
    """Seconds in which it waited, since it was resumed."""
    pid: int = 0
    unreadable: int = 0

    def seconds(self, now: float) -> float:
        """How many seconds the run has worked until `now`, without the pauses before it was resumed."""
        return 0.0 if self.started_at is None else (self.ended_at or now) - self.started_at - self.idle

    def apply(self, event: AnyEvent | Unknown) -> None:
        """Take one more event. Kinds that this version does not draw change nothing."""
        if event.rank:
            self._apply_to_lane(event)
        elif isinstance(event, events.Metric):
            metrics = self._arm(event.arm).metrics
            for name, values in event.values.items():
                series = metrics.get(name)
                if series is None:
                    series = metrics[name] = Series()
                try:
                    series.extend(event.step, values)  # type: ignore[arg-type]
                except TypeError:
                    series.extend(event.step, floats(values))
        elif isinstance(event, events.Started):
            self.experiment, self.seed = event.experiment, event.seed
            self.parameters, self.full = dict(event.parameters), event.full
            self.arm_order, self.started_at, self.pid = list(event.arms), event.t, event.pid
        elif isinstance(event, events.ArmStarted):
            self.arms[event.arm] = ArmSummary(dict(event.settings), started_at=event.t)
        elif isinstance(event, events.Planned):
            self._arm(event.arm).plan = max(0, event.steps)
        elif isinstance(event, (events.Finished, events.Failed, events.Crashed, events.Stopped)):
            self._end(event)
        elif isinstance(event, events.Resumed):
            self._resume(event)
        elif isinstance(event, events.ClaimJudged):
            self._judge(event)
        elif isinstance(event, events.Waiting):
            self._wait(event)
        elif isinstance(event, Record):
            self._arm(event.arm).add(event)

    def _apply_to_lane(self, event: AnyEvent | Unknown) -> None:
        """What another rank has recorded of an arm is folded as that of rank 0 is, in a lane of its own."""
        arm = getattr(event, "arm", "")
        if arm:
            lane = self._arm(arm).lanes.setdefault(event.rank, ArmSummary())
            Summary(arms={arm: lane}).apply(msgspec.structs.replace(event, rank=0))

    def _arm(self, name: str) -> ArmSummary:
        if name not in self.arms:
            self.arms[name] = ArmSummary()
        return self.arms[name]

    def _end(self, event: events.Finished | events.Failed | events.Crashed | events.Stopped) -> None:
        self.ended_at = event.t
        if isinstance(event, events.Finished):
            self.outcome = "finished"
        elif isinstance(event, events.Stopped):
            self.outcome, self.reason = "stopped", event.how
        else:
            self.outcome = "failed" if isinstance(event, events.Failed) else "crashed"
            self.reason, self.cause, self.log_tail = event.reason, event.cause, list(event.log_tail)

    def _resume(self, event: events.Resumed) -> None:
        if self.ended_at is not None:
            self.idle += max(0.0, event.t - self.ended_at)
        self.outcome, self.ended_at, self.reason, self.cause, self.log_tail = None, None, "", "", []
        self.claims, self.waits_for, self.waited = [], "", 0.0
        if event.arm in self.arms:
            self.arms[event.arm].go_back_to(event.step)
        self.resumed_at, self.resumed_fraction = event.t, self.progress(event.t).fraction

    def _wait(self, event: events.Waiting) -> None:
        if self.waits_for:
            gone = max(0.0, event.t - self.waiting_since)
            self.idle, self.waited = self.idle + gone, self.waited + gone
        self.waits_for, self.waiting_since = event.run, event.t

    def _judge(self, event: events.ClaimJudged) -> None:
        verdict: Verdict = next((known for known in VERDICTS if known == event.verdict), "inconclusive")
        values = {name: None if value is None else floats([value])[0] for name, value in event.values.items()}
        self.claims.append(ClaimResult(event.id, verdict, values))

    def progress(self, now: float) -> Progress:
        """How far the run is, and how long it still takes at the pace it has kept."""
        begun = [name for name in self.arm_order if name in self.arms]
        count = max(1, len(self.arm_order))
        if self.outcome == "finished":
            return Progress(1.0, begun[-1] if begun else "", 0, 0, 0.0)
        if not begun:
            return Progress(0.0, "", 0, 0, None)
        arm = self.arms[begun[-1]]
        inside = min(1.0, arm.step / arm.plan) if arm.plan else 0.0
        fraction = (len(begun) - 1 + inside) / count
        first = self.resumed_at or self.arms[begun[0]].started_at
        spent, gained = now - first - self.waited, fraction - self.resumed_fraction
        known = gained >= 0.02 and spent >= 1.0 and first > 0
        left = spent * (1 - fraction) / gained if known else None
        return Progress(fraction, begun[-1], arm.step, arm.plan, left)
