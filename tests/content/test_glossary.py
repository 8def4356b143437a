"""The glossary: what its file may say, what is found in a text, and which words come too early."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.files import ContentError
from minimind_tui.content.glossary import Glossary, load_glossary
from minimind_tui.content.lint.glossary import glossary_problems
from minimind_tui.content.prose import prose
from tests.content.changes import change
from tests.glossary_course import filled, glossary_course, write
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

FILE = "lessons/glossary.toml"


def said(root: Path) -> list[tuple[str, int | None, str]]:
    """What the linter says of words: file, line, sentence."""
    return [(problem.path.name, problem.line, problem.message.en) for problem in glossary_problems(load_course(root))]


def named(glossary: Glossary, text: str, language: Language) -> list[str]:
    return [text[found.start : found.end] for found in glossary.occurrences(text, language)]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("format = 1", "format = 2", 2, "Invalid enum value 2"),
        ('id = "gradient"', 'id = "gradient"\ncolour = "red"', 11, "unknown field `colour`"),
        ('id = "gradient"', 'id = "Gradient"', 10, "regex"),
        ('en = "What is read." }', "}", 7, "missing required field `en`"),
        ('id = "gradient"', 'id = "token"', 9, "the term token stands here twice"),
        ('["layer normalization"]', '["Tokens", "token"]', 18, "'token' is a form of token and of layer-norm"),
        ('["gradient", "token"]', '["gradient", "tokem"]', 18, "layer-norm is related to tokem"),
        ('defined_in = "small/later"', 'defined_in = "later"', 15, "regex"),
        ("format = 1", "format = ", 2, "bad TOML"),
    ],
)
def test_what_the_file_may_not_say(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    root = glossary_course(tmp_path)
    change(root / FILE, old, new)
    with pytest.raises(ContentError) as refused:
        load_glossary(root)
    assert words in refused.value.problem.message.en
    assert (refused.value.problem.path, refused.value.problem.line) == (root / FILE, line)
    assert said(root) == [("glossary.toml", line, refused.value.problem.message.en)], "and the linter says it once"


def test_a_course_without_a_glossary_has_no_terms(tmp_path: Path) -> None:
    assert load_glossary(tiny_course(tmp_path)).terms == []
    assert said(tmp_path) == []


def test_it_is_read_when_it_is_asked_for_and_again_when_it_has_changed(tmp_path: Path) -> None:
    root = glossary_course(tmp_path)
    (root / FILE).write_text("broken", encoding="utf-8")
    course = load_course(root)
    assert course.problems == [], "the app starts without it"
    with pytest.raises(ContentError):
        course.glossary()
    glossary_course(tmp_path)
    first = course.glossary()
    assert course.glossary() is first
    change(root / FILE, "What is read.", "Whatever is read.")
    assert course.glossary().by_id["token"].definition.en == "Whatever is read."


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Gradients, tokens and a Token.", ["Gradients", "tokens", "Token"]),
        ("en", "a colour gradient, a detoken, tokenize, gradient_norm", []),
        ("en", "layernorm, LayerNorms, LAYERNORM", ["LayerNorms"]),
        ("en", "layer-normalization, Layer\nnormalization", ["layer-normalization", "Layer\nnormalization"]),
        ("en", "layer normalizationist", []),
        ("en", "梯度", []),
        ("zh", "每个词元的梯度、层归一化的LayerNorm", ["词元", "梯度", "层归一化", "LayerNorm"]),
        ("zh", "温度梯度", []),
        ("zh", "token 的梯度被往回传", ["token", "梯度", "往回传"]),
    ],
)
def test_what_is_found_in_a_text(tmp_path: Path, language: Language, text: str, found: list[str]) -> None:
    assert named(load_glossary(glossary_course(tmp_path)), text, language) == found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", ["name", "phrase"])
def test_a_word_that_comes_too_early_is_named_with_its_line(tmp_path: Path, language: Language, form: str) -> None:
    root = glossary_course(tmp_path)
    assert said(root) == []
    words = {
        ("zh", "name"): "梯度",
        ("zh", "phrase"): "往回传",
        ("en", "name"): "gradients",
        ("en", "phrase"): "sent back",
    }
    word = words[language, form]
    change(root / f"lessons/small/start.{language}.md", "\n39\n", f"\n39 {word} {word}\n")
    ((file, line, sentence),) = said(root)
    assert (file, line) == (f"start.{language}.md", 2 * 39 + 3)
    assert f"path whole: `{word}` is explained only in small/later" in sentence
    problem = next(iter(glossary_problems(load_course(root))))
    assert f"用到“{word}”，要到 small/later 才讲" in problem.message.zh


@pytest.mark.parametrize(
    "text",
    [
        "`gradient`",
        "$gradient$",
        "```\ngradient\n```",
        "[paper](https://a.b/gradient)",
        "Papers: [On the gradient](https://a.b)",
        "Press **n** for the gradient.",
        "{{= 1 | .0f}} a colour gradient",
        ":::code minimind_tui/nn/norm.py gradient",
    ],
)
def test_what_is_no_sentence_does_not_count(tmp_path: Path, text: str) -> None:
    root = glossary_course(tmp_path)
    write(root, "start", zh=filled("开始"), en=f"# Start\n\n{text}\n")
    assert said(root) == []
    assert prose(text).count("\n") == text.count("\n")


def test_a_lesson_that_glosses_a_word_may_use_it_and_so_may_those_after_it(tmp_path: Path) -> None:
    root = glossary_course(tmp_path)
    write(root, "start", zh="# 开始\n\n梯度，也就是导数\n", en="# Start\n\nthe gradient, a derivative\n")
    assert [file for file, _, _ in said(root)] == ["start.zh.md", "start.en.md"]
    change(root / FILE, 'defined_in = "small/later"', 'defined_in = "small/later"\nglossed_in = ["small/start"]')
    assert said(root) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_lesson_that_is_said_to_explain_a_word_must_name_it(tmp_path: Path, language: Language) -> None:
    root = glossary_course(tmp_path)
    (root / f"lessons/small/later.{language}.md").write_text(filled("x"), encoding="utf-8")
    ((file, line, sentence),) = said(root)
    assert (file, line) == ("glossary.toml", 9)
    assert f"explained in small/later.{language}.md, which names it in none of its forms" in sentence


def test_a_lesson_that_there_is_not_is_named(tmp_path: Path) -> None:
    root = glossary_course(tmp_path)
    change(root / FILE, "small/later", "small/never")
    assert said(root)[0] == (
        "glossary.toml",
        9,
        "gradient is said to be explained in small/never: there is no such lesson",
    )


def test_what_stands_beside_the_lessons_comes_after_all_of_them(tmp_path: Path) -> None:
    root = add_practice(glossary_course(tmp_path))
    change(root / "experiments/small/count.toml", 'en = "Does it count?"', 'en = "Does the gradient count?"')
    change(root / "lessons/small/quiz.toml", 'en = "Count."', 'en = "Count the gradient."')
    assert said(root) == [], "the lesson that defines it has been read by then"
    change(root / FILE, 'defined_in = "small/later"', 'defined_in = "other/lesson"')
    found = {(file, line) for file, line, sentence in said(root) if "is explained only in other/lesson" in sentence}
    quiz = (root / "lessons/small/quiz.toml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, row in enumerate(quiz, 1) if "Count the gradient" in row)
    assert ("quiz.toml", line) in found
    spec = (root / "experiments/small/count.toml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, row in enumerate(spec, 1) if "Does the gradient count" in row)
    assert ("count.toml", line) in found


def test_a_path_may_use_what_the_modules_before_its_first_one_have_defined(tmp_path: Path) -> None:
    root = glossary_course(tmp_path)
    course = root / "lessons/course.toml"
    text = course.read_text(encoding="utf-8")
    module = text[text.index("[[modules]]") : text.index("[[paths]]")]
    second = module.replace('"small"', '"second"').replace("number = 1", "number = 2").replace('["count"]', "[]")
    path = text[text.index("[[paths]]") :].replace('"whole"', '"rest"').replace('"small"', '"second"')
    course.write_text(text.replace("[[paths]]", second + "[[paths]]", 1) + path, encoding="utf-8")
    (root / "lessons/second").mkdir()
    lesson = '[[lessons]]\nid = "on"\ntitle = { zh = "再来", en = "On" }\nminutes = 1\n'
    (root / "lessons/second/module.toml").write_text(f"format = 1\n{lesson}", encoding="utf-8")
    for language in ("zh", "en"):
        (root / f"lessons/second/on.{language}.md").write_text("# On\n\nthe gradient\n", encoding="utf-8")
    assert said(root) == []
    change(course, "number = 1", "number = 3")
    assert [(file, line) for file, line, _ in said(root)] == [("on.zh.md", 3), ("on.en.md", 3)]


def test_a_definition_that_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    root = glossary_course(tmp_path)
    change(root / FILE, 'en = "A derivative $x^2$."', 'en = "A derivative $\\\\nosuch x$."')
    ((file, line, sentence),) = said(root)
    assert (file, line) == ("glossary.toml", 9)
    assert "cannot be drawn" in sentence
