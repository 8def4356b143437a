"""BPE for a corpus: the same pieces as `nn.tokenizer.train_bpe`, sooner where the library `tokenizers` is installed."""

from __future__ import annotations

import json

from minimind_tui.nn.tokenizer import BPE, train_bpe


def learn_bpe(text: str, size: int) -> BPE:
    """`size` tokens learned from `text`: what `train_bpe` gives, merge for merge."""
    try:
        return learn_with_library(text, size)
    except ImportError:  # the extra `fast` is not installed
        return train_bpe(text, size)


def learn_with_library(text: str, size: int) -> BPE:
    """The library's merges, in the numbers of its tokens. Its bytes are in GPT-2's order, as ours are.

    Raises ImportError where it is not installed.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    all_bytes = pre_tokenizers.ByteLevel.alphabet()
    learner.train_from_iterator(
        [text], trainers.BpeTrainer(vocab_size=size, initial_alphabet=all_bytes, show_progress=False)
    )
    model = json.loads(learner.to_str())["model"]
    return BPE([(model["vocab"][left], model["vocab"][right]) for left, right in model["merges"]])
