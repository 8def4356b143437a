"""Looking a word up: what is listed, in which order, and how one goes from term to term and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.glossary import Glossary
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.browsing import Browsing
from minimind_tui.practice.glossary import UnknownTerm, find_term, matching, place_of
from minimind_tui.practice.reading import Reading
from minimind_tui.practice.search import Index
from tests.glossary_course import glossary_course
from tests.tiny import home_in


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    """The course's own."""
    return load_course(bundled_root()).glossary()


@pytest.mark.parametrize(
    ("query", "language", "first"),
    [
        ("rope", "en", "rope"),
        ("ROPE base", "en", "rope-base"),
        ("残差", "zh", "residual"),
        ("残差流", "en", "residual-stream"),
        ("residual stream", "zh", "residual-stream"),
        ("ｌｏｇｉｔ", "en", "logit"),
        ("stream resid", "en", "residual-stream"),
    ],
)
def test_names_in_both_languages_match_and_whole_names_come_first(
    glossary: Glossary, query: str, language: Language, first: str
) -> None:
    assert matching(glossary, query, language)[0].id == first
    assert matching(glossary, query + " nevertheless", language) == []


def test_what_is_being_read_comes_first(glossary: Glossary) -> None:
    reading = Reading("a softmax over logits", "the gradient; a softmax over logits; attention heads")
    groups = Browsing(glossary, reading, "en").groups("en")
    assert [[term.id for term in group.terms] for group in groups[:2]] == [["softmax", "logit"], ["gradient", "head"]]
    listed = [term.id for group in groups for term in group.terms]
    assert sorted(listed) == sorted(glossary.by_id), "each term once"
    (alone,) = Browsing(glossary, Reading(), "en").groups("en")
    assert alone.title is None


def test_one_goes_to_related_terms_and_back_the_same_way(glossary: Glossary) -> None:
    browsing = Browsing(glossary, Reading(), "en", first="rmsnorm")
    browsing.ask("rms")
    browsing.groups("en")
    assert browsing.chosen == "rmsnorm"
    browsing.follow("layernorm")
    browsing.follow("batchnorm")
    browsing.groups("en")
    assert (browsing.query, browsing.chosen) == ("", "batchnorm")
    assert browsing.go_back()
    assert (browsing.query, browsing.chosen) == ("", "layernorm")
    assert browsing.go_back()
    assert (browsing.query, browsing.chosen) == ("rms", "rmsnorm")
    assert not browsing.go_back()


def test_a_query_that_fits_nothing_chooses_nothing(glossary: Glossary) -> None:
    browsing = Browsing(glossary, Reading(), "en")
    browsing.groups("en")
    assert browsing.term is not None
    browsing.ask("xyzzy")
    assert browsing.groups("en") == []
    assert browsing.related == []
    assert browsing.chosen is None


@pytest.mark.parametrize("name", ["rope", "RoPE", "旋转位置编码", "rotary  position embedding"])
def test_a_term_has_many_names(glossary: Glossary, name: str) -> None:
    assert find_term(glossary, name).id == "rope"


@pytest.mark.parametrize(
    ("name", "zh", "en"), [("rmsnrom", "RMSNorm", "RMSNorm"), ("残差留", "残差流", "residual stream")]
)
def test_a_name_that_there_is_not_brings_those_spelled_alike(glossary: Glossary, name: str, zh: str, en: str) -> None:
    with pytest.raises(UnknownTerm) as refused:
        find_term(glossary, name)
    assert f"没有 {name}。是不是：" in refused.value.message.zh
    assert zh in refused.value.message.zh
    assert en in refused.value.message.en.split("Did you mean ")[1]


def test_where_a_term_is_defined(tmp_path: Path) -> None:
    course = load_course(glossary_course(tmp_path))
    terms = course.glossary().by_id
    place = place_of(course, terms["gradient"])
    assert place is not None
    assert (place.zh, place.en) == ("01 小模块 › 后来", "01 Small module › Later on")
    assert place_of(course, terms["token"]) is None


@pytest.mark.parametrize(("language", "query"), [("en", "gradient"), ("zh", "梯度"), ("zh", "导数")])
def test_search_finds_terms(tmp_path: Path, language: Language, query: str) -> None:
    index = Index(load_course(glossary_course(tmp_path / "course")), home_in(tmp_path))
    index.load()
    hits = [hit.passage for hit in index.find(query, language).hits]
    assert ("term", "gradient") in [(passage.kind, passage.ref) for passage in hits]


def test_a_broken_glossary_hides_nothing_else_from_search(tmp_path: Path) -> None:
    root = glossary_course(tmp_path / "course", "broken")
    index = Index(load_course(root), home_in(tmp_path))
    index.load()
    assert {hit.passage.kind for hit in index.find("gradient", "en").hits} == {"lesson"}
