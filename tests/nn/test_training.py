"""The training loop: its rates and first steps by hand, and that it learns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import IGNORED, Batch, NextToken, Schedule, adamw, evaluate, learning_rate_at, updates
from tests.nn.kept import Kept
from tests.nn.parts import gradient_of

TINY = ModelConfig(vocab_size=12, hidden_size=32, num_layers=1, num_heads=4, num_kv_heads=2, max_position=32)
PATTERN = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6]).repeat(40)


class Loss(NamedTuple):
    loss: Tensor


class Bowl(nn.Module):
    """One number w from 2, and the loss w^2: the gradient is 2w."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([2.0]))

    def forward(self, inputs: Tensor, targets: Tensor) -> Loss:
        return Loss(self.weight.pow(2).sum())


NOTHING = [(torch.zeros(1), torch.zeros(1))] * 100


class Heard(NamedTuple):
    steps: list[int]
    losses: list[float]
    gradient_norms: list[float]


def run(
    model: nn.Module,
    batches: Iterable[Batch] = NOTHING,
    *,
    learning_rate: float,
    weight_decay: float = 0.01,
    **settings_: Any,
) -> Heard:
    heard = Heard([], [], [])
    optimizers = [adamw(model, learning_rate, weight_decay)]
    for update in updates(model, optimizers, batches, **settings_):
        heard.steps.append(update.step)
        heard.losses.append(update.loss.item())
        heard.gradient_norms.append(update.gradient_norm.item())
    return heard


def run_tiny(seed: int = 0, steps: int = 60, batch_seed: int = 0) -> tuple[MiniMind, Heard]:
    torch.manual_seed(seed)
    model = MiniMind(TINY)
    return model, run(model, RandomBlocks(PATTERN, 16, 4, batch_seed), steps=steps, learning_rate=1e-2, warmup=5)


@pytest.mark.parametrize(
    ("step", "constant", "linear", "cosine", "wsd"),
    [
        (0, 0.25, 0.25, 0.25, 0.25),
        (1, 0.5, 0.5, 0.5, 0.5),
        (3, 1.0, 1.0, 1.0, 1.0),
        (4, 1.0, 1.0, 1.0, 1.0),
        (6, 1.0, 0.75, 0.8535533906, 1.0),
        (8, 1.0, 0.5, 0.5, 5 / 7),
        (10, 1.0, 0.25, 0.1464466094, 2.5 / 7),
        (12, 1.0, 0.0, 0.0, 0.0),
    ],
)
def test_learning_rate_by_hand(step: int, constant: float, linear: float, cosine: float, wsd: float) -> None:
    """Twelve steps, four of them warmup, peak 2."""
    expectations: dict[Schedule, float] = {"constant": constant, "linear": linear, "cosine": cosine, "wsd": wsd}
    for schedule, expected in expectations.items():
        assert learning_rate_at(step, 12, 2.0, 4, schedule) == pytest.approx(2 * expected, abs=1e-9)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "wsd"])
def test_without_warmup_the_first_rate_is_the_peak(schedule: Schedule) -> None:
    assert learning_rate_at(0, 10, 0.3, 0, schedule) == 0.3


@settings(deadline=None, max_examples=40)
@given(
    steps=st.integers(1, 60),
    warmup=st.integers(0, 70),
    schedule=st.sampled_from(["constant", "linear", "cosine", "wsd"]),
)
def test_rates_rise_to_the_peak_then_never_rise_again(steps: int, warmup: int, schedule: Schedule) -> None:
    rates = [learning_rate_at(step, steps, 0.5, warmup, schedule) for step in range(steps)]
    assert all(0 < rate <= 0.5 for rate in rates)
    rising, falling = rates[:warmup], rates[warmup:]
    assert rising == sorted(set(rising))
    assert falling == sorted(falling, reverse=True)
    if falling:
        assert falling[0] == 0.5


def test_the_first_steps_by_hand() -> None:
    """AdamW with a gradient of one sign moves by its rate at first, after the weight shrank by rate * decay.

    Rates 0.05 and 0.1; w = 2 * (1 - 0.05 * 0.01) - 0.05 = 1.949.
    """
    model = Bowl()
    losses, seen = [], []
    for update in updates(model, [adamw(model, 0.1)], NOTHING, steps=2, warmup=2):
        losses.append(update.loss.item())
        seen.append(model.weight.item())
    assert losses == pytest.approx([4.0, 1.949**2])
    assert seen[0] == pytest.approx(1.949)
    assert seen[1] == pytest.approx(1.949 * (1 - 0.1 * 0.01) - 0.1, abs=1e-3)


def test_weight_decay_can_be_turned_off() -> None:
    model = Bowl()
    run(model, steps=1, learning_rate=0.1, weight_decay=0.0)
    assert model.weight.item() == pytest.approx(1.9)


