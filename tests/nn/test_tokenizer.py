"""Text to tokens and back; byte pair encoding against the library `tokenizers`, merge for merge and id for id."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library
from tokenizers import decoders, models, pre_tokenizers

from data import tinytales
from data.bpe import learn_bpe, learn_with_library
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.nn.tokenizer import (
    BPE,
    BYTES_IN_ORDER,
    WORDS,
    Bytes,
    Characters,
    Tokenizer,
    UnknownCharacters,
    merge,
    tokenizer_of,
    train_bpe,
)
from tests.budget import cases

MINIMIND = Path(__file__).parents[3] / "shared" / "data" / "minimind" / "tokenizer.json"
KNOWN_SIGNS = st.characters(exclude_categories=["Cs", "Cn"])
"""Those that have a kind in every version of Unicode that is in use here."""
ALPHABETS = ("ab", "aab b", "abc \n", "猫狗 a，。", "a'st 1²Ⅷ", "\t\x1c\x85\xa0\u3000 x", "e\u0301é ", "🙂👍🏽_-")
"""Few letters, so that pairs overlap, tie, and make the same piece in two ways."""
SOME_TEXT = st.one_of(st.text(KNOWN_SIGNS), *(st.text(alphabet, max_size=120) for alphabet in ALPHABETS))


def library_with(merges: list[tuple[int, int]]) -> Library:
    """The library's encoder with these merges."""
    signs = {byte: sign for sign, byte in zip(sorted(pre_tokenizers.ByteLevel.alphabet()), BYTES_IN_ORDER, strict=True)}
    ours = BPE(merges)
    name = {token: "".join(signs[byte] for byte in ours.bytes_of(token)) for token in range(ours.size)}
    vocabulary = {said: token for token, said in name.items()}
    library = Library(models.BPE(vocabulary, [(name[left], name[right]) for left, right in merges]))
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    return library


@given(SOME_TEXT, SOME_TEXT, st.integers(256, 330))
@cases(150, nightly=5000)
def test_any_text_gives_the_library_s_merges_and_tokens(text: str, other: str, size: int) -> None:
    ours = train_bpe(text, size)
    assert ours.merges == learn_with_library(text, size).merges
    library = library_with(ours.merges)
    for each in (text, other):
        assert ours.encode(each) == library.encode(each).ids
        assert ours.decode(ours.encode(each)) == each


@pytest.mark.parametrize("language", LANGUAGES)
def test_stories_give_the_library_s_merges_and_tokens(language: Language) -> None:
    text = tinytales.text(language, 60_000, 0)
    ours = train_bpe(text, 700)
    assert ours.merges == learn_with_library(text, 700).merges == learn_bpe(text, 700).merges
    assert ours.encode(text) == library_with(ours.merges).encode(text).ids
    assert len(ours.encode(text)) < len(text)


@pytest.mark.skipif(not MINIMIND.exists(), reason="MiniMind's tokenizer does not lie beside this checkout")
def test_minimind_s_own_merges_cut_as_they_do_there() -> None:
    """Its 6,400 tokens begin with special ones; every other is the same piece here, 36 numbers earlier."""
    library, content = Library.from_file(str(MINIMIND)), json.loads(MINIMIND.read_text(encoding="utf-8"))
    special = len(content["added_tokens"])
    number = content["model"]["vocab"]
    ours = BPE([(number[left] - special, number[right] - special) for left, right in content["model"]["merges"]])
    assert (special, ours.size) == (36, 6400 - special)
    for language in LANGUAGES:
        text = tinytales.text(language, 20_000, 0) + "人工智能 2026年：It's 3.14159, don't you think?\n\n\tx == y  "
        assert [token + special for token in ours.encode(text)] == library.encode(text).ids


