"""The experiments on the FFN: what they call equal is equal, and a cut neuron is put back."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import PlainFeedForward, make_feed_forward
from tests.experiments.loading import code_of, defaults_of


class Seen:
    """A recorder that keeps the last of everything."""

    checkpoint = None

    def __init__(self) -> None:
        self.metrics: dict[str, float] = {}
        self.layers: dict[str, list[float]] = {}
        self.matrices: dict[str, torch.Tensor] = {}

    def metric(self, step: int, **values: float) -> None:
        """Keep the values."""
        self.metrics |= {name: float(value) for name, value in values.items()}

    def layer(self, name: str, values: torch.Tensor) -> None:
        """Keep the vector."""
        self.layers[name] = values.tolist()

    def matrix(self, name: str, rows: torch.Tensor, **labels: Any) -> None:
        """Keep the rows, and see that each row and column has its label."""
        assert rows.shape == (len(labels["row_labels"]), len(labels["column_labels"]))
        self.matrices[name] = rows

    def plan(self, steps: int) -> None:
        """Nothing to keep."""

    def reference(self, name: str, value: float) -> None:
        """Nothing to keep."""

    def sample(self, text: str, **about: Any) -> None:
        """Nothing to keep."""


@pytest.mark.parametrize("width", [32, 64, 128, 256])
def test_the_four_feed_forward_parts_have_equal_parameters(width: int) -> None:
    sizes = set()
    for kind in ("linear", "relu", "gelu", "swiglu"):
        inner = code_of("feed-forward/ffn-ablation").inner_size(kind, width)
        part = make_feed_forward(ModelConfig(hidden_size=width, ffn=kind, intermediate_size=inner))
        assert part is not None
        sizes.add(sum(parameter.numel() for parameter in part.parameters()))
    assert sizes == {9 * width**2}


def test_linear_has_more_parameters_than_none_and_no_fewer_than_swiglu() -> None:
    parameters = {}
    for kind in ("none", "linear", "swiglu"):
        seen = Seen()
        code_of("feed-forward/ffn-ablation").run(
            defaults_of("feed-forward/ffn-ablation", ffn=kind, steps=1, block=8, batch=1), seen
        )
        parameters[kind] = seen.metrics["parameters"]
    assert parameters["none"] < parameters["linear"] == parameters["swiglu"]


@pytest.mark.parametrize("ffn", ["swiglu", "gelu"])
@pytest.mark.parametrize("V", [34, 170])
def test_every_expansion_has_the_budget_s_parameters_within_three_percent(ffn: str, V: int) -> None:
    code = code_of("feed-forward/expansion")
    sizes, widths = [], []
    for expansion in (1, 2, 8 / 3, 4, 8):
        chosen = defaults_of("feed-forward/expansion", expansion=expansion, ffn=ffn)
        widths.append(code.hidden_size_at_budget(chosen, V))
        sizes.append(code.parameters(chosen, V, widths[-1], expansion))
    assert widths == sorted(widths, reverse=True)
    assert widths[2] == 64
    assert all(abs(size / sizes[2] - 1) < 0.03 for size in sizes)


def test_the_model_of_eight_thirds_serves_for_both_comparisons() -> None:
    small = {"steps": 2, "block": 8, "batch": 1}
    both, other = Seen(), Seen()
    code_of("feed-forward/expansion").run(defaults_of("feed-forward/expansion", expansion=8 / 3, **small), both)
    assert both.metrics["equal_validation_loss"] == both.metrics["validation_loss"] == both.metrics["loss_by_size"]
    code_of("feed-forward/expansion").run(defaults_of("feed-forward/expansion", expansion=8.0, **small), other)
    assert other.metrics["equal_validation_loss"] != other.metrics["validation_loss"]
    assert other.metrics["equal_hidden_size"] < 64
    assert abs(other.metrics["equal_parameters"] / both.metrics["parameters"] - 1) < 0.03


def test_every_subject_has_a_fact_for_every_relation() -> None:
    chosen = defaults_of("feed-forward/knowledge", neurons=8)
    questions, objects = code_of("feed-forward/knowledge").random_facts(chosen)
    assert len({tuple(question) for question in questions.tolist()}) == len(objects) == 64 * 8
    assert int(questions[:, 0].max()) < 64 <= int(questions[:, 1].min())
    assert int(questions[:, 1].max()) < 72 <= int(objects.min())
    assert int(objects.max()) < 104
    again, _ = code_of("feed-forward/knowledge").random_facts(defaults_of("feed-forward/knowledge", neurons=512))
    assert torch.equal(again, questions)


def test_all_arms_have_the_same_frozen_token_vectors() -> None:
    vectors = []
    for neurons in (0, 8):
        embedding = (
            code_of("feed-forward/knowledge")
            .make_model(defaults_of("feed-forward/knowledge", neurons=neurons))
            .model.embed_tokens
        )
        assert not embedding.weight.requires_grad
        vectors.append(embedding.weight)
    assert torch.equal(*vectors)


def test_a_cut_loses_what_hangs_on_the_neuron_and_is_undone() -> None:
    """Only neuron 2 answers: its cut may lose facts, that of a silent one cannot."""
    code, chosen = code_of("feed-forward/knowledge"), defaults_of("feed-forward/knowledge", neurons=4)
    torch.manual_seed(0)
    model = code.make_model(chosen)
    part = model.model.layers[0].mlp
    assert isinstance(part, PlainFeedForward)
    with torch.no_grad():
        part.down_proj.weight[:, [0, 1, 3]] = 0
        part.down_proj.weight[:, 2] *= 20
    before = part.down_proj.weight.clone()
    questions, _ = code.random_facts(chosen)
    objects = model(questions).logits[:, -1].argmax(-1)  # whatever it says is right
    lost = code.lost_by_neuron(model, questions, objects)
    assert lost.sum(1)[[0, 1, 3]].tolist() == [0, 0, 0]
    assert 0 < int(lost[2].sum()) < len(objects)
    assert torch.equal(part.down_proj.weight, before)


def test_knowledge_records_what_its_lesson_quotes() -> None:
    seen = Seen()
    small = {"subjects": 4, "relations": 2, "objects": 3, "steps": 40}
    code_of("feed-forward/knowledge").run(defaults_of("feed-forward/knowledge", neurons=16, **small), seen)
    assert seen.metrics["recalled"] == 1
    lost = seen.layers["lost_facts"]
    assert lost == sorted(lost, reverse=True)
    assert math.isclose(sum(lost) / 16, seen.metrics["lost_mean"], rel_tol=1e-6)
    assert math.isclose(sum(lost) / 8, seen.metrics["neurons_of_fact"], rel_tol=1e-6)
    assert int(seen.matrices["lost"].sum()) == sum(lost)
    without = Seen()
    code_of("feed-forward/knowledge").run(defaults_of("feed-forward/knowledge", neurons=0, **small), without)
    assert "lost_mean" not in without.metrics
