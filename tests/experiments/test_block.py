"""The block's experiments: what is read is what was written, one thing differs, and what is called equal is equal."""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict
from typing import Any, get_args

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from data import tinytales
from data.corpus import load
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.nn.config import BlockOrder
from minimind_tui.run.claims import judge
from minimind_tui.run.recorder import Settings
from minimind_tui.run.request import ParameterError, validate
from minimind_tui.run.summary import Summary
from tests.experiments.loading import code_of, course, defaults_of


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
    arm: dict[str, Any] = {name: given.pop(name) for name in ("broken", "trained") if name in given}
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


def test_gate_and_up_are_swapped_after_the_training_in_the_broken_arm_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    code, kept = code_of("block/break-it"), Kept()
    trained: list[dict[str, Tensor]] = []
    measured: list[dict[str, Tensor]] = []

    def weights(model: Any) -> dict[str, Tensor]:
        return {name: weight.clone() for name, weight in model.state_dict().items()}

    monkeypatch.setattr(code, "train_on", lambda text, model, settings, record: trained.append(weights(model)))
    monkeypatch.setattr(code, "write_sample", lambda text, model, settings, record: measured.append(weights(model)))
    for broken in (False, True):
        torch.manual_seed(0)
        code.run(settings_of("block/break-it", damage="gate-up", steps=10, broken=broken), kept)
    assert all(torch.equal(weight, trained[1][name]) for name, weight in trained[0].items()), "trained alike"
    assert all(torch.equal(weight, measured[0][name]) for name, weight in trained[0].items()), "and left alone"
    other = {"gate_proj": "up_proj", "up_proj": "gate_proj"}
    for name, weight in measured[1].items():
        part = name.split(".")[-2]
        assert torch.equal(weight, trained[1][name.replace(part, other.get(part, part))]), name
    assert len(kept.notes) == 2
    assert "changed names" in kept.notes[0]


@pytest.mark.parametrize(("damage", "judged"), [("residual", True), ("mask", False)])
def test_a_claim_about_one_damage_is_not_judged_in_a_run_with_another(damage: str, judged: bool) -> None:
    spec = load_course(bundled_root()).experiments["block/break-it"]
    results = judge(spec, Summary(spec.id, 1, {"damage": damage}))
    assert ("frequencies-alone" in {result.id for result in results}) is judged
    assert "broken-worse" in {result.id for result in results}


def test_the_entropy_of_pairs_is_the_loss_of_a_table_that_was_counted() -> None:
    """0 is followed by 0 and 1 equally often, 1 by 0 always: two nats in three are worth ln 2."""
    code = code_of("block/ablation")
    tokens = torch.tensor([0, 0, 1] * 200 + [0])  # 600 pairs
    assert code.pairs_entropy(tokens, 2) == pytest.approx(2 / 3 * math.log(2))
    text = torch.randint(7, (500,), generator=torch.Generator().manual_seed(0))
    table = torch.zeros(7, 7)
    for before, after in itertools.pairwise(text.tolist()):
        table[before, after] += 1
    best = F.cross_entropy(table.log()[text[:-1]], text[1:])  # the counts, as a model that knows one character
    assert code.pairs_entropy(text, 7) == pytest.approx(best.item(), rel=1e-5)


def test_each_arm_of_the_ablation_takes_out_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    code, configs, sizes = code_of("block/ablation"), {}, {}
    monkeypatch.setattr(
        code, "train_on", lambda text, model, settings, record: configs.update({settings.without: model.config})
    )
    for arm in course().experiments["block/ablation"].arms:
        kept = Kept()
        code.run(defaults_of("block/ablation", **arm.set), kept)
        sizes[arm.set["without"]] = kept.metrics["parameters"]
        assert kept.references["entropy"] < kept.references["pairs"] < kept.references["letters"]
    whole = asdict(configs["nothing"])
    for without, config in configs.items():
        changed = [name for name, value in asdict(config).items() if value != whole[name]]
        assert changed == [name for name in changed if name in code.WITHOUT[without]]
        assert len(changed) == (without != "nothing")
    C, M, layers = whole["hidden_size"], 192, whole["num_layers"]
    assert sizes["nothing"] - sizes["attention"] == layers * 4 * C * C
    assert sizes["nothing"] - sizes["ffn"] == layers * (3 * C * M + C), "three matrices, and the norm before them"
    assert sizes["nothing"] - sizes["norm"] == (2 * layers + 1) * C
    assert sizes["residual"] == sizes["position"] == sizes["nothing"], "neither has parameters"


