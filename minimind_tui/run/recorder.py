"""The recorders through which an experiment writes the run's log, one for each arm.

Steps are collected in memory and written as one block every quarter of a second by a thread of their
own, so that recording costs a training loop nothing it would notice, and a killed worker loses at most
what the last quarter of a second brought.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat

from minimind_tui.run.checkpoint import Checkpoint
from minimind_tui.run.ending import LOG, write_ending
from minimind_tui.run.events import encode, encode_record
from minimind_tui.run.records import (
    Dialogue,
    Layer,
    Matrix,
    Note,
    Points,
    Record,
    Reference,
    Sample,
    Table,
    Tensor,
    Tokens,
    Turn,
)

if TYPE_CHECKING:
    from minimind_tui.content.tables import Value
    from minimind_tui.run.artifacts import Artifact
    from minimind_tui.run.workshop import Workshop

FLUSH_SECONDS = 0.25
ROWS, COLUMNS = 48, 48
"""The largest corner of a tensor that is recorded: as much as a screen has room for."""


class StopRequested(BaseException):
    """The learner or the system asked the run to end. Not an Exception: an experiment must not swallow it."""


class Settings:
    """The parameters of one arm, read by attribute: `settings.depth`. Nothing can be set."""

    def __init__(self, values: dict[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))

    def __getattr__(self, name: str) -> Any:
        values = object.__getattribute__(self, "_values")
        if name in values:
            return values[name]
        raise AttributeError(f"no parameter {name!r}; there are {', '.join(sorted(values))}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("settings are read-only: an arm differs from the others in its factor alone")

    def __repr__(self) -> str:
        return "Settings(" + ", ".join(f"{name}={value!r}" for name, value in self._values.items()) + ")"

    def as_dict(self) -> dict[str, Any]:
        """All parameters by name."""
        return dict(self._values)


class Log:
    """The append-only file of the run in `folder`. Safe to use from several threads, and by several ranks at once."""

    def __init__(self, folder: Path, rank: int = 0) -> None:
        self._folder = folder
        self.rank, self._lane = rank, {"rank": rank} if rank else {}
        self._file = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.RLock()
        self._pending: dict[str, _Block] = {}
        self._closed = threading.Event()
        self.failure: OSError | None = None
        self._writing = False
        self.stopping: StopRequested | None = None
        """A request to stop that has not been answered yet."""
        self._flusher = threading.Thread(target=self._flush_regularly, name="log", daemon=True)
        self._flusher.start()

    @property
    def run(self) -> str:
        """The run's id."""
        return self._folder.name

    def stop(self, request: StopRequested) -> None:
        """Raise `request` in the experiment: now, or once the line that is being written is whole.

        Called by a signal's handler, which Python runs in the main thread between any two instructions. What
        is raised there can be lost (in the middle of an import, say), so every later line raises it again.
        """
        self.stopping = request
        if not self._writing:
            raise request

    def raise_if_stopping(self) -> None:
        """Raise the request to stop, if there was one."""
        if self.stopping is not None:
            raise self.stopping

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Hold the log for one line; a stop that is requested meanwhile is raised after it."""
        self._writing = True
        try:
            with self._lock:
                self._raise_failure()
                yield
        finally:
            self._writing = False
        self.raise_if_stopping()

    def metric(self, arm: str, step: int, values: dict[str, float]) -> None:
        """Collect one step; it is on the disk within a quarter of a second."""
        with self._whole():
            block = self._pending.get(arm)
            if block is None or block.values.keys() != values.keys():
                self._write_blocks()
                block = self._pending[arm] = _Block({name: [] for name in values})
            block.steps.append(step)
            for name, value in values.items():
                block.values[name].append(value)

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event now, after all steps collected before it."""
        with self._whole():
            self._write_blocks()
            self._write(encode(kind, time.time(), {**fields, **self._lane}))

    def record(self, record: Record) -> None:
        """Write a record now, after all steps collected before it."""
        with self._whole():
            self._write_blocks()
            record.rank = self.rank
            self._write(encode_record(record, time.time()))

    def flush(self) -> None:
        """Write the collected steps now."""
        with self._lock:
            self._write_blocks()

    def close(self) -> None:
        """Write the collected steps, and nothing any more."""
        with self._lock:
            if not self._closed.is_set():
                self._closed.set()
                try:
                    self._write_blocks()
                finally:
                    os.close(self._file)

    def end(self, kind: str, **fields: Any) -> None:
        """Write the collected steps and the ending; the ending is written on a full disk too, in its reserved space."""
        with self._lock:
            with suppress(OSError):  # the ending says why
                self.close()
            write_ending(self._folder, kind, **fields)

    def _flush_regularly(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except OSError:
                return

    def _write_blocks(self) -> None:
        blocks, self._pending = self._pending, {}
        if blocks:
            now = time.time()
            lines = (encode("metric", now, {**block.fields(arm), **self._lane}) for arm, block in blocks.items())
            self._write(b"".join(lines))

    def _write(self, data: bytes) -> None:
        """Write all of `data`. An OSError is raised now and by every later call: a full disk ends the run."""
        self._raise_failure()
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            self.failure = error
            raise

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure


class _Block:
    """Steps of one arm with the same metrics."""

    __slots__ = ("steps", "values")

    def __init__(self, values: dict[str, list[float]]) -> None:
        self.steps: list[int] = []
        self.values = values

    def fields(self, arm: str) -> dict[str, Any]:
        return {"arm": arm, "step": self.steps, "values": self.values}


class Recorder:
    """Writes what one arm of an experiment measures into the log of its run."""

    def __init__(self, log: Log, arm: str, checkpoint: Checkpoint, workshop: Workshop | None = None) -> None:
        """`workshop` is where `base` and `keep` go; without one they are refused."""
        self._log = log
        self._arm = arm
        self._workshop = workshop
        self.checkpoint = checkpoint
        """Where a long training keeps its state: give it to `nn.training.train`."""

    @property
    def run(self) -> str:
        """The id of the run that this is recorded in."""
        return self._log.run

    def base(self, experiment: str, *, seed: int = 1, full: bool = False, **parameters: Value) -> Artifact:
        """What `experiment` makes with these parameters, the others at their defaults: a model, or a tokenizer.

        It is made once, by a run of its own, and then shared by all arms and experiments that ask for the same; this
        one waits for it meanwhile. `seed` is that run's, and stays 1 unless it is given: five seeds of an experiment
        begin from one base. `nn.checkpoint.unpack_model(record.base("pretraining/base").content())` is the model.
        """
        return self._artifacts().base(self._arm, experiment, seed, full, parameters)

    def keep(self, content: bytes) -> None:
        """Hand over what this experiment makes, as its spec says (`makes`): others begin from it with `base`.

        Of a model the bytes of `nn.checkpoint.pack_model`, of a tokenizer `json.dumps(tokenizer.content()).encode()`.
        """
        if self._log.rank == 0:  # the others have computed the same
            self._artifacts().keep(self._arm, content)

    def _artifacts(self) -> Workshop:
        if self._log.rank:
            raise RuntimeError(
                "record.base: rank 0 alone can ask; take it by a parameter of the kind model, or broadcast"
            )
        if self._workshop is None:
            raise RuntimeError("this recorder belongs to no run: it can neither begin from something nor keep it")
        return self._workshop

    def plan(self, steps: int) -> None:
        """Say how many steps this arm will take, so that the screen can tell the time left."""
        self._log.event("plan", arm=self._arm, steps=int(steps))

    def metric(self, step: int, **values: SupportsFloat) -> None:
        """Values of step `step`: `record.metric(step, loss=loss, gradient_norm=norm)`; 0-dim tensors are fine."""
        self._log.metric(self._arm, int(step), {name: float(value) for name, value in values.items()})

    def layer(self, name: str, values: Iterable[float], step: int = 0) -> None:
        """Record one number for each layer, the first layer first; `values` may be a (layers,) tensor."""
        self.record(Layer(name=name, values=_floats(values), step=int(step)))

    def matrix(
        self,
        name: str,
        rows: Iterable[Iterable[float]],
        *,
        row_labels: Sequence[str] | None = None,
        column_labels: Sequence[str] | None = None,
        step: int = 0,
    ) -> None:
        """Record a (rows, columns) matrix for a heatmap, with a label for each row and column."""
        self.record(
            Matrix(
                name=name,
                step=int(step),
                rows=[_floats(row) for row in rows],
                row_labels=list(row_labels or ()),
                column_labels=list(column_labels or ()),
            )
        )

    def tensor(
        self,
        name: str,
        tensor: Any,
        *,
        shape: str,
        zh: str,
        en: str,
        code: str = "",
        row_labels: Sequence[str] | None = None,
        column_labels: Sequence[str] | None = None,
        step: int = 0,
    ) -> None:
        """Record shape (also in letters: `shape="B T C"`), size, statistics and a corner of `tensor`, for the tracer.

        `zh` and `en` say in a sentence how it is computed, `code` is the file and the symbol that compute it.
        """
        self.record(
            Tensor(
                name=name,
                step=int(step),
                symbols=shape,
                text={"zh": zh, "en": en},
                code=code,
                row_labels=list(row_labels or ())[:ROWS],
                column_labels=list(column_labels or ())[:COLUMNS],
                **_seen_of(tensor),
            )
        )

    def sample(self, text: str, *, prompt: str = "", step: int = 0) -> None:
        """Record a text that the model wrote after `prompt`, at training step `step`."""
        self.record(Sample(text=text, prompt=prompt, step=int(step)))

    def tokens(
        self, name: str, pieces: Sequence[str], ids: Sequence[int], *, bytes_of: Sequence[int] = (), step: int = 0
    ) -> None:
        """Record a text as a tokenizer cuts it: the pieces, their ids and, where known, how many bytes each one has."""
        self.record(
            Tokens(
                name=name,
                step=int(step),
                pieces=list(pieces),
                ids=[int(token) for token in ids],
                bytes=list(bytes_of),
            )
        )

    def dialogue(
        self, name: str, turns: Iterable[tuple[str, str]], *, reward: float | None = None, step: int = 0
    ) -> None:
        """Record a conversation as (role, text) pairs, and the reward of its last answer where there is one."""
        said = [Turn(role, text) for role, text in turns]
        self.record(Dialogue(name=name, step=int(step), turns=said, reward=reward))

    def table(
        self,
        name: str,
        columns: Sequence[str | tuple[str, str]],
        rows: Iterable[Sequence[str | float]],
        *,
        step: int = 0,
    ) -> None:
        """Record rows of words and numbers; a column's heading is one word, or a pair in Chinese and English."""
        headings = [each if isinstance(each, str) else {"zh": each[0], "en": each[1]} for each in columns]
        self.record(Table(name=name, step=int(step), columns=headings, rows=[list(row) for row in rows]))

    def points(self, name: str, x: Iterable[float], y: Iterable[float], *, step: int = 0) -> None:
        """Record points at any `x` and `y`, (N,) each, which are not joined by a line."""
        self.record(Points(name=name, step=int(step), x=_floats(x), y=_floats(y)))

    def reference(self, name: str, value: float) -> None:
        """Record a value with which a loss is compared: `uniform` is ln V, `entropy` the corpus's floor."""
        self.record(Reference(name=name, value=float(value)))

    def note(self, zh: str, en: str) -> None:
        """Record a sentence about this run, in both languages."""
        self.record(Note(text={"zh": zh, "en": en}))

    def record(self, record: Record) -> None:
        """Write any record of this arm now, after all steps collected before it."""
        record.arm = self._arm
        self._log.record(record)


def _seen_of(tensor: Any) -> dict[str, Any]:
    """The fields of a `tensor` event that come from the tensor; statistics are over its finite values."""
    wide = tensor.detach().float()
    finite = wide[wide.isfinite()]
    some = finite.numel() > 0
    corner = wide
    while corner.dim() > 2:
        corner = corner[0]
    rows = corner.reshape(-1, corner.shape[-1] if corner.dim() else 1)[:ROWS, :COLUMNS].tolist()
    return {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "bytes": tensor.numel() * tensor.element_size(),
        "mean": finite.mean().item() if some else math.nan,
        "std": finite.std(correction=0).item() if some else math.nan,
        "low": finite.min().item() if some else math.nan,
        "high": finite.max().item() if some else math.nan,
        "nonfinite": wide.numel() - finite.numel(),
        "rows": [[float(f"{value:.4g}") for value in row] for row in rows],
    }


def _floats(values: Any) -> list[float]:
    """A list of floats from a sequence or a 1-D tensor."""
    listed: Iterator[Any] = iter(values.tolist() if hasattr(values, "tolist") else values)
    return [float(value) for value in listed]