def test_merges_by_hand() -> None:
    """`low low lower`: l and o, then lo and w, come three times each; with the space before, twice."""
    bpe = train_bpe("low low lower", 259)
    low, o, w, space = (BYTES_IN_ORDER.index(byte) for byte in b"low ")
    assert bpe.merges == [(low, o), (256, w), (space, 257)]
    assert [bpe.bytes_of(token) for token in bpe.encode("low lowest")] == [b"low", b" low", b"e", b"s", b"t"]


def test_of_equal_pairs_the_smaller_tokens_are_merged_first() -> None:
    bpe = train_bpe("dc ba dc ba", 257)
    assert bpe.bytes_of(256) == b"ba"


def test_one_piece_may_be_made_in_two_ways() -> None:
    """`abc` is ab + c in one word and a + bc in another: two merges, one token."""
    a, b, c = (BYTES_IN_ORDER.index(byte) for byte in b"abc")
    bpe = BPE([(a, b), (256, c), (b, c), (a, 258)])
    assert bpe.size == 259
    assert bpe.encode("abc") == [257]


def test_pairs_are_merged_from_left_to_right() -> None:
    assert merge([1, 1, 1, 2, 1, 1], (1, 1), 9) == [9, 1, 2, 9]
    a = BYTES_IN_ORDER.index(ord("a"))
    assert BPE([(a, a)]).encode("aaaaa") == [256, 256, a]


@given(SOME_TEXT)
@cases(100, nightly=2000)
def test_words_hold_every_sign_once(text: str) -> None:
    assert "".join(WORDS.findall(text)) == text


def test_a_text_without_spaces_is_one_word_and_takes_no_age() -> None:
    bpe = train_bpe("abcabd", 260)
    assert len(bpe.encode("abc" * 100_000)) == 100_000


def tokenizers(text: str) -> list[Tokenizer]:
    """One of each kind for this text."""
    return [Characters(sorted(set(text))), Bytes(), train_bpe(text, 280)]


@given(SOME_TEXT)
@cases(100, nightly=2000)
def test_every_kind_gives_the_text_back(text: str) -> None:
    for tokenizer in tokenizers(text):
        tokens = tokenizer.encode(text)
        assert all(0 <= token < tokenizer.size for token in tokens)
        assert tokenizer.decode(tokens) == text
        assert b"".join(map(tokenizer.bytes_of, tokens)) == text.encode()
        again = tokenizer_of(json.loads(json.dumps(tokenizer.content())))
        assert (again.kind, again.size, again.encode(text)) == (tokenizer.kind, tokenizer.size, tokens)


def test_half_a_character_is_shown_as_such() -> None:
    for tokenizer in (Bytes(), BPE([])):
        assert tokenizer.decode(tokenizer.encode("猫")[:2]) == "\ufffd"


def test_characters_without_a_token_are_named_once() -> None:
    with pytest.raises(UnknownCharacters) as raised:
        Characters("ab").encode("abzaz猫")
    assert raised.value.characters == "z猫"


@pytest.mark.parametrize(
    "content",
    [{}, {"kind": "words"}, {"kind": "characters"}, {"kind": "bpe", "merges": [[1]]}, {"kind": "bpe", "merges": 3},
     {"kind": "bpe", "merges": [[0, 256]]}, {"kind": "bpe", "merges": [[-1, 0]]}],
)  # fmt: skip
def test_what_is_no_tokenizer_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="tokenizer"):
        tokenizer_of(content)


def test_a_vocabulary_smaller_than_the_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="no room for the 256 bytes"):
        train_bpe("a", 255)


def test_the_order_of_the_bytes_is_that_of_the_library_s_signs() -> None:
    assert sorted(BYTES_IN_ORDER) == list(range(256))
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    printing = [ord(sign) for sign in signs if ord(sign) < 256]
    assert BYTES_IN_ORDER[: len(printing)] == printing
    assert all(left < right for left, right in pairwise(BYTES_IN_ORDER[len(printing) :]))
    assert all(unicodedata.category(chr(byte))[0] not in "ZC" for byte in printing)
