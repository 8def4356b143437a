"""The benchmark of the talking world feeds whole stories, and reads what a model writes as stories."""

from itertools import islice

import torch

from data import talking_world
from minimind_tui.nn.training import IGNORED
from tests.benchmarks import talking

WORDS = [talking_world.SEPARATOR, *talking_world.vocabulary("en")]
TOKENS = {word: token for token, word in enumerate(WORDS)}


def test_a_row_is_a_story_from_its_first_word_to_its_end() -> None:
    stories = list(islice(talking_world.stories("en", 1), 8))
    inputs, targets = talking.rows(stories, TOKENS)
    assert inputs.shape == targets.shape == (8, 1 + max(len(story.words) for story in stories))
    for story, fed, wanted in zip(stories, inputs, targets, strict=True):
        words = [WORDS[token] for token in wanted[wanted != IGNORED].tolist()]
        assert words == [*story.words, talking_world.SEPARATOR]
        assert torch.equal(fed[1 : len(words)], wanted[: len(words) - 1])
        assert fed[0] == talking.EDGE


def test_the_model_has_the_size_that_is_promised() -> None:
    model = talking.small_model(len(WORDS))
    assert model.parameter_count() <= 800_000
    assert model.config.max_position >= 80
