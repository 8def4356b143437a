"""TinyTales: short stories in English and Chinese, every choice of which has a declared probability.

Made for experiments: the best possible loss is known exactly, people and objects come back at a distance,
each pronoun has one right referent, the order of words decides what follows, and facts are asked for later.
The choices stand in `en.toml` and `zh.toml`.
"""

from data.tinytales.entropy import entropy_per_character, simple_entropy_per_word
from data.tinytales.generate import (
    SEPARATOR,
    alphabet,
    generate,
    simple_story,
    simple_vocabulary,
    text,
    vocabulary,
)
from data.tinytales.story import Pronoun, Span, Story

__all__ = [
    "SEPARATOR",
    "Pronoun",
    "Span",
    "Story",
    "alphabet",
    "entropy_per_character",
    "generate",
    "simple_entropy_per_word",
    "simple_story",
    "simple_vocabulary",
    "text",
    "vocabulary",
]
