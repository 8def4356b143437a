"""The experiments on attention: they measure what they say, and what their lessons work out by hand is so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from minimind_tui.nn.attention import Cache, attention_steps
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind, Output
from minimind_tui.nn.training import evaluate
from tests.experiments.loading import code_of, defaults_of
from tests.nn.parts import attention_of

V, T = 7, 12


class Seen:
    """A recorder that keeps the last of everything."""

    checkpoint = None

    def __init__(self) -> None:
        self.metrics: dict[str, float] = {}
        self.layers: dict[str, list[float]] = {}
        self.matrices: dict[str, Tensor] = {}

    def metric(self, step: int, **values: float) -> None:
        """Keep the values."""
        self.metrics |= {name: float(value) for name, value in values.items()}

    def layer(self, name: str, values: Tensor | list[float]) -> None:
        """Keep the vector."""
        self.layers[name] = list(map(float, values))

    def matrix(self, name: str, rows: Tensor, **labels: Any) -> None:
        """Keep the rows, and see that each row and column has its label."""
        assert rows.shape == (len(labels["row_labels"]), len(labels["column_labels"]))
        self.matrices[name] = rows

    def plan(self, steps: int) -> None:
        """Nothing to keep."""

    def reference(self, name: str, value: float) -> None:
        """Nothing to keep."""

    def sample(self, text: str, **about: Any) -> None:
        """Nothing to keep."""


def toy(**changes: Any) -> MiniMind:
    """An untrained model as small as can be."""
    size: dict[str, Any] = {"vocab_size": V, "hidden_size": 16, "num_layers": 2, "num_heads": 2, "num_kv_heads": 2}
    torch.manual_seed(0)
    return MiniMind(ModelConfig(**{**size, "max_position": 64, **changes})).eval()


class Copier:
    """Reads the answer where it can: sure of the next character that is in sight, and of nothing at the last place."""

    training = False

    def __call__(self, inputs: Tensor, targets: Tensor | None = None) -> Output:
        """Logits (B, T, V) of inputs (B, T), and their loss."""
        logits = torch.zeros(*inputs.shape, V)
        logits[:, :-1] = 50.0 * F.one_hot(inputs[:, 1:], V)
        loss = None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        return Output(logits, loss, [])

    def parameters(self) -> Iterator[Tensor]:
        """Nothing that is learned; it lives where other tensors do."""
        yield torch.zeros(())

    def eval(self) -> None:
        """Nothing to switch."""

    def train(self, mode: bool) -> None:
        """Nothing to switch."""


def text() -> list[tuple[Tensor, Tensor]]:
    """A batch of random characters, inputs and targets each (3, T)."""
    ids = torch.randint(V, (3, T + 1), generator=torch.Generator().manual_seed(0))
    return [(ids[:, :-1], ids[:, 1:])]


def test_whoever_copies_is_found_out_in_writing() -> None:
    """Read as in training only the last place is a guess; in writing every place is the last."""
    model: Any = Copier()
    assert evaluate(model, text()) == pytest.approx(math.log(V) / T, rel=1e-5)
    assert code_of("attention/causal-mask").loss_in_writing(model, text()) == pytest.approx(math.log(V), rel=1e-5)


def test_the_mask_makes_both_losses_one_and_its_absence_does_not() -> None:
    code = code_of("attention/causal-mask")
    masked, open_ = toy(), toy(causal=False)
    assert code.loss_in_writing(masked, text()) == pytest.approx(evaluate(masked, text()), abs=1e-5)
    assert abs(code.loss_in_writing(open_, text()) - evaluate(open_, text())) > 1e-4


def test_the_arm_without_a_mask_sees_the_answer_and_the_other_does_not() -> None:
    inputs, _ = text()[0]
    changed = inputs.clone()
    changed[:, -1] = (changed[:, -1] + 1) % V
    for causal in (True, False):
        model = toy(causal=causal)
        same = torch.allclose(model(inputs).logits[:, :-1], model(changed).logits[:, :-1], atol=1e-6)
        assert same is causal
        assert (code_of("attention/causal-mask").look_ahead(model, inputs) == 0) == causal


def test_equal_weights_look_ahead_by_the_equal_share() -> None:
    model = toy(causal=False)
    for layer in model.model.layers:
        torch.nn.init.zeros_(attention_of(layer).q_proj.weight)
    share = code_of("attention/causal-mask").look_ahead(model, text()[0][0])
    torch.testing.assert_close(share, torch.tensor(1 / T))


def test_the_game_s_answers_are_the_rule_s() -> None:
    """By hand, place by place; where fewer letters stand than the rule needs nothing is asked."""
    code = code_of("attention/multi-head")
    rule = torch.randint(4, (4, 4, 4), generator=torch.Generator().manual_seed(3))
    letters, answers = code.game(rule, 5, torch.Generator().manual_seed(4))
    assert letters.shape == answers.shape == (5, code.LENGTH)
    for row, wanted in zip(letters.tolist(), answers.tolist(), strict=True):
        assert wanted[:2] == [-100, -100]
        assert wanted[2:] == [rule[row[t - 2], row[t - 1], row[t]] for t in range(2, code.LENGTH)]


def test_looks_are_counted_backwards_from_the_present_letter() -> None:
    """One head looks at itself, the other two letters back, or at the first letter where there are not two."""
    code = code_of("attention/multi-head")
    back = (torch.arange(16) - 2).clamp_min(0)
    weights = torch.stack((torch.eye(16), F.one_hot(back, 16).float()))  # (H, T, T)
    looks = code.by_distance(weights.expand(3, 2, 16, 16))
    assert looks.tolist() == [[1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]


def test_all_numbers_of_heads_play_one_game_with_equal_parameters() -> None:
    code = code_of("attention/multi-head")
    sizes = {toy(hidden_size=64, num_heads=n, num_kv_heads=n).parameter_count() for n in (1, 2, 4, 8)}
    assert len(sizes) == 1
    for heads in (1, 8):
        seen = Seen()
        code.play(defaults_of("attention/multi-head", heads=heads, steps=2), seen)
        assert seen.matrices["looks"].shape == (heads, code.FARTHEST)
        assert seen.layers["best_look"] == pytest.approx(seen.matrices["looks"].amax(dim=0).tolist())


def test_the_bytes_of_the_cache_are_those_of_the_formula() -> None:
    """2 x layers x KV heads x 8 numbers x 4 bytes; fewer KV heads shrink k_proj and v_proj, and nothing else."""
    found = {}
    for kv_heads in (8, 2, 1):
        seen = Seen()
        code_of("attention/kv-heads").run(defaults_of("attention/kv-heads", kv_heads=kv_heads, steps=1, batch=1), seen)
        assert seen.metrics["kv_bytes"] == 2 * 2 * kv_heads * 8 * 4
        assert seen.metrics["cache_error"] < 1e-4
        assert len(seen.layers["cached_by_length"]) == len(seen.layers["uncached_by_length"]) == 4
        found[kv_heads] = seen.metrics["parameters"]
    assert found[8] - found[2] == 2 * 2 * 6 * 8 * 64  # layers x (k and v) x heads x numbers x width
    assert found[2] - found[1] == 2 * 2 * 1 * 8 * 64


def test_the_cache_of_a_word_in_llama_2_70b() -> None:
    layer = Cache(*torch.zeros(2, 1, 8, 1, 128, dtype=torch.bfloat16))
    assert code_of("attention/kv-heads").bytes_of([layer] * 80) == 327_680


def test_scaling_is_measured_as_it_is_declared() -> None:
    code = code_of("attention/softmax-scaling")
    assert [code.factor_of(kind, 64) for kind in ("none", "root", "size")] == [1, 1 / 8, 1 / 64]
    for kind, spread in (("none", 8.0), ("root", 1.0), ("size", 1 / 8)):
        torch.manual_seed(0)
        row = code.measure(kind, 256, 64, 64)
        assert row["spread"] == pytest.approx(spread, rel=0.05)
        assert 0 < row["largest"] <= 1
        assert row["entropy"] < math.log(64)
    assert code.entropy(torch.full((1, 64), 1 / 64)).item() == pytest.approx(math.log(64), rel=1e-5)
    assert code.entropy(torch.eye(3)).tolist() == [0, 0, 0]


def test_all_of_a_query_s_gradient_comes_with_w_times_one_minus_w() -> None:
    """Two keys, as in the lesson: the gradient is w (1 - w) times what the keys and values differ by."""
    torch.manual_seed(0)
    query, key, value, wish = torch.randn(1, 4, requires_grad=True), *torch.randn(2, 2, 4), torch.randn(4)
    weights = attention_steps(query, key, mask=None).weights
    (weights @ value @ wish).sum().backward()
    w = weights[0, 0].detach()
    expected = w * (1 - w) * ((value[0] - value[1]) @ wish) * (key[0] - key[1]) / 2
    assert query.grad is not None
    torch.testing.assert_close(query.grad[0], expected)


def test_the_steps_of_attention_are_recorded_in_order() -> None:
    code = code_of("attention/attention-steps")
    model, ids = toy(num_layers=1), text()[0][0][:1]
    names, steps = zip(*code.named_steps(model, ids, 0), strict=True)
    assert names == ("step 1 q·k", "step 2 q·k/√D", "step 3 mask", "step 4 softmax")
    scores, scaled, masked, weights = steps
    torch.testing.assert_close(scaled, scores / math.sqrt(8))
    assert masked[0, 0].isinf().equal(torch.ones(T, T).triu(1).bool())
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 2, T))
    assert code.head_names(toy(num_layers=1).config) == ["h1", "h2"]
    assert code.head_names(toy().config) == ["L1-h1", "L1-h2", "L2-h1", "L2-h2"]


def test_a_best_head_is_scored_by_where_pronouns_look() -> None:
    """An untrained model at its first step: chance for the verbs, a weight between 0 and 1, all pictures there."""
    seen = Seen()
    code_of("attention/attention-steps").run(defaults_of("attention/attention-steps", trained=False), seen)
    assert 0 < seen.metrics["referent_weight"] < 0.3
    assert seen.metrics["accuracy"] < 0.5
    assert sum(name.startswith("head") for name in seen.matrices) == 4
    assert sum(name.startswith("step") for name in seen.matrices) == 4
    assert sum(name.startswith("pronoun") for name in seen.matrices) == 2


def test_the_lookup_that_the_lesson_works_out() -> None:
    query, key = torch.tensor([[2.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.5, 0.0]])
    weights = attention_steps(query, key, mask=None).weights
    torch.testing.assert_close(weights[0], torch.tensor([0.848, 0.050, 0.102]), rtol=0, atol=5e-4)
    output = weights @ torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    torch.testing.assert_close(output[0], torch.tensor([0.848, 0.050]), rtol=0, atol=5e-4)


def test_what_the_lessons_say_of_pytorch() -> None:
    """A row that sees nothing is 0; `is_causal` lies in the upper left corner; `repeat` and `repeat_interleave`."""
    query, key, value = torch.randn(1, 1, 1, 4), torch.randn(1, 1, 100, 4), torch.randn(1, 1, 100, 4)
    nothing = torch.zeros(1, 100, dtype=torch.bool)
    assert not F.scaled_dot_product_attention(query, key, value, attn_mask=nothing).any()
    assert torch.full((3,), -torch.inf).softmax(0).isnan().all()
    causal = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(causal[0, 0, 0], value[0, 0, 0])
    assert torch.arange(2).repeat(2).tolist() == [0, 1, 0, 1]
    assert torch.arange(2).repeat_interleave(2).tolist() == [0, 0, 1, 1]
    assert (torch.tensor(40.0).half() * torch.tensor(64 * 40.0).half()).isinf()
