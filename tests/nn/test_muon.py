"""Muon against the decomposition that it avoids, a step by hand, and a training that was interrupted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import QUINTIC, Muon, muon_and_adamw, orthogonalized
from minimind_tui.nn.training import updates
from tests.nn.kept import Kept

TINY = ModelConfig(
    vocab_size=12,
    hidden_size=16,
    num_layers=2,
    num_heads=2,
    num_kv_heads=1,
    intermediate_size=40,
    max_position=16,
    tied=False,
    zero_output=True,
)
PATTERN = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6]).repeat(20)


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 4, 12), (2, 12, 4)])
def test_the_directions_stay_and_every_one_is_as_strong(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    matrices = torch.randn(shape)
    result = orthogonalized(matrices, dtype=torch.float32)
    U, _, Vh = torch.linalg.svd(matrices, full_matrices=False)
    inside = U.mT @ result @ Vh.mT  # diagonal where U and V are those of the matrix
    strengths = inside.diagonal(dim1=-2, dim2=-1)
    assert torch.allclose(inside, torch.diag_embed(strengths), atol=1e-4)
    assert strengths.min() > 0.6
    assert strengths.max() < 1.3


def test_singular_values_by_hand() -> None:
    """A diagonal matrix is its own decomposition: each value goes through the polynomial by itself."""
    values = [0.8, 0.6]  # their norm is 1 already
    for _ in range(2):
        a, b, c = QUINTIC
        values = [a * s + b * s**3 + c * s**5 for s in values]
    result = orthogonalized(torch.diag(torch.tensor([0.8, 0.6])).unsqueeze(0), steps=2, dtype=torch.float32)
    assert torch.allclose(result[0], torch.diag(torch.tensor(values)), atol=1e-5)


def test_bf16_is_exact_enough() -> None:
    torch.manual_seed(0)
    matrix = torch.randn(1, 64, 32)
    strengths = torch.linalg.svdvals(orthogonalized(matrix))
    assert strengths.min() > 0.6
    assert strengths.max() < 1.3


def test_the_size_of_the_gradient_does_not_matter() -> None:
    torch.manual_seed(0)
    matrix = torch.randn(1, 6, 4)
    same = orthogonalized(matrix, dtype=torch.float32)
    assert torch.allclose(orthogonalized(1000 * matrix, dtype=torch.float32), same, atol=1e-4)


def test_two_steps_by_hand() -> None:
    """Velocity 0.8 v + g, looked ahead: g + 0.8 v; a tall matrix moves sqrt(R / C) times as far."""
    torch.manual_seed(0)
    parameter = nn.Parameter(torch.zeros(8, 2))
    optimizer = Muon([parameter], lr=0.1)
    first, second = torch.randn(8, 2), torch.randn(8, 2)
    expected = torch.zeros(8, 2)
    velocity = torch.zeros(8, 2)
    for gradient in (first, second):
        parameter.grad = gradient.clone()
        optimizer.step()
        velocity = 0.8 * velocity + gradient
        ahead = gradient + 0.8 * velocity
        expected -= 0.1 * math.sqrt(8 / 2) * orthogonalized(ahead.unsqueeze(0))[0]
    assert torch.allclose(parameter.detach(), expected, atol=1e-6)


def test_matrices_of_one_shape_do_not_mix() -> None:
    torch.manual_seed(0)
    gradients = [torch.randn(4, 4), torch.randn(4, 4)]
    together = [nn.Parameter(torch.zeros(4, 4)) for _ in gradients]
    alone = [nn.Parameter(torch.zeros(4, 4)) for _ in gradients]
    for parameters in (together, alone):
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.clone()
    Muon(together).step()
    for parameter in alone:
        Muon([parameter]).step()
    for one, other in zip(together, alone, strict=True):
        assert torch.allclose(one, other, atol=1e-3)


def test_a_vector_is_refused() -> None:
    with pytest.raises(ValueError, match="matrices"):
        Muon([nn.Parameter(torch.ones(3))])


def test_every_parameter_has_one_optimizer() -> None:
    model = MiniMind(TINY)
    muon, adamw = muon_and_adamw(model)
    matrices, others = (
        {id(p) for group in optimizer.param_groups for p in group["params"]} for optimizer in (muon, adamw)
    )
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert matrices | others == set(names)
    assert not matrices & others
    assert all("_proj" in names[each] for each in matrices)
    assert {names[each] for each in others if "norm" not in names[each]} == {
        "model.embed_tokens.weight",
        "lm_head.weight",
    }


def trained(steps: int, checkpoint: Kept | None = None, stop: int | None = None) -> tuple[MiniMind, list[float]]:
    """A model after `steps` steps, and its losses; given up after step `stop`."""
    torch.manual_seed(1)
    model, losses = MiniMind(TINY), list[float]()
    batches = RandomBlocks(PATTERN, 8, 4, seed=1)
    for update in updates(
        model,
        muon_and_adamw(model),
        batches,
        steps=steps,
        warmup=3,
        schedule="linear",
        clip=math.inf,
        checkpoint=checkpoint,
    ):
        losses.append(update.loss.item())
        if update.step == stop:
            break
    return model, losses


def test_it_learns_from_the_loss_of_guessing() -> None:
    """Head and output projections at zero: every logit is 0 at first."""
    _, losses = trained(40)
    assert losses[0] == pytest.approx(math.log(12), abs=1e-5)
    assert losses[-1] < 0.3


def test_an_interrupted_training_goes_on_the_same(tmp_path: Path) -> None:
    file = tmp_path / "state"
    whole, losses = trained(12)
    trained(12, Kept(file, after=5), stop=7)
    resumed, later = trained(12, Kept(file, after=5))
    assert later == losses[5:]
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)
