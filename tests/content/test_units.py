"""Sentences say what a token of the run is: a character, a byte, or a token."""

from __future__ import annotations

import math

import pytest

from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Claim, Experiment
from minimind_tui.content.tables import Value
from minimind_tui.content.units import NAMES, PARAMETER, PLACE, with_units
from minimind_tui.run.events import ArmStarted
from minimind_tui.run.records import Reference
from minimind_tui.run.summary import ClaimResult, Summary
from minimind_tui.views.curves import PlotData
from minimind_tui.views.findings import claim_sentence
from minimind_tui.views.plots import kind_of
from tests.plots import shown

UNIT = Text(zh="nats/{token}，没见过的", en="nats per {token}, unseen")
EXPERIMENTS = load_course(bundled_root()).experiments


@pytest.mark.parametrize(
    ("parameters", "zh", "en"),
    [
        ({}, "nats/字符，没见过的", "nats per character, unseen"),
        ({"tokenizer": "characters"}, "nats/字符，没见过的", "nats per character, unseen"),
        ({"tokenizer": "bytes"}, "nats/字节，没见过的", "nats per byte, unseen"),
        ({"tokenizer": "bpe"}, "nats/token，没见过的", "nats per token, unseen"),
        ({"tokenizer": 3}, "nats/token，没见过的", "nats per token, unseen"),
    ],
)
def test_the_name_of_a_token(parameters: dict[str, Value], zh: str, en: str) -> None:
    assert with_units(UNIT, parameters, "zh") == zh
    assert with_units(UNIT, parameters, "en") == en
    assert with_units(None, parameters, "en") == ""


def result_of(claim: Claim) -> ClaimResult:
    return ClaimResult(claim.id, "holds", dict.fromkeys((*claim.values, "measure"), math.pi))


def own() -> Experiment:
    return EXPERIMENTS["block/train-your-own"]


def test_a_plot_and_a_finding_take_the_tokens_of_their_run() -> None:
    for tokenizer, expected in (("characters", "nats per character"), ("bytes", "nats per byte")):
        summary = Summary()
        summary.parameters = {"tokenizer": tokenizer}
        assert shown(own(), own().plots[0], summary, "en").y_label == expected
        claim = own().claims[0]
        assert claim_sentence(claim, result_of(claim), summary.parameters, "en").endswith(f"{expected}.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_leaves_a_place_open(language: Language) -> None:
    """Titles and help are shown as they are: no unit stands in them."""
    for spec in EXPERIMENTS.values():
        for plot in spec.plots:
            shown = [text.of(language) for text in (plot.title, plot.help, getattr(plot, "x_label", None)) if text]
            assert f"{{{PLACE}}}" not in "".join(shown)
        for claim in spec.claims:
            assert "{" not in claim_sentence(claim, result_of(claim), {}, language), (spec.id, claim.id)


def test_every_tokenizer_that_has_a_word_can_be_chosen_somewhere() -> None:
    every = [each for spec in EXPERIMENTS.values() for each in spec.parameters if each.name == PARAMETER]
    assert {choice for each in every for choice in each.choices} >= set(NAMES)


def drawn(tokenizer: str, floor: float) -> PlotData:
    """What the first plot of a run with this tokenizer draws."""
    summary = Summary()
    summary.parameters = {"tokenizer": tokenizer}
    summary.apply(ArmStarted(arm="model"))
    for name, value in (("uniform", 5.5), ("entropy", floor)):
        summary.apply(Reference(arm="model", name=name, value=value))
    found: PlotData = shown(own(), own().plots[0], summary, "en")
    return found


def test_two_runs_with_other_tokens_keep_their_units_and_lines() -> None:
    kind = kind_of(own().plots[0])
    both = kind.together([("A", drawn("bytes", 0.1)), ("B", drawn("bpe", 0.4))], 1)
    assert both.y_label == "A nats per byte · B nats per token"
    assert [(line.label, line.value) for line in both.references] == [
        ("guessing, ln V", 5.5),
        ("A entropy floor", 0.1),
        ("B entropy floor", 0.4),
    ]
    alike = kind.together([("A", drawn("bytes", 0.1)), ("B", drawn("bytes", 0.1))], 1)
    assert alike.y_label == "nats per byte"
    assert [line.label for line in alike.references] == ["guessing, ln V", "entropy floor"]
