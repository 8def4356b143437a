"""Numbers of 16 bits: what is computed in them and what is not, the factor of fp16, and which way is the fastest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
import torch
from torch import Tensor

from minimind_tui.nn import speed
from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import Muon, muon_and_adamw
from minimind_tui.nn.precision import BF16, FP16, FP32, PRECISIONS, Precision
from minimind_tui.nn.training import adamw, evaluate, on, updates
from tests.nn.kept import Kept

CPU = torch.device("cpu")
CONFIG = ModelConfig(vocab_size=12, hidden_size=16, num_layers=1, num_heads=2, num_kv_heads=2, max_position=16)
TOKENS = torch.arange(400) % 12


def trained(
    precision: Precision, steps: int = 12, checkpoint: Kept | None = None, stop: int | None = None
) -> tuple[MiniMind, list[float]]:
    """A model after some steps, and their losses."""
    torch.manual_seed(1)
    model = MiniMind(CONFIG)
    taken = updates(
        model,
        [adamw(model, 0.01)],
        RandomBlocks(TOKENS, 8, 4, seed=3),
        steps=steps,
        precision=precision,
        checkpoint=checkpoint,
    )
    return model, [update.loss.item() for update in islice(taken, stop)]


@pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
def test_products_are_in_these_numbers_and_weights_losses_and_gradients_are_not(precision: Precision) -> None:
    with precision.autocast(CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == precision.dtype
        assert torch.ones(2, 2).softmax(-1).dtype == torch.float32
    model, losses = trained(precision)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert {parameter.grad.dtype for parameter in model.parameters() if parameter.grad is not None} == {torch.float32}
    assert losses[-1] < losses[0]
    exact = trained(FP32)[1]
    assert losses == (exact if precision is FP32 else pytest.approx(exact, rel=0.05))
    assert (losses == exact) == (precision is FP32)


def test_an_fp16_step_that_has_overflowed_changes_nothing_and_halves_the_factor() -> None:
    class Huge:
        """A loss whose gradients are beyond 65504 when they are multiplied by the factor."""

        def __init__(self, model: MiniMind) -> None:
            self._model = model

        def __call__(self, batch: Tensor) -> Tensor:
            loss: Tensor = self._model(batch).logits.half().float().square().sum() * 1e5
            return loss

        def count(self, batch: Tensor) -> int:
            return batch.numel()

    torch.manual_seed(1)
    model = MiniMind(CONFIG)
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    update = next(
        updates(model, [adamw(model, 0.1)], [TOKENS[None, :8]], steps=1, objective=Huge(model), precision=FP16)
    )
    assert not math.isfinite(update.gradient_norm.item())
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())


@pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path: Path, precision: Precision) -> None:
    whole, losses = trained(precision)
    trained(precision, checkpoint=Kept(tmp_path / "state", after=5), stop=6)
    resumed, later = trained(precision, checkpoint=Kept(tmp_path / "state", after=5))
    assert later == losses[5:]
    mine = dict(resumed.named_parameters())
    assert all(torch.equal(parameter, mine[name]) for name, parameter in whole.named_parameters())


def test_the_factor_of_fp16_is_kept() -> None:
    from minimind_tui.nn.checkpoint import pack, unpack

    model = MiniMind(CONFIG)
    scaler, other = FP16.scaler(CPU), FP16.scaler(CPU)
    scaler.load_state_dict({**scaler.state_dict(), "scale": 1024.0, "_growth_tracker": 7})
    unpack(pack(model, [], 3, None, scaler), model, [], other)
    assert other.state_dict() == scaler.state_dict()
    unpack(pack(model, [], 3), model, [], other)  # kept in another precision: the factor stays as it is
    assert other.state_dict() == scaler.state_dict()
    assert not BF16.scaler(CPU).is_enabled()


def test_muon_makes_its_updates_orthogonal_in_the_numbers_that_it_is_given() -> None:
    def moved(dtype: torch.dtype) -> Tensor:
        parameter = torch.nn.Parameter(torch.zeros(6, 4))
        parameter.grad = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
        Muon([parameter], dtype=dtype).step()
        return parameter.detach()

    assert not torch.equal(moved(torch.bfloat16), moved(torch.float32))
    assert torch.allclose(moved(torch.bfloat16), moved(torch.float32), atol=5e-3)
    muon, _ = muon_and_adamw(MiniMind(CONFIG), dtype=torch.float32)
    assert muon._dtype == torch.float32


def test_a_batch_goes_to_the_device_as_a_whole() -> None:
    meta = torch.device("meta")
    one, (two, (three, rest)) = on(meta, (torch.ones(2), (torch.ones(3), (torch.ones(4), ["left"]))))
    assert {each.device for each in (one, two, three)} == {meta}
    assert rest == ["left"]
    assert on(meta, torch.ones(1)).device == meta


def test_a_training_and_an_evaluation_bring_their_batches_to_the_model() -> None:
    """On PyTorch's device without numbers all shapes are computed; a tensor that was left behind would be an error."""
    model = MiniMind(CONFIG).to("meta")
    update = next(updates(model, [], cycle([(TOKENS[None, :8], TOKENS[None, 1:9])]), steps=1, clip=math.inf))
    assert update.loss.device == torch.device("meta")
    with pytest.raises(RuntimeError, match="meta"):
        evaluate(model, [(TOKENS[None, :8], TOKENS[None, 1:9])])