def test_the_three_orders_begin_with_the_same_weights_and_differ_in_what_they_do() -> None:
    code = code_of("block/order")
    arms = course().experiments["block/order"].arms
    assert {arm.set["order"] for arm in arms} == set(get_args(BlockOrder))
    models = []
    for arm in arms:
        settings = defaults_of("block/order", **arm.set)
        models.append(code.build(settings, code.load_text(settings, Kept()), 2))
    for model in models[1:]:
        torch.testing.assert_close(model.state_dict(), models[0].state_dict(), rtol=0, atol=0)
    ids = torch.tensor([[1, 2, 3, 4]])
    one, other, third = (model(ids).logits for model in models)
    assert not torch.allclose(one, other)
    assert not torch.allclose(one, third)
    assert models[0].model.embed_tokens.weight.std().item() == pytest.approx(1, rel=0.1)


def test_both_models_of_an_order_are_recorded() -> None:
    kept = Kept()
    settings = defaults_of("block/order", order="parallel", layers=3, steps=2, block=8, batch=1)
    code_of("block/order").run(settings, kept)
    V, C, M = load(settings.corpus, settings.language, 200_000, seed=0).tokenizer.size, 64, 192
    assert kept.metrics["parameters"] == 2 * V * C + 3 * (4 * C * C + 3 * C * M + 2 * C) + C
    assert kept.metrics["one_validation_loss"] != kept.metrics["validation_loss"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_depth_has_the_same_parameters_within_three_percent(language: Language) -> None:
    code, sizes, widths = code_of("block/depth-or-width"), [], []
    for arm in course().experiments["block/depth-or-width"].arms:
        settings = defaults_of("block/depth-or-width", **arm.set, language=language)
        text = code.load_text(settings, Kept())
        model = code.build(settings, text)
        C, L, V = model.config.hidden_size, settings.depth, text.vocab_size
        assert model.parameter_count() == code.size(settings, V, C, L) + (2 * L + 1) * C, "the norms are left out"
        assert model.config.num_layers == L
        sizes.append(model.parameter_count())
        widths.append(C)
    assert widths == sorted(widths, reverse=True)
    assert widths[2] == 64, "4 layers have the settings' width"
    assert max(sizes) / min(sizes) < 1.03


def test_depth_or_width_records_what_its_lesson_quotes() -> None:
    kept = Kept()
    settings = defaults_of("block/depth-or-width", depth=2, steps=3, block=8, batch=1)
    code_of("block/depth-or-width").run(settings, kept)
    assert kept.metrics["milliseconds"] > 0
    assert kept.metrics["hidden_size"] > 64
    assert {"parameters", "validation_loss", "loss", "gradient_norm"} <= kept.metrics.keys()


def test_each_arm_of_fast_training_sets_back_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is trained: what the loop would be given is looked at."""
    code = code_of("block/fast-training")
    given: dict[str, dict[str, Any]] = {}

    def look(model: Any, optimizers: list[Any], batches: Any, **options: Any) -> list[Any]:
        batch = len(next(iter(batches))[0])
        given[arm.id] = {
            "config": asdict(model.config),
            "parameters": model.parameter_count(),
            "text": batch * options["steps"],
            "optimizers": [type(each).__name__ for each in optimizers],
            "rates": [each.param_groups[0]["lr"] for each in optimizers],
            "steps": options["steps"],
            "schedule": options["schedule"],
        }
        return []

    monkeypatch.setattr(code, "updates", look)
    for arm in course().experiments["block/fast-training"].arms:
        torch.manual_seed(1)
        code.run(defaults_of("block/fast-training", **arm.set), Kept())
    recipe = given["recipe"]
    model_parts = {
        "position": {"position"},
        "initialization": {"initialization", "zero_output", "embedding_std"},
        "ffn": {"ffn", "intermediate_size"},
        "norm": {"norm"},
    }
    model_parts["model"] = set.union(*model_parts.values())
    for name, seen in given.items():
        different = {key for key, value in seen["config"].items() if value != recipe["config"][key]}
        assert different == model_parts.get(name, set()), name
        assert seen["parameters"] == pytest.approx(recipe["parameters"], rel=0.03), name
        assert seen["text"] == recipe["text"], name
        if name in model_parts:
            assert {**seen, "config": 0, "parameters": 0} == {**recipe, "config": 0, "parameters": 0}, name
    assert given["optimizer"]["optimizers"] == ["AdamW"]
    assert given["learning_rate"]["rates"] == pytest.approx([rate / 5 for rate in recipe["rates"]])
    assert given["batch"]["steps"] * 5 == recipe["steps"]
    assert given["batch"]["rates"] == recipe["rates"]
    assert [name for name, seen in given.items() if seen["schedule"] != "wsd"] == ["schedule"]
