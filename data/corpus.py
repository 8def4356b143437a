"""A corpus ready for training: the text, its tokens, and its entropy where it is known.

One place for the built-in stories and for the texts in the learner's cache, so that an experiment takes
either by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from data import tinytales
from data.bpe import learn_bpe
from data.tinytales.grammar import Language
from minimind_tui.base.home import Home
from minimind_tui.datasets import corpora
from minimind_tui.nn.tokenizer import Bytes, Characters, Tokenizer

TokenizerName = Literal["characters", "bytes", "bpe"]

PIECES = 512
"""The vocabulary of `bpe`: the 256 bytes and as many pieces, learned from the text itself."""

LEARNED_FROM = 0.9
"""The part of the text that the pieces are learned from: the rest is for validation."""


@dataclass(frozen=True)
class Corpus:
    """A text and its tokens, N of them.

    `entropy` is the lowest possible loss in nats per token, or None where nobody knows it.
    """

    name: str
    text: str
    tokenizer: Tokenizer
    tokens: Tensor  # (N,)
    entropy: float | None


def load(
    name: str,
    language: Language,
    characters: int,
    seed: int,
    *,
    tokenizer: TokenizerName = "characters",
    folder: Path | None = None,
) -> Corpus:
    """The first `characters` characters of the corpus `name`, in tokens.

    `language` and `seed` choose the stories of `tinytales`, and mean nothing to a stored text. A text shorter
    than `characters` is given whole. The alphabet is that of the whole corpus, so that the uniform loss
    ln V does not depend on the length. Raises CorpusError, naming the command to run, if the text is not
    here. `folder` is the cache of texts, by default the learner's.
    """
    if name == corpora.BUILT_IN:
        text = tinytales.text(language, characters, seed)
        alphabet, entropy = tinytales.alphabet(language), tinytales.entropy_per_character(language)
        return _corpus(name, text, alphabet, tokenizer, entropy)
    catalogue = corpora.read_catalogue(Path(__file__).with_name("corpora.toml"))
    path = corpora.find(name, catalogue, folder or Home.from_environment().corpora)
    whole = path.read_text(encoding="utf-8-sig")
    return _corpus(name, whole[:characters], sorted(set(whole)), tokenizer, None)


def _corpus(name: str, text: str, alphabet: list[str], kind: TokenizerName, entropy: float | None) -> Corpus:
    """`entropy` is in nats per character. The text holds so much in whatever tokens it is written."""
    tokenizer = tokenizer_for(text, alphabet, kind)
    tokens = torch.tensor(tokenizer.encode(text))  # (N,)
    return Corpus(name, text, tokenizer, tokens, None if entropy is None else entropy * (len(text) / len(tokens)))


def tokenizer_for(text: str, alphabet: list[str], kind: TokenizerName) -> Tokenizer:
    """The tokenizer that `kind` names, for this text."""
    if kind == "characters":
        return Characters(alphabet)
    if kind == "bytes":
        return Bytes()
    return learn_bpe(text[: int(LEARNED_FROM * len(text))], PIECES)
