"""The fold from a run's events to what a screen, a claim or the command line asks of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from minimind_tui.base.text import Text
from minimind_tui.content.schema import Value
from minimind_tui.run import events
from minimind_tui.run.events import AnyEvent, numbers
from minimind_tui.run.series import Series

Verdict = Literal["holds", "does-not-hold", "inconclusive"]
VERDICTS: tuple[Verdict, ...] = ("holds", "does-not-hold", "inconclusive")


@dataclass(frozen=True)
class Matrix:
    """A recorded matrix with its labels."""

    name: str
    step: int
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]


@dataclass(frozen=True)
class TensorSeen:
    """What was recorded of a tensor; `mean`, `std`, `low` and `high` are those of its finite values."""

    name: str
    step: int
    shape: list[int]
    symbols: str
    dtype: str
    bytes: int
    mean: float
    std: float
    low: float
    high: float
    nonfinite: int
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]
    text: Text
    code: str


@dataclass(frozen=True)
class SampleText:
    """Text that a model wrote."""

    step: int
    prompt: str
    text: str


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
    layers: dict[str, list[tuple[int, list[float]]]] = field(default_factory=dict)
    matrices: list[Matrix] = field(default_factory=list)
    tensors: list[TensorSeen] = field(default_factory=list)
    samples: list[SampleText] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    references: dict[str, float] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """The last step recorded."""
        return max((series.steps[-1] for series in self.metrics.values() if len(series)), default=0)

    def go_back_to(self, step: int) -> None:
        """Forget what was recorded after `step`: it is computed again."""
        for series in self.metrics.values():
            series.cut_after(step)
        self.layers = {name: [item for item in vectors if item[0] <= step] for name, vectors in self.layers.items()}
        self.matrices = [matrix for matrix in self.matrices if matrix.step <= step]
        self.tensors = [tensor for tensor in self.tensors if tensor.step <= step]
        self.samples = [sample for sample in self.samples if sample.step <= step]


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
        """How long the run has worked."""
        return 0.0 if self.started_at is None else (self.ended_at or now) - self.started_at - self.idle

    def apply(self, event: AnyEvent) -> None:
        """Take one more event. Kinds that this version does not draw change nothing."""
        if isinstance(event, events.Metric):
            metrics = self._arm(event.arm).metrics
            for name, values in event.values.items():
                series = metrics.get(name)
                if series is None:
                    series = metrics[name] = Series()
                try:
                    series.extend(event.step, values)  # type: ignore[arg-type]
                except TypeError:
                    series.extend(event.step, numbers(values))
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
        else:
            self._detail(event)

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
        values = {name: None if value is None else numbers([value])[0] for name, value in event.values.items()}
        self.claims.append(ClaimResult(event.id, verdict, values))

    def _detail(self, event: AnyEvent) -> None:
        if isinstance(event, events.Layer):
            vectors = self._arm(event.arm).layers.setdefault(event.name, [])
            vectors.append((event.step, numbers(event.values)))
        elif isinstance(event, events.MatrixRecorded):
            rows = [numbers(row) for row in event.rows]
            matrix = Matrix(event.name, event.step, rows, event.row_labels, event.column_labels)
            self._arm(event.arm).matrices.append(matrix)
        elif isinstance(event, events.TensorRecorded):
            self._arm(event.arm).tensors.append(_seen(event))
        elif isinstance(event, events.Sample):
            self._arm(event.arm).samples.append(SampleText(event.step, event.prompt, event.text))
        elif isinstance(event, events.ReferenceLine):
            self._arm(event.arm).references[event.name] = numbers([event.value])[0]
        elif isinstance(event, events.Note):
            self._arm(event.arm).notes.append(_text(event.text))

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


def _text(said: dict[str, str]) -> Text:
    return Text(zh=said.get("zh") or "-", en=said.get("en") or "-")


def _seen(event: events.TensorRecorded) -> TensorSeen:
    mean, std, low, high = numbers([event.mean, event.std, event.low, event.high])
    return TensorSeen(
        name=event.name,
        step=event.step,
        shape=event.shape,
        symbols=event.symbols,
        dtype=event.dtype,
        bytes=event.bytes,
        mean=mean,
        std=std,
        low=low,
        high=high,
        nonfinite=event.nonfinite,
        rows=[numbers(row) for row in event.rows],
        row_labels=event.row_labels,
        column_labels=event.column_labels,
        text=_text(event.text),
        code=event.code,
    )


__all__ = ["ArmSummary", "ClaimResult", "Matrix", "Progress", "SampleText", "Summary", "TensorSeen", "Verdict"]