def ways_of(monkeypatch: pytest.MonkeyPatch, **costs: list[float]) -> tuple[dict[str, float], dict[str, int]]:
    """What is measured where updates take so long, one after the other and so on; and how many were taken."""
    taken = dict.fromkeys(costs, 0)

    def timed(device: str, precision: Precision) -> Iterator[float]:
        for cost in cycle(costs[precision.name]):
            taken[precision.name] += 1
            yield cost

    monkeypatch.setattr(speed, "timed_updates", timed)
    monkeypatch.setattr(speed, "devices", lambda: ["cpu"])
    return speed.seconds_per_update(), taken


def test_the_first_update_counts_for_nothing_and_the_fastest_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found, taken = ways_of(monkeypatch, fp32=[9.0, 2.0, 2.1, 2.4], bf16=[20.0, 1.5, 1.1, 1.15])
    assert found == {"cpu fp32": 2.0, "cpu bf16": 1.1}
    assert taken == {"fp32": 4, "bf16": 4}, "they agree after one round"


def test_a_hopeless_way_is_left_after_two_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    found, taken = ways_of(monkeypatch, fp32=[1.0], bf16=[30.0])
    assert found == {"cpu fp32": 1.0, "cpu bf16": 30.0}
    assert taken == {"fp32": 4, "bf16": 3}


def test_a_disturbed_measurement_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    disturbed = [5.0, 8.0, 3.0, 1.0, 6.0, 9.0, 1.0]
    found, taken = ways_of(monkeypatch, fp32=disturbed, bf16=[1.5])
    assert found == {"cpu fp32": 1.0, "cpu bf16": 1.5}
    assert taken == {"fp32": 7, "bf16": 7}
    _, taken = ways_of(monkeypatch, fp32=[2.0**number for number in range(30, 0, -1)], bf16=[1e9])
    assert taken["fp32"] == 1 + speed.MOST_ROUNDS * speed.UPDATES, "but not for ever"


def test_a_way_that_pytorch_refuses_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(device: str, precision: Precision) -> Iterator[float]:
        if (device, precision) == ("cuda", BF16):
            raise RuntimeError("no kernel image is available")
        yield from cycle([1.0 if device == "cpu" else 0.5])

    monkeypatch.setattr(speed, "timed_updates", timed)
    monkeypatch.setattr(speed, "devices", lambda: ["cpu", "cuda"])
    assert speed.seconds_per_update() == {"cpu fp32": 1.0, "cpu bf16": 1.0, "cuda fp32": 0.5}


def test_measuring_draws_no_random_numbers_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    state = torch.get_rng_state()
    speed.seconds_per_update()
    assert torch.equal(torch.get_rng_state(), state)


def test_this_machine_is_measured() -> None:
    found = speed.seconds_per_update()
    assert list(found)[:2] == ["cpu fp32", "cpu bf16"]
    assert all(0 < seconds < 60 for seconds in found.values())
    assert torch.__version__ in speed.machine()
    assert f"{torch.get_num_threads()} threads" in speed.machine()
