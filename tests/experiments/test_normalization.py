"""The experiments on norms: what they measure is what they say, and what their lessons work out by hand is so."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from experiments.diverging import ARRANGEMENTS, build, diverges, letters_entropy, looks, seen, updates_while_finite
from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig, NormPlace, minimind2_small, minimind3
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.norm import LayerNorm, RMSNorm
from minimind_tui.nn.training import learning_rate_at
from tests.experiments.loading import code_of
from tests.experiments.toys import ABC, Notes, text_of, toy
from tests.nn.parts import feed_forward_of


def hidden_states(rows: list[list[float]]) -> Any:
    """A model whose last hidden states are `rows`, whatever it reads."""
    return SimpleNamespace(model=lambda ids: (torch.tensor([rows]), []))


def test_a_model_that_says_the_same_to_everything_sees_nothing() -> None:
    ids = torch.zeros(1, 2, dtype=torch.long)
    assert seen(hidden_states([[3.0, 4.0], [3.0, 4.0]]), ids) == 0
    assert seen(hidden_states([[3.0, 0.0], [-3.0, 0.0]]), ids) == 1


def test_how_much_is_seen_by_hand() -> None:
    """1 and 3: their variance is 1, their mean square (1 + 9) / 2 = 5."""
    assert seen(hidden_states([[1.0], [3.0]]), torch.zeros(1, 2, dtype=torch.long)) == pytest.approx(0.2)


def test_the_first_steps_are_looked_at_one_by_one() -> None:
    assert [step for step in range(1, 26) if looks(step)] == [*range(1, 11), 15, 20, 25]


def test_knowing_the_letters_by_hand() -> None:
    """Three of one and one of another: 3/4 ln 4/3 + 1/4 ln 4."""
    assert letters_entropy(text_of(0, 0, 0, 1)) == pytest.approx(0.75 * math.log(4 / 3) + 0.25 * math.log(4))


def test_all_arms_begin_with_the_same_weights() -> None:
    models = [build(toy(), ABC, norm, 2).state_dict() for norm in ARRANGEMENTS]
    shared = [name for name in models[0] if "norm" not in name]
    assert shared
    for model in models[1:]:
        assert all(torch.equal(models[0][name], model[name]) for name in shared)
    assert models[0]["model.embed_tokens.weight"].std().item() == pytest.approx(1.0, abs=0.4)


def test_a_training_ends_with_the_first_loss_that_is_none() -> None:
    """The weights are broken after step 2: step 3 is heard, and no step 4."""
    model, heard = build(toy(), ABC, "pre-rmsnorm", 1), []
    for step, loss, _ in updates_while_finite(model, ABC, toy(steps=9), learning_rate=1e-3):
        heard.append((step, math.isfinite(loss.item())))
        if step == 2:
            nn.init.constant_(model.lm_head.weight, math.nan)
    assert heard == [(1, True), (2, True), (3, False)]
    assert diverges(model, ABC, toy(), 1e-3)
    assert not diverges(build(toy(), ABC, "pre-rmsnorm", 1), ABC, toy(), 1e-3)


def test_a_cell_counts_if_it_is_below_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each depth's four rates: one clearly below, one just at the letters, one above, one that breaks."""
    sweep, notes, letters = code_of("normalization/stable-learning-rate"), Notes(), 2.0
    losses = iter([1.0, 1.99, 3.0] * 3)
    monkeypatch.setattr(sweep, "load_text", lambda settings, record: ABC)
    monkeypatch.setattr(sweep, "unseen_blocks", lambda text, block: [])
    monkeypatch.setattr(sweep, "letters_entropy", lambda text: letters)
    monkeypatch.setattr(sweep, "build", lambda settings, text, norm, depth: depth)
    monkeypatch.setattr(sweep, "diverges", lambda model, text, settings, rate: rate > 0.02)
    monkeypatch.setattr(sweep, "evaluate", lambda model, unseen: next(losses))
    sweep.run(toy(norm="none", depth=12, lowest_rate=0.001), notes)
    rows, labels = notes.matrices["final loss"]
    assert labels == {"row_labels": ["2", "4", "12"], "column_labels": ["0.001", "0.003", "0.01", "0.03"]}
    assert rows[0][:3] == [1.0, 1.99, 3.0]
    assert math.isnan(rows[0][3])
    assert notes.metrics[12] == {"largest_rate": 0.001, "rates_that_train": 1, "best_loss": 1.0}


def test_the_fastest_time_counts_against_the_fastest_of_the_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    cost, times = code_of("normalization/norm-cost"), iter([9.0, 4.0, 6.0, 3.0, 8.0, 2.0])
    monkeypatch.setattr(cost, "microseconds", lambda work: next(times))
    assert cost.fastest(lambda: None, lambda: None, repeats=3) == (6.0, 3.0)


def test_by_hand_and_by_pytorch_the_norms_are_the_same() -> None:
    cost, x = code_of("normalization/norm-cost"), torch.randn(3, 8) * 2 + 1
    for kind in ("layernorm", "rmsnorm"):
        torch.testing.assert_close(cost.NORMS[f"{kind}-hand"](8)(x), cost.NORMS[f"{kind}-torch"](8)(x))


