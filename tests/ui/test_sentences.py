"""The foot of a screen has a sentence for every state of its session, and its keys are bindings that there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

import pytest

from minimind_tui.base.text import Text
from minimind_tui.practice import exercise_session, review_sitting, sitting
from minimind_tui.ui.exercise import words
from minimind_tui.ui.keymap import declared
from minimind_tui.ui.screens import quiz, review


@pytest.mark.parametrize(
    ("states", "sentences"),
    [
        (exercise_session.State, words.SENTENCES),
        (sitting.Stage, quiz.SENTENCES),
        (review_sitting.Stage, review.SENTENCES),
    ],
)
def test_every_state_has_a_sentence_with_the_same_keys_in_both_languages(
    states: type[Enum], sentences: Mapping[Enum, Text]
) -> None:
    known = declared()
    assert set(sentences) == set(states)
    for state, sentence in sentences.items():
        keys = re.findall(r"{([^}]*)}", sentence.zh)
        assert keys == re.findall(r"{([^}]*)}", sentence.en), state
        assert all(key in known for key in keys), state
