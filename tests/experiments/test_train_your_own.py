"""The experiment on a small budget: it keeps models that can be written with, and measures what it writes by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from data.corpus import Corpus
from experiments.language_model import Text
from minimind_tui.nn.checkpoint import Stage, unpack_model
from minimind_tui.nn.tokenizer import Characters
from minimind_tui.nn.writing import write
from minimind_tui.run.checkpoint import Checkpoint, kept_models
from minimind_tui.run.ending import LOG
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.log_writer import Log
from minimind_tui.run.recorder import Recorder
from minimind_tui.run.records import Sample
from minimind_tui.run.summary import ArmSummary, Summary
from tests.experiments.loading import code_of, defaults_of

REF = "block/train-your-own"
SMALL = {"trained": True, "width": 32, "layers": 1, "heads": 2, "block": 32, "batch": 4, "steps": 20}


ALPHABET = Characters("abcdefghxyz")
TOKENS = torch.tensor(ALPHABET.encode("abcdefgh" + "xyzxyzxyz"))
TEXT = Text(Corpus("letters", "abcdefghxyzxyzxyz", ALPHABET, TOKENS, None), TOKENS[:8], TOKENS[8:])


def test_known_pieces_by_hand() -> None:
    """Of `abcdefx` abcde and bcdef stand in the training text, cdefx does not; xyzxy is not training text."""
    code: Any = code_of(REF)
    assert code.known_pieces(["abcdefx"], TEXT) == pytest.approx(2 / 3)
    assert code.known_pieces(["xyzxy", "defgh"], TEXT) == pytest.approx(1 / 2)


def recorded(tmp_path: Path, **changes: Any) -> ArmSummary:
    """The arm after a short run in this folder."""
    code: Any = code_of(REF)
    log = Log(tmp_path)
    record = Recorder(log, "model", Checkpoint(tmp_path / "checkpoints" / "model.safetensors", log.flush))
    torch.manual_seed(1)
    code.run(defaults_of(REF, **{**SMALL, **changes}), record)
    log.end("finished", seconds=0.0)
    summary = Summary()
    for event in merged(Tail(tmp_path / LOG).events()):
        summary.apply(event)
    return summary.arms["model"]


@pytest.mark.parametrize("tokenizer", ["characters", "bytes", "bpe"])
def test_what_was_kept_writes_what_was_written(tmp_path: Path, tokenizer: str) -> None:
    """At each of five moments a model is kept, and the last one's is the model that was trained."""
    arm = recorded(tmp_path, tokenizer=tokenizer)
    kept = {step: unpack_model(file.read_bytes()) for step, file in kept_models(tmp_path)["model"].items()}
    assert list(kept) == [0, 2, 6, 12, 20]
    assert [model.step for model in kept.values()] == list(kept)
    assert list(arm.metrics["loss"].steps) == list(range(1, 21))
    assert arm.metrics["parameters"].last == kept[20].model.parameter_count()
    assert arm.metrics["validation_loss"].values[0] == pytest.approx(arm.references["uniform"], abs=1e-4)
    assert arm.metrics["learning_rate"].values[2:8] == pytest.approx([0.06] * 6)
    assert all(value > 0 for value in arm.metrics["tokens_per_second"].values)
    for step, model in kept.items():
        samples = [sample for sample in arm.all(Sample) if sample.step == step]
        assert len(samples) == 3
        assert len({sample.prompt for sample in samples}) == 3
        if tokenizer == "characters":
            assert {len(sample.text) for sample in samples} == {80}
        likeliest = "".join(write(model, samples[0].prompt, 5, temperature=0))
        assert len(likeliest) >= 5
        assert model.tokenizer.kind == tokenizer
        assert model.lineage == (Stage(tmp_path.name, "tinytales", 1),)


def test_the_loss_per_byte_compares_what_the_loss_per_token_cannot(tmp_path: Path) -> None:
    """A model that knows nothing yet: V tokens are guessed with ln V each, and the longer ones have more bytes."""
    per_byte, floor = {}, {}
    for tokenizer in ("characters", "bytes", "bpe"):
        (tmp_path / tokenizer).mkdir()
        arm = recorded(tmp_path / tokenizer, tokenizer=tokenizer, steps=1, language="zh")
        loss, first = (arm.metrics[name].values[0] for name in ("validation_loss", "nats_per_byte"))
        assert loss == pytest.approx(arm.references["uniform"], abs=1e-4)
        per_byte[tokenizer], floor[tokenizer] = first, arm.references["entropy_per_byte"]
        assert floor[tokenizer] == pytest.approx(first * arm.references["entropy"] / loss, rel=1e-4)
    assert per_byte["bytes"] == pytest.approx(math.log(256), abs=1e-4)
    assert max(per_byte["characters"], per_byte["bpe"]) < per_byte["bytes"] / 3, "a Chinese character is three bytes"
    assert max(floor.values()) / min(floor.values()) < 1.15, "the text holds the same, however it is cut"
