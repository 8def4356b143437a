"""The sentence at the foot of a lesson or a lab, from facts alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from minimind_tui.base.text import LANGUAGES
from minimind_tui.content.course import load_course
from minimind_tui.content.schema import Experiment
from minimind_tui.ui.keymap import declared
from minimind_tui.ui.study.guide import Facts, guide
from tests.tiny import tiny_course

READING = Facts(
    kind="lesson",
    pane="lesson",
    read=False,
    one_pane=False,
    has_run=False,
    has_experiments=True,
    all_run=False,
    to_run=None,
    predicts=False,
)
READ = replace(READING, read=True)
IN_LAB = replace(READING, pane="lab")
LAB_ALONE = replace(READING, kind="experiment", pane="lab", has_experiments=False, all_run=True)


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return load_course(tiny_course(tmp_path_factory.mktemp("guide") / "course")).experiments["small/count"]


def english(facts: Facts, experiment: Experiment | None = None) -> str:
    return guide(replace(facts, to_run=experiment), "ON", lambda onward: f"LAB {onward}", lambda _, en: en)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (READING, "{lesson.page} to read on"),
        (READ, "Read. ON"),
        (IN_LAB, "LAB {study.switch} to read on"),
        (replace(IN_LAB, all_run=True), "LAB {study.switch} to read on"),
        (replace(IN_LAB, read=True), "LAB {study.switch} to read on"),
        (replace(IN_LAB, read=True, all_run=True), "LAB ON"),
        (replace(IN_LAB, one_pane=True), "LAB {study.switch} to read on; {study.switch} back to the lesson"),
        (replace(IN_LAB, one_pane=True, has_run=True), "LAB {study.switch} to read on"),
        (replace(IN_LAB, has_experiments=False), "{study.switch} back to the lesson"),
        (LAB_ALONE, "LAB ON"),
        (replace(LAB_ALONE, one_pane=True), "LAB ON; {study.switch} for the text"),
        (replace(LAB_ALONE, one_pane=True, has_run=True), "LAB ON"),
    ],
)
def test_what_comes_next(facts: Facts, sentence: str) -> None:
    assert english(facts) == sentence


def test_an_experiment_that_waits_comes_before_reading_on(counting: Experiment) -> None:
    assert english(READING, counting) == "{lab.run}: run “Counting”"
    assert english(READ, counting) == "{lab.run}: run “Counting”, or ON"
    assert english(replace(READING, predicts=True), counting) == "{lab.run}: predict and run “Counting”"
    assert english(IN_LAB, counting) == english(IN_LAB), "in the lab the run itself says what it asks for"


def test_every_key_that_is_named_is_a_binding_in_both_languages(counting: Experiment) -> None:
    known = declared()
    for facts in (READING, READ, IN_LAB, replace(IN_LAB, has_experiments=False, one_pane=True), LAB_ALONE):
        for waiting in (None, counting):
            said = [
                guide(replace(facts, to_run=waiting), "", str, lambda zh, en, n=number: (zh, en)[n])  # type: ignore[misc]
                for number in range(len(LANGUAGES))
            ]
            keys = [re.findall(r"{([^}]*)}", sentence) for sentence in said]
            assert keys[0] == keys[1]
            assert all(key in known for key in keys[0])
