"""Text to tokens and back: characters, bytes, and pieces that are learned by byte pair encoding.

A model reads and writes numbers. What one number stands for is a choice: a character (short texts, a small vocabulary,
but none for a character that the corpus lacks), a byte (256 of them write anything, in long sequences), or a piece of
several bytes that often come together (Sennrich et al. 2016; on bytes: Radford et al. 2019, section 2.2).

A loss per token cannot be compared between them, since a longer token is harder to guess. `bytes_of` is there for that:
the same loss per byte can.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Any, Protocol

import regex

Pair = tuple[int, int]
"""Two tokens next to each other."""

WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
"""What no piece reaches across (Radford et al. 2019): a word with the space before it, a number, signs, white space."""


class Tokenizer(Protocol):
    """What every kind can do."""

    kind: str

    @property
    def size(self) -> int:
        """V: how many different tokens there are; they are the numbers from 0 to V - 1."""
        ...

    def encode(self, text: str) -> list[int]:
        """The tokens of `text`. Raises `UnknownCharacters` where it cannot be written in them."""
        ...

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of `tokens`; bytes that make no character are shown as U+FFFD."""
        ...

    def bytes_of(self, token: int) -> bytes:
        """The UTF-8 bytes that one token stands for: a part of a character, or several."""
        ...

    def content(self) -> dict[str, Any]:
        """All that it takes to make the same one again, for a JSON file; `tokenizer_of` makes it."""
        ...


class UnknownCharacters(ValueError):
    """A text holds characters that the tokenizer has no token for: each once, in `characters`."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"there is no token for {characters!r}")
        self.characters = characters


class Characters:
    """One token per character of a fixed alphabet."""

    kind = "characters"

    def __init__(self, alphabet: Sequence[str]) -> None:
        """`alphabet[i]` is the character of token i."""
        self.alphabet = list(alphabet)
        self._tokens = {character: token for token, character in enumerate(self.alphabet)}

    @property
    def size(self) -> int:
        """V: the size of the alphabet."""
        return len(self.alphabet)

    def encode(self, text: str) -> list[int]:
        """One token per character. Raises `UnknownCharacters` for those that are not in the alphabet."""
        try:
            return [self._tokens[character] for character in text]
        except KeyError:
            unknown = dict.fromkeys(character for character in text if character not in self._tokens)
            raise UnknownCharacters("".join(unknown)) from None

    def decode(self, tokens: Iterable[int]) -> str:
        """Their characters."""
        return "".join(self.alphabet[token] for token in tokens)

    def bytes_of(self, token: int) -> bytes:
        """One to four bytes."""
        return self.alphabet[token].encode("utf-8")

    def content(self) -> dict[str, Any]:
        """The alphabet."""
        return {"kind": self.kind, "alphabet": self.alphabet}


class Bytes:
    """One token per byte of UTF-8: 256 tokens write any text."""

    kind = "bytes"
    size = 256

    def encode(self, text: str) -> list[int]:
        """The bytes of `text`."""
        return list(text.encode("utf-8"))

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of these bytes."""
        return bytes(tokens).decode("utf-8", "replace")

    def bytes_of(self, token: int) -> bytes:
        """The byte itself."""
        return bytes([token])

    def content(self) -> dict[str, Any]:
        """There is only one."""
        return {"kind": self.kind}


def _prints(byte: int) -> bool:
    """Whether the Latin-1 character of this byte is one that can be seen."""
    return 33 <= byte <= 126 or 161 <= byte <= 172 or 174 <= byte <= 255


BYTES_IN_ORDER = sorted(range(256), key=lambda byte: (not _prints(byte), byte))
"""The byte of each of the first 256 tokens.

The order is GPT-2's: those that print come first. It matters, because of two pairs that come equally often the one
with the smaller tokens is merged first.
"""

TOKEN_OF_BYTE = {byte: token for token, byte in enumerate(BYTES_IN_ORDER)}

MOST_KNOWN = 100_000
"""Words whose tokens are kept."""

GONE = -1
"""Where a token stood that has been merged into the one on its left."""


