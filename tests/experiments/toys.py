"""A recorder that keeps what it is given, and settings and a text as small as can be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from experiments.language_model import Text


class Notes:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.metrics: dict[int, dict[str, float]] = {}
        self.layers: dict[str, Any] = {}
        self.matrices: dict[str, Any] = {}
        self.references: dict[str, float] = {}

    def reference(self, name: str, value: float) -> None:
        """Keep a reference line."""
        self.references[name] = value

    def metric(self, step: int, **values: float) -> None:
        """Keep the values of a step."""
        self.metrics.setdefault(step, {}).update(values)

    def layer(self, name: str, values: Any) -> None:
        """Keep a vector."""
        self.layers[name] = values

    def matrix(self, name: str, rows: Any, **labels: Any) -> None:
        """Keep a matrix and its labels."""
        self.matrices[name] = (rows, labels)


def text_of(*training: int) -> Text:
    """A text of few characters, as far as it is asked for here."""
    corpus: Any = SimpleNamespace(tokenizer=SimpleNamespace(size=len(set(training))))
    return Text(corpus, torch.tensor(training), torch.tensor(training))


def toy(**changes: Any) -> Any:
    """The settings of a training as small as can be."""
    settings = {"seed": 1, "steps": 3, "width": 16, "heads": 2, "layers": 2, "block": 8, "batch": 2}
    return SimpleNamespace(**{**settings, "ffn": "gelu", "warmup": 0, **changes})


ABC = text_of(*(0, 1, 2) * 20)
