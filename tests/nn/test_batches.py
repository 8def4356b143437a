"""Targets are the inputs one token later, and a seed fixes every batch."""

from __future__ import annotations

from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.nn.batches import RandomBlocks, random_blocks, split


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_targets_are_inputs_one_token_later() -> None:
    """The tokens are squares, so that a block says where it is from."""
    tokens = torch.arange(200).pow(2)
    inputs, targets = random_blocks(tokens, block_size=9, batch_size=30, generator=seeded())
    assert inputs.shape == targets.shape == (30, 9)
    for one_input, one_target in zip(inputs, targets, strict=True):
        start = round(one_input[0].item() ** 0.5)
        assert torch.equal(one_input, tokens[start : start + 9])
        assert torch.equal(one_target, tokens[start + 1 : start + 10])


@settings(deadline=None, max_examples=30)
@given(block_size=st.integers(1, 20), more=st.integers(1, 40), batch_size=st.integers(1, 8), seed=st.integers(0, 2**16))
def test_shift_by_one_at_any_size(block_size: int, more: int, batch_size: int, seed: int) -> None:
    tokens = torch.arange(block_size + more)
    inputs, targets = random_blocks(tokens, block_size, batch_size, seeded(seed))
    assert inputs.shape == (batch_size, block_size)
    assert torch.equal(targets, inputs + 1)
    assert torch.equal(inputs, inputs[:, :1] + torch.arange(block_size))


def test_every_place_can_be_drawn_to_the_very_last_token() -> None:
    """Six tokens have three blocks of three with a target."""
    inputs, targets = random_blocks(torch.arange(6), 3, 200, seeded())
    assert sorted(inputs[:, 0].unique().tolist()) == [0, 1, 2]
    assert targets.max() == 5


def test_one_token_more_than_a_block_is_enough() -> None:
    inputs, targets = random_blocks(torch.arange(5), 4, 2, seeded())
    assert inputs.tolist() == [[0, 1, 2, 3]] * 2
    assert targets.tolist() == [[1, 2, 3, 4]] * 2


@pytest.mark.parametrize("length", [0, 3, 4])
def test_too_few_tokens_are_told_what_to_change(length: int) -> None:
    too_few = f"^the training text has {length} tokens, but a context of 4 needs at least 5 there: choose a shorter"
    with pytest.raises(ValueError, match=too_few):
        random_blocks(torch.arange(length), 4, 2, seeded())


def test_the_part_that_is_too_short_is_named() -> None:
    with pytest.raises(ValueError, match=r"^the last page has 3 tokens, but a context of 4 needs at least 5 there"):
        random_blocks(torch.arange(3), 4, 2, seeded(), part="the last page")


def test_the_same_seed_gives_the_same_batches() -> None:
    first, again, other = (list(islice(RandomBlocks(torch.arange(500), 8, 4, seed), 5)) for seed in (1, 1, 2))
    for (inputs, targets), (same_inputs, same_targets) in zip(first, again, strict=True):
        assert torch.equal(inputs, same_inputs)
        assert torch.equal(targets, same_targets)
    assert not torch.equal(first[0][0], other[0][0])


def test_each_batch_is_another() -> None:
    first, second = islice(RandomBlocks(torch.arange(500), 8, 4, seed=0), 2)
    assert not torch.equal(first[0], second[0])


def test_batches_do_not_depend_on_what_else_is_drawn() -> None:
    """The global generator is neither used nor moved."""
    torch.manual_seed(1)
    first = next(RandomBlocks(torch.arange(500), 8, 4, seed=0))
    drawn = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), drawn)
    assert torch.equal(next(RandomBlocks(torch.arange(500), 8, 4, seed=0))[0], first[0])


def test_split_takes_the_last_part_for_validation() -> None:
    training, validation = split(torch.arange(20))
    assert training.tolist() == list(range(18))
    assert validation.tolist() == [18, 19]
    training, validation = split(torch.arange(20), 0.25)
    assert (len(training), validation[0].item()) == (15, 15)


@settings(deadline=None, max_examples=30)
@given(length=st.integers(0, 300), fraction=st.floats(0, 1))
def test_split_loses_and_repeats_no_token(length: int, fraction: float) -> None:
    assert torch.equal(torch.cat(split(torch.arange(length), fraction)), torch.arange(length))