class BPE:
    """Pieces of several bytes. Tokens 0 to 255 are the bytes; each further one is two earlier tokens that were merged.

    The text is cut into words, each word into its bytes; then the pair that was learned first is merged, again and
    again, until no pair is left that was learned.
    """

    kind = "bpe"

    def __init__(self, merges: Sequence[Pair]) -> None:
        """`merges` are the pairs in the order in which they were learned.

        Raises ValueError for a pair of which a token has not been made by then.
        """
        self.merges = [(left, right) for left, right in merges]
        self._pieces = [bytes([byte]) for byte in BYTES_IN_ORDER]
        tokens = {piece: token for token, piece in enumerate(self._pieces)}
        self._rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self._merged: list[int] = []
        """The token that each merge makes."""
        for left, right in self.merges:
            if not (0 <= left < len(self._pieces) and 0 <= right < len(self._pieces)):
                raise ValueError(f"the merge ({left}, {right}) speaks of a token that no merge before it has made")
            piece = self._pieces[left] + self._pieces[right]
            if piece not in tokens:  # "ab" + "c" and "a" + "bc" are one piece
                tokens[piece] = len(self._pieces)
                self._pieces.append(piece)
            self._merged.append(tokens[piece])
        self._known: dict[str, list[int]] = {}

    @property
    def size(self) -> int:
        """V: the bytes and the pieces."""
        return len(self._pieces)

    def encode(self, text: str) -> list[int]:
        """Word by word; a word that has come before is looked up."""
        tokens: list[int] = []
        for word in WORDS.findall(text):
            if word not in self._known:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[word] = self._encode_word(word)
            tokens += self._known[word]
        return tokens

    def _encode_word(self, word: str) -> list[int]:
        """Merge the pairs of a word, the earliest learned first, from left to right.

        Looking for it anew each time would take the square of the word's length, and a text without spaces is one long
        word. So the pairs wait in a heap; a place in the word knows its neighbours, and merged ones drop out.
        """
        tokens = [TOKEN_OF_BYTE[byte] for byte in word.encode("utf-8")]
        last = len(tokens) - 1
        left, right = list(range(-1, last)), list(range(1, last + 2))

        def rank_at(place: int) -> int | None:
            """The rank of the pair that begins at `place`; None where it was not learned, or there is no pair."""
            if place < 0 or right[place] > last:
                return None
            return self._rank.get((tokens[place], tokens[right[place]]))

        waiting = [(rank, place) for place in range(last) if (rank := rank_at(place)) is not None]
        heapify(waiting)
        while waiting:
            rank, place = heappop(waiting)
            if tokens[place] == GONE or rank_at(place) != rank:
                continue  # one of the two has been merged with another since
            gone = right[place]
            tokens[place], tokens[gone] = self._merged[rank], GONE
            right[place] = right[gone]
            if right[gone] <= last:
                left[right[gone]] = place
            for begin in (left[place], place):
                if (new := rank_at(begin)) is not None:
                    heappush(waiting, (new, begin))
        return [token for token in tokens if token != GONE]

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of their bytes, one after the other."""
        return b"".join(self._pieces[token] for token in tokens).decode("utf-8", "replace")

    def bytes_of(self, token: int) -> bytes:
        """The piece."""
        return self._pieces[token]

    def content(self) -> dict[str, Any]:
        """The merges; the pieces follow from them."""
        return {"kind": self.kind, "merges": self.merges}


def train_bpe(text: str, size: int) -> BPE:
    """Learn pieces from `text`: merge the most frequent pair of neighbours, until there are `size` tokens.

    Of pairs that come equally often the one with the smaller tokens is taken. There are fewer tokens where no pair is
    left. Raises ValueError for a size below 256.
    """
    if size < len(BYTES_IN_ORDER):
        raise ValueError(f"a vocabulary of {size} has no room for the {len(BYTES_IN_ORDER)} bytes")
    pieces = [bytes([byte]) for byte in BYTES_IN_ORDER]
    tokens, merges = {piece: token for token, piece in enumerate(pieces)}, []
    counted = Counter(WORDS.findall(text))
    words = [[TOKEN_OF_BYTE[byte] for byte in word.encode("utf-8")] for word in counted]
    times = list(counted.values())
    frequency: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)  # the words in which a pair stands
    for number, word in enumerate(words):
        for pair in pairwise(word):
            frequency[pair] += times[number]
            where[pair].add(number)
    while len(pieces) < size and frequency:
        pair = min(frequency, key=lambda pair: (-frequency[pair], pair))
        merges.append(pair)
        piece = pieces[pair[0]] + pieces[pair[1]]
        if piece not in tokens:
            tokens[piece] = len(pieces)
            pieces.append(piece)
        for number in where.pop(pair):
            for old in pairwise(words[number]):
                frequency[old] -= times[number]
                if not frequency[old]:
                    del frequency[old]
            words[number] = merge(words[number], pair, tokens[piece])
            for new in pairwise(words[number]):
                frequency[new] += times[number]
                where[new].add(number)
    return BPE(merges)


def merge(tokens: Sequence[int], pair: Pair, merged: int) -> list[int]:
    """`tokens` with every `pair`, from left to right, replaced by the token `merged`."""
    result: list[int] = []
    place = 0
    while place < len(tokens):
        if tuple(tokens[place : place + 2]) == pair:
            result.append(merged)
            place += 2
        else:
            result.append(tokens[place])
            place += 1
    return result


def tokenizer_of(content: dict[str, Any]) -> Tokenizer:
    """The tokenizer whose `content()` this is. Raises ValueError where it is none."""
    kind = content.get("kind")
    if kind == Bytes.kind:
        return Bytes()
    if kind not in (Characters.kind, BPE.kind):
        raise ValueError(f"no tokenizer is called {kind!r}; there are characters, bytes and bpe")
    try:
        if kind == Characters.kind:
            return Characters([str(character) for character in content["alphabet"]])
        return BPE([(int(left), int(right)) for left, right in content["merges"]])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is no tokenizer of the kind {kind}: {error}") from error