def test_the_lessons_vector_by_hand() -> None:
    """(1, 3, 8): RMS squared is the mean squared and the variance; a thousand times the vector is normalized alike."""
    x = torch.tensor([1.0, 3.0, 8.0])
    torch.testing.assert_close(RMSNorm(3, eps=0.0)(x), x / (74 / 3) ** 0.5)
    torch.testing.assert_close(LayerNorm(3, eps=0.0)(x), torch.tensor([-3.0, -1.0, 4.0]) / (26 / 3) ** 0.5)
    torch.testing.assert_close(x.square().mean(), x.mean() ** 2 + x.var(unbiased=False))
    for norm in (RMSNorm(3), LayerNorm(3)):
        torch.testing.assert_close(norm(1000 * x), norm(x), rtol=1e-4, atol=1e-4)


def test_what_is_left_of_x_by_hand() -> None:
    """Branches as large as x and unrelated to it: rows of a Hadamard matrix, each of RMS 1 and mean 0."""
    two = torch.tensor([[1.0, 1.0], [1.0, -1.0]])
    rows = torch.kron(torch.kron(two, two), two)[1:]  # (7, 8)
    x, branches, norm = rows[0], rows[1:5], LayerNorm(8, eps=0.0)
    post = x
    for branch in branches:
        post = norm(post + branch)
    assert (post @ x / 8).item() == pytest.approx(0.5**2)
    assert (norm(x + branches.sum(dim=0)) @ x / 8).item() == pytest.approx(1 / math.sqrt(1 + 4))


def test_pre_ln_leaves_x_alone_where_the_branches_are_silent() -> None:
    x = torch.randn(1, 5, 16) * 3
    outputs: dict[NormPlace, Tensor] = {"pre": x, "post": LayerNorm(16)(LayerNorm(16)(x))}
    for place, expected in outputs.items():
        config = ModelConfig(
            hidden_size=16, num_heads=2, position="none", norm="layernorm", norm_place=place, ffn="gelu"
        )
        block = Block(config)
        for parameter in (*block.self_attn.parameters(), *feed_forward_of(block).parameters()):
            nn.init.zeros_(parameter)
        torch.testing.assert_close(block(x, None)[0], expected)


def test_a_norm_over_the_wrong_axis_sees_the_future() -> None:
    """As the lesson says of `mean()` without `dim`: the first token's output changes with the last token."""
    x = torch.randn(4, 8)
    later = x.clone()
    later[3] *= 10
    norm = RMSNorm(8)
    assert torch.equal(norm(x)[0], norm(later)[0])
    assert not torch.allclose(x[0] / x.square().mean().sqrt(), later[0] / later.square().mean().sqrt())


def test_how_many_norms_a_model_has() -> None:
    with torch.device("meta"):
        small, third = MiniMind(minimind2_small()), MiniMind(minimind3())
    found = [[module for module in model.modules() if isinstance(module, RMSNorm)] for model in (small, third)]
    assert [len(norms) for norms in found] == [17, 33]
    assert [sum(norm.weight.numel() for norm in norms) for norms in found] == [17 * 512, 17 * 768 + 16 * 96]


def test_what_sixteen_bits_do_to_a_norm() -> None:
    half, brain = torch.float16, torch.bfloat16
    assert torch.tensor(255.0, dtype=half).square().isfinite()
    assert torch.tensor(256.0, dtype=half).square().isinf()
    large = torch.full((8,), 300.0, dtype=half)
    assert (large * large.square().mean().rsqrt() == 0).all()
    zeros = torch.zeros(8, dtype=half)
    assert (zeros * (zeros.square().mean() + torch.tensor(1e-8, dtype=half)).rsqrt()).isnan().all()
    assert torch.tensor(256.0, dtype=brain) + 1 == 256
    assert torch.finfo(brain).smallest_normal == torch.finfo(torch.float32).smallest_normal
    assert torch.finfo(brain).max > 3e38


def test_warmup_rises_to_the_peak_in_equal_steps() -> None:
    rates = [learning_rate_at(step, 200, 0.01, 100, "constant") for step in (0, 49, 99, 150)]
    assert rates == pytest.approx([0.0001, 0.005, 0.01, 0.01])


def test_adams_first_step_moves_every_weight_by_the_rate() -> None:
    weight = nn.Parameter(torch.zeros(3))
    weight.grad = torch.tensor([1e-3, -5.0, 200.0])
    torch.optim.AdamW([weight], lr=0.01, betas=(0.9, 0.95)).step()
    torch.testing.assert_close(weight.detach(), torch.tensor([-0.01, 0.01, -0.01]), rtol=1e-3, atol=0)


def test_a_layer_of_the_plain_stack_divides_what_it_says() -> None:
    """linear, ReLU, norm: behind the norm each vector has RMS 1; without one nothing is divided."""
    flow, x = code_of("normalization/gradient-flow"), torch.randn(4, 32)
    torch.manual_seed(0)
    plain = flow.Layer(32, "none", "default")
    torch.manual_seed(0)
    normed = flow.Layer(32, "rmsnorm", "default")
    torch.testing.assert_close(
        normed(x), plain(x) / plain(x).square().mean(-1, keepdim=True).sqrt(), rtol=1e-3, atol=1e-3
    )


def test_the_journey_back_through_a_layer_is_what_the_lesson_says() -> None:
    """A linear layer of variance v and a ReLU multiply a signal that comes back by the root of C v / 2."""
    flow, C, loud = code_of("normalization/gradient-flow"), 512, {"default": 1 / 6, "kaiming": 1.0}
    torch.manual_seed(0)
    for init, square in loud.items():
        x = torch.randn(256, C, requires_grad=True)
        back = torch.randn(256, C)
        flow.Layer(C, "none", init)(x).backward(back)
        assert x.grad is not None
        assert (x.grad.std() / back.std()).item() == pytest.approx(math.sqrt(square), rel=0.05)