def test_steps_are_counted_from_one() -> None:
    assert run(Bowl(), steps=4, learning_rate=0.1).steps == [1, 2, 3, 4]


def test_the_loss_told_is_the_one_before_the_step() -> None:
    model, heard = Bowl(), run(Bowl(), steps=1, learning_rate=0.1)
    assert heard.losses == [model.weight.item() ** 2]


@pytest.mark.parametrize("clip", [0.5, 1.0, 100.0])
def test_the_gradient_norm_told_is_the_one_before_clipping(clip: float) -> None:
    """The gradient of w^2 at 2 is 4, whatever it is clipped to afterwards."""
    model, told, left = Bowl(), [], []
    for update in updates(model, [adamw(model, 0.1)], NOTHING, steps=1, clip=clip):
        told.append(update.gradient_norm.item())
        left.append(gradient_of(model.weight).norm().item())
    assert told == [4.0]
    assert left == pytest.approx([min(4.0, clip)], rel=1e-4)


def test_the_gradient_norm_is_of_all_parameters_together() -> None:
    torch.manual_seed(0)
    model = MiniMind(TINY)
    inputs, targets = next(RandomBlocks(PATTERN, 16, 4, seed=0))
    model(inputs, targets).loss.backward()
    by_hand = math.sqrt(sum(float(gradient_of(parameter).pow(2).sum()) for parameter in model.parameters()))
    assert run_tiny(steps=1)[1].gradient_norms == pytest.approx([by_hand], rel=1e-4)


def test_gradients_do_not_pile_up() -> None:
    """With a rate of almost 0 the gradient of each step is the same."""
    assert run(Bowl(), steps=5, learning_rate=1e-9).gradient_norms == pytest.approx([4.0] * 5)


def test_no_batch_is_taken_too_many() -> None:
    taken = count()

    def batches() -> Iterator[Batch]:
        while True:
            next(taken)
            yield torch.zeros(1), torch.zeros(1)

    run(Bowl(), batches(), steps=3, learning_rate=0.1)
    assert next(taken) == 3


def test_a_repeated_pattern_is_learned() -> None:
    """From ln 12 to nearly nothing: all but the 1, which comes twice, is certain even from one token."""
    model, heard = run_tiny()
    assert heard.losses[0] == pytest.approx(math.log(12), abs=0.3)
    assert heard.losses[-1] < 0.3
    assert model.training


def test_training_is_in_training_mode() -> None:
    model = Bowl().eval()
    run(model, steps=1, learning_rate=0.1)
    assert model.training


def test_the_same_seed_gives_the_same_losses_to_the_last_bit() -> None:
    first, again = run_tiny(seed=3, steps=10), run_tiny(seed=3, steps=10)
    assert first[1] == again[1]
    for one, other in zip(first[0].parameters(), again[0].parameters(), strict=True):
        assert torch.equal(one, other)


def test_another_seed_of_the_model_or_of_the_batches_gives_other_losses() -> None:
    losses = run_tiny(seed=3, steps=10)[1].losses
    assert losses != run_tiny(seed=4, steps=10)[1].losses
    assert losses != run_tiny(seed=3, steps=10, batch_seed=1)[1].losses


def test_evaluate_is_the_mean_over_all_tokens() -> None:
    """Batches of 8, 3 and 16 tokens: each token counts once, so that large batches weigh more."""
    torch.manual_seed(0)
    model = MiniMind(TINY)
    batches = [
        (torch.randint(12, shape), torch.full(shape, target))
        for shape, target in (((2, 4), 1), ((1, 3), 2), ((2, 8), 3))
    ]
    losses = [
        -model(inputs).logits[row, column].log_softmax(-1)[targets[row, column]].item()
        for inputs, targets in batches
        for row in range(inputs.shape[0])
        for column in range(inputs.shape[1])
    ]
    assert len(losses) == 27
    assert evaluate(model, batches) == pytest.approx(sum(losses) / 27, rel=1e-5)


def test_evaluate_keeps_nothing_for_gradients() -> None:
    model, recorded = MiniMind(TINY), []
    model.register_forward_hook(lambda _, __, output: recorded.append(output.loss.requires_grad))
    evaluate(model, [next(RandomBlocks(PATTERN, 16, 4, seed=0))])
    assert recorded == [False]


@pytest.mark.parametrize("training", [True, False])
def test_evaluate_turns_dropout_off_and_leaves_the_model_as_it_was(training: bool) -> None:
    torch.manual_seed(0)
    model = MiniMind(ModelConfig(**{**vars(TINY), "dropout": 0.5})).train(training)
    before = [parameter.clone() for parameter in model.parameters()]
    batches = [next(RandomBlocks(PATTERN, 16, 4, seed=0))]
    assert evaluate(model, batches) == evaluate(model, batches)
    assert model.training is training
    for parameter, was in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter, was)
        assert parameter.grad is None


