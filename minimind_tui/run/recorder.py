"""The recorders through which an experiment writes the run's log, one for each arm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, SupportsFloat

from minimind_tui.run.checkpoint import Checkpoint
from minimind_tui.run.log_writer import Log
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

ROWS, COLUMNS = 48, 48
"""The largest corner of a tensor that is recorded: as much as a screen has room for."""


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
