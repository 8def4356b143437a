"""A corpus ready for training: the text, its characters as tokens, and its entropy where it is known.

One place for the built-in stories and for the texts in the learner's cache, so that an experiment takes
either by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from data import tinytales
from data.tinytales.grammar import Language
from minimind_tui.content import corpora
from minimind_tui.home import Home


@dataclass(frozen=True)
class Corpus:
    """A text and its tokens: `tokens[i]` is the place of `text[i]` in `vocabulary`, which is sorted.

    `entropy` is the lowest possible loss in nats a character, or None where nobody knows it.
    """

    name: str
    text: str
    vocabulary: list[str]
    tokens: list[int]
    entropy: float | None
    _places: dict[str, int] = field(repr=False)

    def encode(self, text: str) -> list[int]:
        """The tokens of `text`; raises KeyError for a character that the corpus does not have."""
        return [self._places[character] for character in text]

    def decode(self, tokens: list[int]) -> str:
        """The text of `tokens`."""
        return "".join(self.vocabulary[token] for token in tokens)


def load(name: str, language: Language, characters: int, seed: int, *, folder: Path | None = None) -> Corpus:
    """The first `characters` characters of the corpus `name`.

    `language` and `seed` choose the stories of `tinytales`, and mean nothing to a stored text. A text shorter
    than `characters` is given whole. The vocabulary is that of the whole corpus, so that the uniform loss
    ln V does not depend on the length. Raises CorpusError, naming the command to run, if the text is not
    here. `folder` is the cache of texts, by default the learner's.
    """
    if name == corpora.BUILT_IN:
        text = tinytales.text(language, characters, seed)
        return _corpus(name, text, tinytales.alphabet(language), tinytales.entropy_per_character(language))
    catalogue = corpora.read_catalogue(Path(__file__).with_name("corpora.toml"))
    path = corpora.find(name, catalogue, folder or Home.from_environment().corpora)
    whole = path.read_text(encoding="utf-8-sig")
    return _corpus(name, whole[:characters], sorted(set(whole)), None)


def _corpus(name: str, text: str, vocabulary: list[str], entropy: float | None) -> Corpus:
    places = {character: place for place, character in enumerate(vocabulary)}
    return Corpus(name, text, vocabulary, [places[character] for character in text], entropy, places)