def batches_of(*known: int) -> list[tuple[Tensor, Tensor]]:
    """Batches of 2 x 6 tokens of which so many are targets."""
    generator = torch.Generator().manual_seed(3)
    batches = []
    for number in known:
        inputs = torch.randint(12, (2, 6), generator=generator)
        targets = torch.randint(12, (12,), generator=generator)
        targets[torch.randperm(12, generator=generator)[number:]] = IGNORED
        batches.append((inputs, targets.view(2, 6)))
    return batches


def after_one_update(batches: list[tuple[Tensor, Tensor]], accumulate: int) -> tuple[MiniMind, float]:
    """A tiny model after one step of plain gradient descent, and the loss before it."""
    torch.manual_seed(0)
    model = MiniMind(TINY)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    (update,) = updates(model, [optimizer], batches, steps=1, clip=math.inf, accumulate=accumulate)
    return model, update.loss.item()


@pytest.mark.parametrize("known", [(12, 12), (12, 1), (3, 0, 7)])
def test_accumulated_batches_are_one_large_batch_whatever_their_targets(known: tuple[int, ...]) -> None:
    """Each target counts once: the mean of the batches' means would not be the mean."""
    batches = batches_of(*known)
    together = [(torch.cat([inputs for inputs, _ in batches]), torch.cat([targets for _, targets in batches]))]
    (one, loss), (other, whole_loss) = after_one_update(batches, len(batches)), after_one_update(together, 1)
    assert loss == pytest.approx(whole_loss, rel=1e-6)
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-6)


def test_the_mean_of_means_is_another_loss() -> None:
    """What the test above would not notice if all batches had as many targets."""
    torch.manual_seed(0)
    model, batches = MiniMind(TINY), batches_of(12, 1)
    means = [NextToken(model)(batch).item() for batch in batches]
    assert after_one_update(batches, 2)[1] == pytest.approx((12 * means[0] + means[1]) / 13, rel=1e-5)
    assert abs(sum(means) / 2 - (12 * means[0] + means[1]) / 13) > 0.01


def test_an_update_without_a_target_is_refused_by_name() -> None:
    model = MiniMind(TINY)
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(ValueError, match="step 1 has nothing to learn from: every target is masked"):
        run(model, batches_of(0, 0), steps=1, learning_rate=0.1, accumulate=2)
    for parameter, was in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter, was)


def test_batches_that_end_end_the_training() -> None:
    assert run(Bowl(), NOTHING[:5], steps=9, learning_rate=0.1, accumulate=2).steps == [1, 2]


def test_another_objective() -> None:
    """What a training makes smaller is the caller's: here how far w is from the batch's number."""

    class Distance:
        def __init__(self, model: Bowl) -> None:
            self.model = model

        def __call__(self, batch: float) -> Tensor:
            return (self.model.weight - batch).square().mean()

        def count(self, batch: float) -> int:
            return 1

    model = Bowl()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.25)
    losses = [
        update.loss.item()
        for update in updates(model, [optimizer], [6.0] * 3, steps=3, objective=Distance(model), clip=math.inf)
    ]
    assert losses == pytest.approx([16.0, 4.0, 1.0])
    assert model.weight.item() == pytest.approx(5.5)


class Counting(RandomBlocks):
    """How many batches were taken."""

    taken = 0

    def __next__(self) -> tuple[Tensor, Tensor]:
        self.taken += 1
        return super().__next__()


@pytest.mark.parametrize("knows", [True, False], ids=["batches that know their place", "batches that do not"])
def test_an_interrupted_training_goes_on_as_if_nothing_had_been(tmp_path: Path, knows: bool) -> None:
    def trained(checkpoint: Kept | None, stop: int = 12) -> tuple[list[float], Counting]:
        torch.manual_seed(5)
        model, blocks = MiniMind(ModelConfig(**{**vars(TINY), "dropout": 0.2})), Counting(PATTERN, 16, 4, seed=2)
        losses = []
        batches = blocks if knows else (batch for batch in blocks)
        for update in updates(
            model,
            [adamw(model, 1e-2)],
            batches,
            steps=12,
            accumulate=2,
            warmup=3,
            schedule="cosine",
            checkpoint=checkpoint,
        ):
            losses.append(update.loss.item())
            if update.step == stop:
                break
        return losses, blocks

    whole, _ = trained(None)
    trained(Kept(tmp_path / "state", 5), stop=7)
    later, blocks = trained(Kept(tmp_path / "state", 5))
    assert later == whole[5:]
    assert blocks.taken == (2 * 7 if knows else 2 * 12), "nothing is taken twice where the place is known"
