"""The tracer's sentences and break it's damages: what is read is what was written, what is broken is one thing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
import torch

from data import tinytales
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import LANGUAGES, Language
from minimind_tui.run.claims import judge
from minimind_tui.run.recorder import Settings
from minimind_tui.run.request import ParameterError, validate
from minimind_tui.run.summary import Summary
from tests.experiments.loading import code_of


class Kept:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.tensors: list[str] = []
        self.matrices: dict[str, Any] = {}
        self.metrics: dict[str, Any] = {}
        self.notes: list[str] = []
        self.references: dict[str, float] = {}
        self.checkpoint = None

    def tensor(self, name: str, tensor: torch.Tensor, **fields: Any) -> None:
        self.tensors.append(name)

    def matrix(self, name: str, rows: torch.Tensor, **fields: Any) -> None:
        self.matrices[name] = (rows, fields)

    def metric(self, step: int, **values: Any) -> None:
        self.metrics.update(values)

    def note(self, zh: str, en: str) -> None:
        self.notes.append(en)

    def reference(self, name: str, value: float) -> None:
        self.references[name] = value

    def sample(self, text: str, **fields: Any) -> None:
        pass

    def plan(self, steps: int) -> None:
        pass


def settings_of(ref: str, language: Language = "en", **given: Any) -> Settings:
    """All parameters of an experiment, those given in the place of the defaults."""
    arm = {name: given.pop(name) for name in ("broken", "trained") if name in given}
    values = validate(load_course(bundled_root()).experiments[ref], given, language=language)
    return Settings({**values, **arm, "seed": 1})


@pytest.mark.parametrize(
    ("language", "sentence", "words"),
    [
        ("en", "Mia  had 2 kites, and it's HOT!", ["mia", "had", "2", "kites", ",", "and", "it's", "hot", "!"]),
        (
            "zh",
            "小明在公园里遇见了一个GPT机器人。",
            ["小明", "在", "公园里", "遇见", "了", "一个", "gpt", "机", "器", "人", "。"],
        ),
        ("en", "", []),
    ],
)
def test_a_sentence_is_cut_as_the_stories_are(language: Language, sentence: str, words: list[str]) -> None:
    assert code_of("block/shape-tracer").cut(sentence, tinytales.vocabulary(language)) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_is_cut_into_its_own_words(language: Language) -> None:
    story = tinytales.generate(language, 1, seed=3)[0].words
    joined = ("" if language == "zh" else " ").join(story)
    assert code_of("block/shape-tracer").cut(joined, tinytales.vocabulary(language)) == list(story)


def test_an_own_sentence_goes_through_the_block_and_unknown_words_are_named() -> None:
    kept, code = Kept(), code_of("block/shape-tracer")
    code.run(settings_of("block/shape-tracer", sentence="Attention is all Mia had", trained=False), kept)
    assert [name for name in kept.tensors if name in code.SAYS or name == "block_2"] == kept.tensors
    assert len(kept.matrices) == 2 * code.HEADS, "every head of both layers"
    rows, labels = kept.matrices["head L2-4"]
    assert labels["row_labels"] == ["attention", "is", "all", "mia", "had"]
    torch.testing.assert_close(rows.sum(-1), torch.ones(5))
    assert "attention, is, all" in kept.notes[0]
    assert "mia" not in kept.notes[0]


def test_a_text_keeps_to_its_line_and_length() -> None:
    spec = load_course(bundled_root()).experiments["block/shape-tracer"]
    assert validate(spec, {"sentence": " a\n\x1b[31mb \u202e c "})["sentence"] == "a [31mb c"
    with pytest.raises(ParameterError, match="120 at most"):
        validate(spec, {"sentence": "x" * 121})


@pytest.mark.parametrize("damage", ["norm", "scaling", "mask", "residual", "position", "learning-rate"])
def test_each_damage_changes_one_setting_and_says_so(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, kept = code_of("block/break-it"), Kept()
    trained: list[dict[str, Any]] = []

    def no_training(text: Any, model: Any, settings: Settings, record: Any) -> None:
        trained.append({**asdict(model.config), "learning_rate": settings.learning_rate})

    monkeypatch.setattr(code, "train_on", no_training)
    for broken in (False, True):
        code.run(settings_of("block/break-it", damage=damage, steps=10, broken=broken), kept)
    healthy, damaged = trained
    changed = [name for name in healthy if healthy[name] != damaged[name]]
    assert len(changed) == 1
    assert kept.notes[0] == (
        f"The arms' settings differ in one place: {changed[0]}: {healthy[changed[0]]} → {damaged[changed[0]]}."
    )
    assert len(kept.notes) == 2, "and why it does what it does"
    assert kept.references["letters"] < kept.references["uniform"]


@pytest.mark.parametrize(("damage", "judged"), [("residual", True), ("mask", False)])
def test_a_claim_about_one_damage_is_not_judged_in_a_run_with_another(damage: str, judged: bool) -> None:
    spec = load_course(bundled_root()).experiments["block/break-it"]
    results = judge(spec, Summary(spec.id, 1, {"damage": damage}))
    assert ("frequencies-alone" in {result.id for result in results}) is judged
    assert "broken-worse" in {result.id for result in results}
