"""What the experiments with a small language model share."""

from __future__ import annotations

import pytest

from experiments.language_model import unseen_blocks
from tests.experiments.toys import text_of


def test_a_text_whose_held_out_part_is_too_short_says_which_part_and_how_long_it_must_be() -> None:
    text = text_of(*range(8))
    too_short = r"^the held-out last tenth of the text has 8 tokens, but a context of 8 needs at least 9 there"
    with pytest.raises(ValueError, match=too_short):
        unseen_blocks(text, 8)
    assert len(unseen_blocks(text, 7)) == 2
