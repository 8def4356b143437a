"""The calculator's answers, against models that are really built and counted."""

from __future__ import annotations

import math
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.practice import calculator
from minimind_tui.practice.calculator import KINDS, Shape, is_close, parse_number, problem
from tests.nn.parts import attention_of

SEEDS = range(6)


def config_of(s: Shape) -> ModelConfig:
    return ModelConfig(
        vocab_size=s.V,
        hidden_size=s.C,
        num_layers=s.L,
        num_heads=s.H,
        num_kv_heads=s.K,
        head_dim=s.D,
        intermediate_size=s.M,
        max_position=2048,
    )


def drawn(monkeypatch: pytest.MonkeyPatch, kind: calculator.Kind, seed: int) -> tuple[calculator.Problem, Shape]:
    """A problem, and the model that it is about."""
    shapes = []
    original = Shape.drawn

    def noted(chance: random.Random) -> Shape:
        shapes.append(original(chance))
        return shapes[-1]

    monkeypatch.setattr(Shape, "drawn", noted)
    return problem(kind, seed), shapes[-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_parameters_are_those_of_the_model(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found, shape = drawn(monkeypatch, "parameters", seed)
    with torch.device("meta"):
        model = MiniMind(config_of(shape))
    assert found.answer == sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cache_is_as_large_as_its_tensors(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found, s = drawn(monkeypatch, "kv-cache", seed)
    question = found.question.en
    T = int(question.split("a context of ")[1].split(" ")[0])
    B = int(question.split("tokens, ")[1].split(" ")[0])
    one = torch.empty(B, s.K, T, s.D, dtype=torch.float16, device="meta")
    assert found.answer == 2 * s.L * one.numel() * one.element_size()


@pytest.mark.parametrize("seed", SEEDS)
def test_flops_are_those_that_a_block_computes(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found, s = drawn(monkeypatch, "flops", seed)
    T = int(found.question.en.split("A sequence of ")[1].split(" ")[0])
    with torch.device("meta"):
        block = Block(config_of(s))
        x, angles = torch.empty(1, T, s.C), torch.empty(T, s.D)
    with FlopCounterMode(display=False) as counter:
        block(x, (angles, angles))
    assert found.answer == counter.get_total_flops()


@pytest.mark.parametrize("seed", SEEDS)
def test_lora_is_counted_from_its_matrices(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found, s = drawn(monkeypatch, "lora", seed)
    r = int(found.question.en.split("r = ")[1].split(" ")[0])
    with torch.device("meta"):
        attention = attention_of(Block(config_of(s)))
    linears = [attention.q_proj, attention.o_proj]
    if "k, v" in found.question.en:
        linears += [attention.k_proj, attention.v_proj]
    pairs = [(torch.empty(r, one.in_features), torch.empty(one.out_features, r)) for one in linears]
    assert found.answer == s.L * sum(a.numel() + b.numel() for a, b in pairs)


def test_the_first_loss_is_that_of_equal_logits() -> None:
    found = problem("first-loss", 3)
    V = int(found.question.en.split("vocabulary of ")[1].split(" ")[0])
    loss = torch.nn.functional.cross_entropy(torch.zeros(1, V), torch.tensor([0])).item()
    assert found.answer == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_ends_at_the_answer_in_both_languages(kind: calculator.Kind) -> None:
    seen = set()
    for seed in range(30):
        found = problem(kind, seed)
        assert found == problem(kind, seed)
        seen.add(found.question.en)
        written = f"{found.answer:.3f}" if kind == "first-loss" else f"{found.answer:,}"
        for language in ("zh", "en"):
            assert any(written in line.of(language) for line in found.worked), (kind, seed, language)
    assert len(seen) > 5


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("26M", 26e6),
        ("25,829,888", 25829888),
        ("2*8*4*96*2048", 2 * 8 * 4 * 96 * 2048),
        ("2×8", 16),
        ("3 GiB", 3 * 2**30),
        ("2600 万", 2.6e7),
        ("1.5e9", 1.5e9),
        ("log(6400)", math.log(6400)),
        ("２６Ｍ", 26e6),
        ("2^10", 1024),
        ("12 parsec", None),
        ("", None),
        ("M", None),
        ("__import__('os')", None),
        ("9**9**9**9", None),
    ],
)
def test_what_a_learner_may_write(written: str, number: float | None) -> None:
    assert parse_number(written) == (None if number is None else pytest.approx(number))


@given(st.text(max_size=300))
def test_any_text_is_a_number_or_none(written: str) -> None:
    number = parse_number(written)
    assert number is None or math.isfinite(number)


def test_near_is_near_enough() -> None:
    assert is_close(25.8e6, 25829888)
    assert not is_close(24e6, 25829888)
