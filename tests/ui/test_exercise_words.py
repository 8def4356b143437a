"""The foot of the exercise screen has a sentence for every state, and its keys are bindings that there are."""

from __future__ import annotations

import re

from minimind_tui.practice.exercise_session import State
from minimind_tui.ui.exercise.words import SENTENCES
from minimind_tui.ui.keymap import declared


def test_every_state_has_a_sentence_with_the_same_keys_in_both_languages() -> None:
    known = declared()
    assert set(SENTENCES) == set(State)
    for state, sentence in SENTENCES.items():
        keys = re.findall(r"{([^}]*)}", sentence.zh)
        assert keys == re.findall(r"{([^}]*)}", sentence.en), state
        assert all(key in known for key in keys), state
