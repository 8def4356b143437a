"""A saved model is the model that was saved, with its tokenizer and its line of descent; older files open too."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import torch
from safetensors.torch import load, save

from minimind_tui.nn.checkpoint import SavedModel, Stage, pack, pack_model, unpack, unpack_model
from minimind_tui.nn.config import NTK, ModelConfig, Position, YaRN
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.tokenizer import Bytes, Characters, Tokenizer, train_bpe
from minimind_tui.nn.training import adamw

LINEAGE = (Stage("20261130-base", "tinytales", 1), Stage("20261130-talk", "mine", 2))
TOKENIZERS: list[Tokenizer] = [Characters("\n abc猫"), Bytes(), train_bpe("the cat sat on the mat", 262)]


def model_of(
    tokenizer: Tokenizer, scaling: YaRN | NTK | None = None, position: Position = "rope", tied: bool = True
) -> MiniMind:
    torch.manual_seed(3)
    return MiniMind(
        ModelConfig(
            vocab_size=tokenizer.size, hidden_size=16, num_layers=2, num_heads=2, num_kv_heads=1, max_position=64,
            rope_scaling=scaling, position=position, tied=tied, qk_norm=True,
        )
    ).eval()  # fmt: skip


def header_of(content: bytes) -> dict[str, str]:
    return dict(json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"])


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda each: each.kind)
@pytest.mark.parametrize("scaling", [None, YaRN(factor=4.0, attention_factor=1.0), YaRN(), NTK(factor=2.0)], ids=str)
@pytest.mark.parametrize("tied", [True, False])
def test_what_is_saved_computes_the_same_bits(tokenizer: Tokenizer, scaling: YaRN | NTK | None, tied: bool) -> None:
    model = model_of(tokenizer, scaling, tied=tied)
    content = pack_model(SavedModel(model, tokenizer, 32, 7, LINEAGE))
    found = unpack_model(content)
    ids = torch.randint(tokenizer.size, (2, 64))
    assert torch.equal(found.model(ids).logits, model(ids).logits)
    assert found.model.config == model.config
    assert (found.window, found.step, found.lineage) == (32, 7, LINEAGE)
    assert (found.tokenizer.kind, found.tokenizer.content()) == (tokenizer.kind, tokenizer.content())
    assert not found.model.training


@pytest.mark.parametrize("position", ["rope", "sinusoidal", "alibi", "learned", "none"])
def test_what_can_be_computed_is_not_in_the_file(position: Position) -> None:
    model = model_of(TOKENIZERS[0], position=position)
    for tensors in (
        load(pack_model(SavedModel(model, TOKENIZERS[0], 32, 7))),
        load(pack(model, [], 7)),
    ):
        numbers = sum(tensor.numel() for name, tensor in tensors.items() if name != "random")
        assert numbers == model.parameter_count()


def format_1(model: MiniMind, alphabet: str) -> bytes:
    """What was written before there were numbers: the alphabet, and the tables of RoPE among the weights."""
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    header = {"step": "7", "window": "32", "vocabulary": json.dumps(list(alphabet))}
    config = {"config": json.dumps(asdict(model.config))}
    return save({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {**header, **config})


def test_a_file_of_format_1_opens() -> None:
    alphabet = Characters("\n abc猫")
    model = model_of(alphabet)
    found = unpack_model(format_1(model, "\n abc猫"))
    ids = torch.randint(alphabet.size, (1, 40))
    assert torch.equal(found.model(ids).logits, model(ids).logits)
    assert (found.tokenizer.content(), found.window, found.step, found.lineage) == (alphabet.content(), 32, 7, ())


def test_a_training_kept_with_its_tables_goes_on() -> None:
    model = model_of(TOKENIZERS[0])
    content = pack(model, [adamw(model, 0.01)], 5)
    older = {**load(content), **{f"model.{name}": table for name, table in model.named_buffers()}}
    other = model_of(TOKENIZERS[0])
    with torch.no_grad():
        other.lm_head.weight.zero_()
    unpack(save(older, {"step": "5"}), other, [adamw(other, 0.01)])
    assert torch.equal(other.lm_head.weight, model.lm_head.weight)


def changed(content: bytes, drop: str = "", **header: str) -> bytes:
    """The file with other words in its header, or without one tensor."""
    tensors = load(content)
    tensors.pop(drop, None)
    return save(tensors, {**header_of(content), **header})


def test_what_is_no_saved_model_is_refused_by_name() -> None:
    content = pack_model(SavedModel(model_of(TOKENIZERS[0]), TOKENIZERS[0], 32, 7, LINEAGE))
    for broken, said in (
        (changed(content, format="3"), "it has format 3, and this version reads 2"),
        (changed(content, drop="model.norm.weight"), "model.norm.weight"),
        (changed(content, tokenizer='{"kind": "words"}'), "no tokenizer is called 'words'"),
        (changed(content, lineage='[{"run": 1}]'), "no saved model"),
        (changed(content, config="[]"), "no saved model"),
        (changed(content, config='{"rope_scaling": {"kind": "other"}}'), "no saved model"),
        (content[:100], "Unterminated|no saved model|char"),
        (b"", "char 0"),
    ):
        with pytest.raises(ValueError, match=said):
            unpack_model(broken)
