"""The experiment that builds attention up: each step begins as the one before it, and none sees what comes later."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from data import tinytales
from minimind_tui.base.text import LANGUAGES, Language
from tests.experiments.loading import code_of

CODE = code_of("attention/build-up")
STEPS = ("mean", "distance", "content", "values", "heads")
C = 16


def look_of(name: str, *, trained: bool = False) -> nn.Module:
    """A step at its start, or with weights as a training might leave them."""
    torch.manual_seed(3)
    look: nn.Module = CODE.Reader(7, C, CODE.make_look(name, C, 4)).look
    for parameter in look.parameters() if trained else ():
        nn.init.normal_(parameter)
    return look


@pytest.mark.parametrize("name", STEPS)
def test_all_steps_begin_as_the_mean(name: str) -> None:
    x = torch.randn(2, 9, C)
    torch.testing.assert_close(look_of(name)(x), CODE.mean_in_a_loop(x), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", STEPS)
def test_no_step_sees_what_comes_later(name: str) -> None:
    look, x = look_of(name, trained=True), torch.randn(2, 9, C)
    later = x.clone()
    later[:, 5:] += 1
    torch.testing.assert_close(look(later)[:, :5], look(x)[:, :5])
    assert not torch.allclose(look(later)[:, 5:], look(x)[:, 5:])


@pytest.mark.parametrize("name", STEPS)
def test_the_weights_that_are_looked_at_are_those_that_are_used(name: str) -> None:
    look, x = look_of(name, trained=True), torch.randn(2, 9, C)
    weights = look.weights(x).expand(2, -1, 9, 9)  # type: ignore[operator]
    torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    assert not weights.triu(1).any()
    value = look.v_proj(x) if hasattr(look, "v_proj") else x  # type: ignore[operator]
    H = weights.shape[1]
    mixed = (weights @ value.view(2, 9, H, C // H).transpose(1, 2)).transpose(1, 2).flatten(2)
    torch.testing.assert_close(look(x), look.o_proj(mixed) if hasattr(look, "o_proj") else mixed)  # type: ignore[operator]


def test_one_head_is_the_step_before() -> None:
    torch.manual_seed(0)
    single, heads = CODE.WithValues(C), CODE.WithHeads(C, 1)
    heads.load_state_dict({name: part.view_as(heads.state_dict()[name]) for name, part in single.state_dict().items()})
    x = torch.randn(2, 9, C)
    torch.testing.assert_close(heads(x), single(x))


def test_all_arms_begin_with_the_same_weights_elsewhere() -> None:
    parts = []
    for name in ("nothing", *STEPS):
        torch.manual_seed(5)
        reader = CODE.Reader(7, C, CODE.make_look(name, C, 4))
        parts.append({key: part for key, part in reader.state_dict().items() if not key.startswith("look.")})
    for other in parts[1:]:
        torch.testing.assert_close(other, parts[0], atol=0, rtol=0)


def test_the_matrices_that_the_lesson_draws() -> None:
    torch.testing.assert_close(
        CODE.mean_weights(3), torch.tensor([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
    )
    look = CODE.ByDistance(C)
    nn.init.zeros_(look.by_distance)
    look.by_distance.data[1] = math.log(2)  # the word before counts double
    drawn = torch.tensor([[1, 0, 0], [2 / 3, 1 / 3, 0], [1 / 4, 1 / 2, 1 / 4]])
    torch.testing.assert_close(look.weights(torch.zeros(1, 3, C))[0, 0], drawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_places_are_before_the_words_that_take_a_look_back(language: Language) -> None:
    stories = tinytales.generate(language, 30, 1)
    places = CODE.places_of(stories)
    assert len(places.verb) == 60
    assert len(places.turn) == 30
    assert 0 < len(places.animal) <= 30
    for b, t in places.verb:
        assert stories[b].words[t] in {"she", "he", "她", "他"}
    for b, t in places.turn:
        assert t + 1 == stories[b].pronouns[1].pronoun_word
    for b, t in places.animal:
        story = stories[b]
        assert story.words[t + 1] == story.chosen["other"]
        assert story.chosen["doer"] in story.words[t - 8 : t]
    inputs, targets = CODE.encode(stories)
    assert inputs.shape == targets.shape
    for b, story in enumerate(stories):
        assert (targets[b] >= 0).sum() == len(story.words) - 1
        assert (inputs[b, 1 : len(story.words)] == targets[b, : len(story.words) - 1]).all()
