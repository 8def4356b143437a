"""Search finds what stands in the files, in both languages, and gives no answer away."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.base.text import Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.notes import keep_note
from minimind_tui.practice.search import Hit, Index, _spans, folded, plain, words_of
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import add_practice


def index_of(folder: Path, course: Course | None = None) -> Index:
    index = Index(course or load_course(add_practice(tiny_course(folder / "course"))), home_in(folder))
    index.load()
    return index


def found(index: Index, query: str, language: Language = "en") -> list[Hit]:
    return index.find(query, language).hits


def marked(hit: Hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.marks]


@pytest.mark.parametrize(
    ("query", "kind", "ref", "words"),
    [
        ("标题", "lesson", "small/start", ["标题"]),
        ("does it COUNT", "experiment", "small/count", ["Does", "it", "count"]),
        ("数得", "experiment", "small/count", ["数得"]),
        ("ｗｈａｔ is 3", "question", "small/sum-3", ["What", "is", "3"]),
        ("偶数", "question", "small/even", ["偶数"]),
        ("三？", "card", "small/second", ["三？"]),
        ("翻倍", "exercise", "small/double", []),
        ("y = 2 x", "exercise", "small/double", ["y", "=", "2", "x"]),
    ],
)
def test_every_kind_of_text_is_found(tmp_path: Path, query: str, kind: str, ref: str, words: list[str]) -> None:
    hits = [hit for hit in found(index_of(tmp_path), query, "zh") if (hit.passage.kind, hit.passage.ref) == (kind, ref)]
    assert hits
    if words:
        assert set(words) <= set(marked(hits[0]))


def test_all_words_must_occur(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    assert found(index, "does count")
    assert not found(index, "does count nevertheless")
    assert found(index, "   ") == []


@pytest.mark.parametrize("word", ["Because", "因为", "Two and four", "x + x", "是一", "says because"])
def test_answers_are_not_given_away(tmp_path: Path, word: str) -> None:
    assert found(index_of(tmp_path), word) == []


def test_choices_stand_in_an_order_that_says_nothing(tmp_path: Path) -> None:
    (hit,) = found(index_of(tmp_path), "Which are even")
    assert hit.snippet.endswith("four three two")


def test_the_readers_language_comes_first_and_a_place_once(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    for language in ("zh", "en"):
        hits = [hit for hit in found(index, "x²", language) if hit.passage.kind == "lesson"]
        assert [hit.passage.language for hit in hits] == [language]
    assert {hit.passage.language for hit in found(index, "还有", "en")} == {"zh"}


def test_notes_are_found_as_soon_as_they_are_kept(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    keep_note(index.home, "small/start", "# 我的想法\n\n**RMSNorm** 不减均值\n", "")
    assert found(index, "不减均值") == []
    index.load()
    (hit,) = found(index, "rmsnorm 均值")
    assert (hit.passage.kind, hit.passage.ref) == ("note", "small/start")
    assert hit.snippet == "我的想法 RMSNorm 不减均值"
    assert marked(hit) == ["RMSNorm", "均值"]


@pytest.mark.parametrize("name", ["quiz.toml", "cards.toml", "exercises.toml", "start.en.md", "start.zh.md"])
def test_a_broken_file_is_left_out_alone(tmp_path: Path, name: str) -> None:
    root = add_practice(tiny_course(tmp_path / "course"))
    whole = {(hit.passage.kind, hit.passage.ref) for hit in everything(index_of(tmp_path, load_course(root)))}
    (root / "lessons/small" / name).write_bytes(b"\xff\x00 = [")
    left = {(hit.passage.kind, hit.passage.ref) for hit in everything(index_of(tmp_path, load_course(root)))}
    assert left <= whole
    assert ("experiment", "small/count") in left
    assert len({kind for kind, _ in whole - left}) <= 1


def everything(index: Index) -> list[Hit]:
    return [hit for word in ("a", "e", "o", "一", "？", "x") for hit in found(index, word)]


def test_the_course_is_found_through_in_both_languages(tmp_path: Path) -> None:
    index = index_of(tmp_path, load_course(bundled_root()))
    for query in ("rope", "rmsnorm", "softmax"):
        for language in ("zh", "en"):
            hits = found(index, query, language)
            assert {"lesson", "question"} <= {hit.passage.kind for hit in hits}
            assert hits[0].passage.language == language
    assert found(index, "归一化", "zh")[0].passage.language == "zh"
    for hit in everything(index):
        assert "{{" not in hit.snippet
        assert ":::" not in hit.snippet


@given(st.text(max_size=60), st.text(max_size=8))
def test_a_marked_place_is_the_word_that_was_asked_for(text: str, query: str) -> None:
    words = words_of(query)
    for start, end in _spans(text, words):
        piece = folded(text[start:end])
        assert any(word in piece for word in words)


@given(st.text(max_size=200))
def test_any_markdown_becomes_one_line(text: str) -> None:
    assert "\n" not in plain(text)
