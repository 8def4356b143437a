"""The experiments on the residual connection: they measure what they say, and what their lessons work out is so."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from experiments.diverging import build
from experiments.residual_stream import output_factor, scale_outputs, stream
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import SwiGLU
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.norm import RMSNorm
from tests.experiments.loading import code_of
from tests.experiments.toys import ABC, Notes, toy
from tests.nn.parts import attention_of, gradient_of

V, T = 7, 6
WRITERS = ("o_proj.weight", "down_proj.weight")


def small(**changes: Any) -> MiniMind:
    """An untrained model of two blocks, four branches, with token vectors of size 1."""
    size: dict[str, Any] = {"vocab_size": V, "hidden_size": 16, "num_layers": 2, "num_heads": 2, "num_kv_heads": 2}
    torch.manual_seed(0)
    model = MiniMind(ModelConfig(**{**size, "max_position": 16, "tied": False, **changes}))
    nn.init.normal_(model.model.embed_tokens.weight)
    return model


def batch() -> tuple[Tensor, Tensor]:
    """Random characters, inputs and targets each (3, T)."""
    ids = torch.randint(V, (3, T + 1), generator=torch.Generator().manual_seed(0))
    return ids[:, :-1], ids[:, 1:]


def gradient_at_the_tokens(model: MiniMind) -> Tensor:
    """By autograd, through the model as it is: (3, T, C)."""
    inputs, targets = batch()
    kept: list[Tensor] = []

    def keep(module: nn.Module, arguments: Any, out: Tensor) -> None:
        out.retain_grad()
        kept.append(out)

    handle = model.model.embed_tokens.register_forward_hook(keep)
    model(inputs, targets).loss.backward()
    handle.remove()
    assert kept[0].grad is not None
    return kept[0].grad


def path_by_path(model: MiniMind) -> Tensor:
    """The parts of the gradient, each of the 16 paths walked on its own: (5, 3, T, C)."""
    paths, (inputs, targets) = code_of("residual/gradient-paths"), batch()
    x = model.model.embed(inputs).detach()
    met = []
    for fork in paths.forks(model, T):
        met.append((fork, x))
        x = fork.behind(x + fork.branch(x)).detach()
    x.requires_grad_()
    loss = nn.functional.cross_entropy(model.lm_head(model.model.norm(x)).flatten(0, 1), targets.flatten())
    at_end = torch.autograd.grad(loss, x)[0]
    parts = torch.zeros(5, *at_end.shape)
    for path in product((False, True), repeat=4):
        g = at_end
        for through, (fork, before) in zip(reversed(path), reversed(met), strict=True):
            leaf = before.clone().requires_grad_()
            total = (before + fork.branch(before)).detach().requires_grad_()
            g = torch.autograd.grad(fork.behind(total), total, g)[0]
            g = torch.autograd.grad(fork.branch(leaf), leaf, g)[0] if through else g
        parts[sum(path)] += g
    return parts


@pytest.mark.parametrize("place", ["pre", "post"])
def test_the_parts_are_those_of_all_paths_and_add_up_to_the_gradient(place: str) -> None:
    model = small(norm_place=place)
    parts, direct = code_of("residual/gradient-paths").split_by_branches(model, *batch())
    torch.testing.assert_close(parts, path_by_path(model), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(parts.sum(dim=0), gradient_at_the_tokens(model), rtol=1e-4, atol=1e-6)
    shares = code_of("residual/gradient-paths").shares_of(parts)
    assert sum(shares) == pytest.approx(1.0, abs=1e-5)
    assert len(direct) == 2
    assert direct[0] == pytest.approx(shares[0])
    assert direct[1] > direct[0]


def test_silent_branches_leave_the_direct_path_alone() -> None:
    model = small()
    scale_outputs(model, 0.0)
    parts, direct = code_of("residual/gradient-paths").split_by_branches(model, *batch())
    assert direct == pytest.approx([1.0, 1.0])
    assert parts[1:].abs().max() == 0


def test_a_share_by_hand() -> None:
    """(3, 0) and (1, 4) make (4, 4): 12 and 20 of 32. What points against the sum has a negative share."""
    shares_of = code_of("residual/gradient-paths").shares_of
    assert shares_of(torch.tensor([[3.0, 0.0], [1.0, 4.0]])) == pytest.approx([12 / 32, 20 / 32])
    assert shares_of(torch.tensor([[2.0], [-1.0]])) == pytest.approx([2.0, -1.0])


def test_branches_in_unrelated_directions_share_like_coins() -> None:
    """The law that the lesson gives, for six random matrices of size j in a wide space."""
    C, N, j = 1500, 6, 0.6
    generator = torch.Generator().manual_seed(0)
    parts = torch.randn(1, C, generator=generator)
    for _ in range(N):
        J = j * torch.randn(C, C, generator=generator) / math.sqrt(C)
        nothing = torch.zeros(1, C)
        parts = torch.cat((parts, nothing)) + torch.cat((nothing, parts @ J))
    p = j**2 / (1 + j**2)
    coins = [math.comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)]
    assert code_of("residual/gradient-paths").shares_of(parts) == pytest.approx(coins, abs=0.05)


def test_the_arms_of_the_paths_differ_in_how_a_branch_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    paths, notes = code_of("residual/gradient-paths"), Notes()
    monkeypatch.setattr(paths, "load_text", lambda settings, record: ABC)
    monkeypatch.setattr(paths, "unseen_blocks", lambda text, block: [batch_of_letters()])
    shares = {}
    for join in paths.JOINS:
        paths.run(toy(join=join, training=0, learning_rate=0.003), notes)
        shares[join] = notes.layers["shares"][0]
        assert sum(notes.layers["shares"]) == pytest.approx(1.0, abs=1e-4)
        assert sum(values["number"] for values in notes.metrics.values()) == pytest.approx(1.0)
    assert shares["scaled"] > shares["pre"] > shares["post"]
    assert notes.metrics[0]["paths"] == 16


def batch_of_letters() -> tuple[Tensor, Tensor]:
    """Inputs and targets of the text that knows three letters, each (2, 8)."""
    ids = torch.randint(3, (2, 9), generator=torch.Generator().manual_seed(0))
    return ids[:, :-1], ids[:, 1:]


def test_only_what_writes_into_the_stream_is_scaled() -> None:
    model = small()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    scale_outputs(model, 0.5)
    for name, weight in model.named_parameters():
        torch.testing.assert_close(weight, before[name] * (0.5 if name.endswith(WRITERS) else 1.0))


def test_the_factor_of_gpt_2() -> None:
    assert output_factor("root", 8) == pytest.approx(0.25)
    assert (output_factor("one", 8), output_factor("zero", 8)) == (1.0, 0.0)


def test_the_stream_is_what_the_model_computes() -> None:
    model, (inputs, _) = small(), batch()
    states = stream(model, inputs)
    assert len(states) == 3
    torch.testing.assert_close(states[0], model.model.embed_tokens(inputs))
    torch.testing.assert_close(model.model.norm(states[-1]), model.model(inputs)[0])


def test_growth_and_what_is_added_by_hand() -> None:
    scale = code_of("residual/residual-scale")
    states = [torch.tensor([3.0, -3.0]), torch.tensor([3.0, -7.0])]
    assert scale.spread(states) == pytest.approx([math.sqrt(18), math.sqrt(50)])
    assert scale.added(states) == pytest.approx([4 / math.sqrt(58)])


def test_the_stream_grows_like_a_root_and_not_where_it_is_scaled() -> None:
    """Unrelated branches: 48 of standard deviation 0.5 on token vectors of 1, as a question of the quiz has it."""
    x = torch.randn(20000, generator=torch.Generator().manual_seed(0))
    branches = 0.5 * torch.randn(48, 20000, generator=torch.Generator().manual_seed(1))
    assert (x + branches.sum(dim=0)).std().item() == pytest.approx(math.sqrt(13), rel=0.05)
    scaled = x + output_factor("root", 24) * branches.sum(dim=0)
    assert scaled.std().item() == pytest.approx(math.sqrt(1.25), rel=0.05)


def test_a_scale_s_three_depths_and_the_deepest_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    scale, notes = code_of("residual/residual-scale"), Notes()
    monkeypatch.setattr(scale, "load_text", lambda settings, record: ABC)
    monkeypatch.setattr(scale, "unseen_blocks", lambda text, block: [batch_of_letters()])
    scale.run(toy(scale="zero", depth=6, learning_rate=0.003), notes)
    assert {step for step, values in notes.metrics.items() if "growth" in values} == {2, 6}
    assert notes.layers["growths"] == pytest.approx([1.0, 1.0])
    assert len(notes.layers["spread"]) == len(notes.layers["added"]) == 6
    assert max(notes.layers["added"]) == 0
    assert notes.layers["spread_after"] != notes.layers["spread"]


def test_both_arms_of_depth_begin_with_the_same_weights() -> None:
    models = [build(toy(), ABC, "pre-rmsnorm", 2, residual=residual).state_dict() for residual in (True, False)]
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_the_depths_up_to_the_greatest(monkeypatch: pytest.MonkeyPatch) -> None:
    depth, notes, built = code_of("residual/depth"), Notes(), []
    monkeypatch.setattr(depth, "load_text", lambda settings, record: ABC)
    monkeypatch.setattr(depth, "unseen_blocks", lambda text, block: [batch_of_letters()])

    def model_of(settings: Any, text: Any, norm: str, layers: int, residual: bool) -> MiniMind:
        built.append((layers, residual))
        return build(settings, text, norm, layers, residual=residual)

    monkeypatch.setattr(depth, "build", model_of)
    depth.run(toy(depth=6, residual=False, norm="pre-rmsnorm", learning_rate=0.003), notes)
    assert built == [(2, False), (4, False), (6, False)]
    assert len(notes.layers["losses"]) == 3
    assert len(notes.layers["gradient"]) == len(notes.layers["gradient_after"]) == 6
    assert notes.metrics[0]["seen_first"] == notes.metrics[0]["seen"]
    assert notes.references["letters"] == pytest.approx(math.log(3))


def test_a_block_s_gradient_is_that_of_all_its_weights() -> None:
    model = small()
    norms = code_of("residual/depth").gradient_of_each_block(model, batch())
    assert all(weight.grad is None for weight in model.parameters()), "the training that follows begins afresh"
    model(*batch()).loss.backward()
    for block, norm in zip(model.model.layers, norms, strict=True):
        squares = sum(float(gradient_of(weight).square().sum()) for weight in block.parameters())
        assert norm == pytest.approx(math.sqrt(squares), rel=1e-5)


@pytest.mark.parametrize("residual", [True, False])
def test_what_one_branch_has_lost_no_later_one_sees(residual: bool) -> None:
    """Its attention says nothing: without a residual all tokens are one from there on, with it they stay apart."""
    model, (inputs, _) = small(residual=residual), batch()
    nn.init.zeros_(attention_of(model.model.layers[0]).o_proj.weight)
    last = stream(model, inputs)[-1].flatten(0, 1)  # (3 T, C)
    apart = (last - last[0]).abs().max().item()
    assert (apart > 0.1) is residual
    assert residual or apart < 1e-6


def test_where_a_branch_begins_at_zero_its_last_matrix_moves_first() -> None:
    ffn = SwiGLU(8, 16)
    nn.init.zeros_(ffn.down_proj.weight)
    x, wanted = torch.randn(5, 8), torch.randn(5, 8)

    def gradients() -> dict[str, float]:
        ffn.zero_grad()
        (x + ffn(x) - wanted).square().mean().backward()
        return {name: gradient_of(weight).abs().max().item() for name, weight in ffn.named_parameters()}

    first = gradients()
    assert first["down_proj.weight"] > 0
    assert first["gate_proj.weight"] == first["up_proj.weight"] == 0
    with torch.no_grad():
        ffn.down_proj.weight -= 0.1 * gradient_of(ffn.down_proj.weight)
    assert min(gradients().values()) > 0
    for weight in (ffn.down_proj.weight, ffn.up_proj.weight):
        nn.init.zeros_(weight)
    assert max(gradients().values()) == 0, "two in a row stay there"


def test_adding_in_place_breaks_the_way_back_and_minimind_s_way_does_not() -> None:
    norm, branch = RMSNorm(8), nn.Linear(8, 8, bias=False)
    x = torch.randn(3, 8, requires_grad=True) * 1.0
    x += branch(norm(x))
    with pytest.raises(RuntimeError, match="inplace"):
        x.sum().backward()
    start = torch.randn(3, 8, requires_grad=True)
    out = branch(norm(start))
    out += start
    out.sum().backward()
    assert start.grad is not None
    wanted = torch.autograd.grad((start + branch(norm(start))).sum(), start)[0]
    torch.testing.assert_close(start.grad, wanted)
