"""The learner's own texts: what is taken, what is refused with which advice, and what the list shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import corpus, tinytales
from data.corpus import TokenizerName
from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.datasets import corpora, plain
from minimind_tui.datasets.corpora import CorpusError
from tests.data.samples import KNOWN, RIGHT, write

CHECKOUT = Path(__file__).parents[2]
CATALOGUE_FILE = CHECKOUT / "data" / "corpora.toml"
SHAKESPEARE = CHECKOUT.parent / "shared" / "data" / "tinyshakespeare.txt"


def refusal(file: Path, folder: Path, name: str | None = None) -> Text:
    """The message with which adding `file` is refused; nothing may be left behind."""
    before = sorted(folder.glob("*")) if folder.exists() else []
    with pytest.raises(CorpusError) as raised:
        corpora.add(file, KNOWN, folder, name)
    assert (sorted(folder.glob("*")) if folder.exists() else []) == before
    return raised.value.message


def test_a_text_is_copied_under_its_files_name(tmp_path: Path) -> None:
    path = corpora.add(write(tmp_path / "Poems.txt", "静夜思\n".encode()), KNOWN, tmp_path / "corpora")
    assert path == tmp_path / "corpora" / "poems.txt"
    assert path.read_text(encoding="utf-8") == "静夜思\n"
    assert sorted(each.name for each in path.parent.iterdir()) == ["poems.json", "poems.txt"]


def test_the_same_text_may_be_added_twice_but_no_other_under_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "corpora"
    corpora.add(write(tmp_path / "poems.txt", b"one"), KNOWN, folder)
    corpora.add(tmp_path / "poems.txt", KNOWN, folder)
    message = refusal(write(tmp_path / "poems.txt", b"two"), folder)
    assert "--name" in message.en
    assert "--name" in message.zh
    assert (folder / "poems.txt").read_bytes() == b"one"


def test_bytes_that_are_no_utf8_are_named_by_their_place(tmp_path: Path) -> None:
    message = refusal(write(tmp_path / "old.txt", b"good " + "静夜思".encode("gb18030")), tmp_path / "c")
    assert "byte 5" in message.en
    assert "第 5 个字节" in message.zh
    assert "iconv" in message.en


@given(st.binary(min_size=1, max_size=40))
def test_any_bytes_are_either_a_text_or_refused_at_their_first_bad_byte(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    file = write(folder / "some.bin", content)
    try:
        stored = corpora.add(file, KNOWN, folder / "corpora")
    except CorpusError as error:
        if "byte" in error.message.en:
            place = int(error.message.en.split("byte ")[1].split()[0])
            content[:place].decode("utf-8")
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")
        else:
            assert "\0" in (text := content.decode("utf-8-sig")) or not text.strip()
    else:
        assert stored.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_text_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "no text" in refusal(write(tmp_path / "empty.txt", content), tmp_path / "c").en


def test_bytes_and_things_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert "NUL characters" in refusal(write(tmp_path / "image.txt", b"a\0b"), tmp_path / "c").en
    os.mkfifo(tmp_path / "pipe.txt")
    assert "is a pipe or a device" in refusal(tmp_path / "pipe.txt", tmp_path / "c").en


def test_a_text_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MAXIMUM_BYTES", 10)
    assert corpora.add(write(tmp_path / "ten.txt", b"0123456789"), KNOWN, tmp_path / "c").exists()
    assert "over" in refusal(write(tmp_path / "eleven.txt", b"0123456789a"), tmp_path / "c").en


@pytest.mark.parametrize("path", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, path: str) -> None:
    assert "Cannot read" in refusal(tmp_path / path, tmp_path / "c", "name").en


@pytest.mark.parametrize(
    "name", ["", "9lives", "Poems", "a b", "../up", "诗", "a" * 41, "poems\n", "tinytales", "a/b", "\x1b[31m"]
)
def test_a_bad_name_is_refused_with_the_rule(tmp_path: Path, name: str) -> None:
    message = refusal(write(tmp_path / "poems.txt", b"text"), tmp_path / "c", name)
    assert "--name" in message.en
    assert "--name" in message.zh
    assert message.en.isprintable()


def test_a_known_name_takes_its_own_text_only(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    assert "SHA-256" in refusal(write(tmp_path / "a", RIGHT.upper()), folder, "hamlet").en
    corpora.add(write(tmp_path / "b", RIGHT), KNOWN, folder, "hamlet")
    assert corpora.find("hamlet", KNOWN, folder).read_bytes() == RIGHT


def test_a_known_text_that_is_absent_or_damaged_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="`minimind-tui data get hamlet`"):
        corpora.find("hamlet", KNOWN, tmp_path)
    write(tmp_path / "hamlet.txt", RIGHT[:-1])
    with pytest.raises(CorpusError, match=r"damaged.*`minimind-tui data get hamlet`"):
        corpora.find("hamlet", KNOWN, tmp_path)


@pytest.mark.parametrize("name", ["nothing", "../secret", "tinytales"])
def test_an_unknown_text_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "secret.txt", b"text")
    (tmp_path / "c").mkdir()
    with pytest.raises(CorpusError, match="There is no corpus"):
        corpora.find(name, KNOWN, tmp_path / "c")


def test_the_list_shows_each_state(tmp_path: Path) -> None:
    def states() -> dict[str, tuple[str, int]]:
        return {entry.name: (entry.state, entry.size) for entry in corpora.listing(KNOWN, tmp_path)}

    assert states() == {"tinytales": ("built in", 0), "hamlet": ("absent", 0)}
    write(tmp_path / "hamlet.txt.part", RIGHT[:3])
    write(tmp_path / "mine.txt", b"text")
    write(tmp_path / "Not a corpus.txt", b"text")
    assert states() == {"tinytales": ("built in", 0), "hamlet": ("partial", 3), "mine": ("added", 4)}
    write(tmp_path / "hamlet.txt", RIGHT[:-1])
    assert states()["hamlet"] == ("damaged", len(RIGHT) - 1)
    write(tmp_path / "hamlet.txt", RIGHT)
    assert states()["hamlet"] == ("here", len(RIGHT))


def test_an_experiment_may_be_given_what_is_here(tmp_path: Path) -> None:
    assert corpora.available(tmp_path / "absent") == ["tinytales"]
    write(tmp_path / "hamlet.txt.part", RIGHT)
    write(tmp_path / "mine.txt", b"text")
    write(tmp_path / "Not a corpus.txt", b"text")
    assert corpora.available(tmp_path) == ["tinytales", "mine"]


def test_the_projects_list_is_tinyshakespeare() -> None:
    found = corpora.read_catalogue(CATALOGUE_FILE)["tinyshakespeare"]
    assert found.size == 1_115_394
    assert found.sha256 == "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"


@pytest.mark.parametrize(
    "toml",
    [
        "format = 2",
        "not toml",
        "format = 1\n[a]\nurl = 'https://a'",
        "format = 1\n[a]\ntitle = {zh='a', en='a'}\nurl='http://a'\nbytes=1\nsha256='0'",
        "format = 1\n[tinytales]\ntitle = {zh='a', en='a'}\nurl='https://a'\nbytes=1\nsha256='0'",
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, toml: str) -> None:
    (tmp_path / "corpora.toml").write_text(toml)
    with pytest.raises(CorpusError):
        corpora.read_catalogue(tmp_path / "corpora.toml")


def test_the_built_in_corpus_has_its_entropy(tmp_path: Path) -> None:
    found = corpus.load("tinytales", "zh", 500, 3, folder=tmp_path)
    assert found.text == tinytales.text("zh", 500, 3)
    assert found.tokenizer.content() == {"kind": "characters", "alphabet": tinytales.alphabet("zh")}
    assert found.tokenizer.decode(found.tokens.tolist()) == found.text
    assert found.tokenizer.encode(found.text[:50]) == found.tokens[:50].tolist()
    assert found.entropy == tinytales.entropy_per_character("zh")


def test_an_added_text_is_loaded_with_its_whole_vocabulary(tmp_path: Path) -> None:
    corpora.add(write(tmp_path / "t", "\ufeffbanana\nz".encode()), KNOWN, tmp_path / "c", "mine")
    found = corpus.load("mine", "en", 3, 0, folder=tmp_path / "c")
    assert (found.text, found.tokens.tolist()) == ("ban", [2, 1, 3])
    assert found.tokenizer.decode(range(found.tokenizer.size)) == "\nabnz"
    assert found.entropy is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["bytes", "bpe"])
def test_the_floor_is_the_same_text_s_in_other_tokens(language: Language, name: TokenizerName) -> None:
    """However a text is cut, it holds as many nats: the tokens times what each of them holds."""
    plain, found = (corpus.load("tinytales", language, 20_000, 0, tokenizer=kind) for kind in ("characters", name))
    assert found.tokenizer.kind == name
    assert found.tokenizer.decode(found.tokens.tolist()) == plain.text
    assert found.entropy is not None
    assert plain.entropy is not None
    assert found.entropy * len(found.tokens) == pytest.approx(plain.entropy * len(plain.tokens))


def test_pieces_are_learned_from_what_is_trained_on(tmp_path: Path) -> None:
    """The last tenth is for validation: what stands there alone is no piece."""
    text = "ab " * 300 + "zz " * 33
    corpora.add(write(tmp_path / "t", text.encode()), KNOWN, tmp_path / "c", "mine")
    found = corpus.load("mine", "en", 10_000, 0, tokenizer="bpe", folder=tmp_path / "c")
    pieces = {found.tokenizer.bytes_of(token) for token in range(256, found.tokenizer.size)}
    assert b" ab" in pieces
    assert not any(b"z" in piece for piece in pieces)


def test_the_learners_cache_is_where_texts_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))
    with pytest.raises(CorpusError, match="minimind-tui data get tinyshakespeare"):
        corpus.load("tinyshakespeare", "en", 100, 0)


@pytest.mark.skipif(not SHAKESPEARE.exists(), reason="TinyShakespeare does not lie beside this checkout")
def test_tinyshakespeare_is_taken_from_a_file(tmp_path: Path) -> None:
    corpora.add(SHAKESPEARE, corpora.read_catalogue(CATALOGUE_FILE), tmp_path)
    found = corpus.load("tinyshakespeare", "en", 1_115_394, 0, folder=tmp_path)
    assert (len(found.text), found.tokenizer.size) == (1_115_394, 65)
    assert found.text.startswith("First Citizen:")
