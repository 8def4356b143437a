"""Drawings in texts: what the linter finds in them, and that ours say what is true."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.drawings import WIDEST, Drawing, drawings, without_drawings
from minimind_tui.content.lint.ready import length
from minimind_tui.content.lint.strokes import drawing_problems
from minimind_tui.content.roots import bundled_root
from minimind_tui.nn.config import minimind2_small
from minimind_tui.practice.search import plain
from tests.content.changes import change, words
from tests.tiny import tiny_course

SOUND = """\
   x ──► 归一化
   │       │
   ├───┐   ▼
   │  norm y
┌──┴───┴──┐
│  注意力 │
├────┬────┤
└────┼────┘
     ▼
     z ◄── w"""


def text(*rows: str, after: str = "") -> str:
    """A lesson with one drawing, whose first row is line 4."""
    return "\n".join(["# T", "", f"```drawing{after}", *rows, "```", ""])


def said(markdown: str) -> list[tuple[int, str]]:
    return [(line, message.en) for line, message in drawing_problems(markdown)]


def test_a_sound_drawing_is_let_pass() -> None:
    assert said(text(*SOUND.split("\n"), after=" x 归一化")) == []
    assert said("```python\n│\n```\n") == [], "other fences are no drawings"


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (["x" * WIDEST, "y" * (WIDEST + 1)], 5, f"takes {WIDEST + 1} columns"),
        (["字" * (WIDEST // 2) + "x"], 4, f"takes {WIDEST + 1} columns"),
        (["x", "│", " │", "y"], 5, "│ in column 1 meets nothing below"),
        (["x", "│", " │", "y"], 6, "│ in column 2 meets nothing above"),
        (["┌──┐", "│归 │", "└──┘"], 5, "│ in column 5 meets nothing above"),
        (["┌────┐", "│归一│", "└───┘"], 5, "│ in column 6 meets nothing below"),
        (["┌──┐", "└──"], 4, "┐ in column 4 meets nothing below"),
        (["x", "│", "─"], 5, "│ in column 1 meets nothing below"),
        (["x", "▼"], 5, "▼ in column 1 meets nothing below"),
        (["▼", "x"], 4, "▼ in column 1 meets nothing above"),
        (["──►"], 4, "► in column 3 meets nothing right"),
        (["└── x"], 4, "└ in column 1 meets nothing above"),
        (["a\tb"], 4, "U+0009"),
        (["a → b"], 4, "U+2192"),
        (["e\u0301"], 4, "U+0301"),
        (["x \U0001f600"], 4, "U+1F600"),
        (["\U00020000"], 4, "U+20000"),
        (["{{= 1 + 1}}"], 4, "nothing lines up"),
        ([""], 3, "empty"),
    ],
)
def test_a_fault_is_found_where_it_is(rows: list[str], line: int, words: str) -> None:
    assert any(at == line and words in message for at, message in said(text(*rows))), said(text(*rows))


def test_an_accent_must_occur() -> None:
    assert said(text("q k", after=" q v")) == [(3, "no 'v' to accent in this drawing")]


def test_the_linter_of_the_course_looks_at_drawings(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    for language in LANGUAGES:
        path = root / f"lessons/small/start.{language}.md"
        path.write_text(path.read_text(encoding="utf-8") + "\n" + text("x", "│", "y"), encoding="utf-8")
    assert words(root) == ""
    change(root / "lessons/small/start.en.md", "x\n│\ny", "x\n│\n y")
    assert "a line of a drawing is broken: │ in column 1 meets nothing below" in words(root)
    change(root / "lessons/small/start.en.md", "```drawing", "```text")
    assert "the two languages differ in their drawings" in words(root)


def test_a_drawing_is_no_prose_and_is_not_searched() -> None:
    lesson = "# T\n\nbefore\n\n" + "```drawing x\nx ──► hidden\n```\n" + "\nafter\n"
    assert length(lesson, "en") == 3
    assert plain(lesson) == "T before after"
    assert without_drawings("```python\ndrawing\n```\n") == "```python\ndrawing\n```\n"


def drawn(ref: str, language: Language) -> Drawing:
    (drawing,) = drawings(load_course(bundled_root()).lesson_text(ref, language))
    return drawing


def numbers(drawing: Drawing, *labels: str) -> list[float]:
    """The numbers in the row that begins with one of `labels`."""
    (row,) = (row for row in drawing.rows if row.startswith(labels))
    label = next(label for label in labels if row.startswith(label))
    return [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|inf)", row.removeprefix(label))]


def test_each_module_is_drawn() -> None:
    course = load_course(bundled_root())
    for module in list(course.modules)[:6]:
        refs = [ref for ref in course.lessons if ref.startswith(f"{module}/")]
        for language in LANGUAGES:
            assert any(drawings(course.lesson_text(ref, language)) for ref in refs), (module, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_of_attention_are_computed(language: Language) -> None:
    drawing = drawn("attention/mask", language)
    key, value = (numbers(drawing, *labels) for labels in (("key", "键"), ("value", "值")))
    query = numbers(drawing, "q ")[:2]
    scores = [query[0] * key[at] + query[1] * key[at + 1] for at in range(0, 8, 2)]
    scaled = [score / math.sqrt(2) for score in scores]
    shares = [math.exp(score) for score in scaled[:3]]
    weights = [share / sum(shares) for share in shares] + [0.0]
    assert numbers(drawing, "scores", "分数") == scores
    assert numbers(drawing, "/ sqrt 2") == [round(score, 2) for score in scaled]
    assert numbers(drawing, "mask", "掩码") == [*(round(score, 2) for score in scaled[:3]), -math.inf]
    assert numbers(drawing, "weights", "权重") == [round(weight, 3) for weight in weights]
    output = [sum(weight * value[2 * at + place] for at, weight in enumerate(weights)) for place in (0, 1)]
    assert numbers(drawing, "output", "输出") == [round(number, 3) for number in output]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_online_softmax_is_computed(language: Language) -> None:
    drawing = drawn("attention/choices", language)
    scores = numbers(drawing, "scores", "分数")
    highest, total, kept = -math.inf, 0.0, []
    for block in (scores[:2], scores[2:4], scores[4:]):
        new = max(highest, *block)
        total = total * math.exp(highest - new) + sum(math.exp(score - new) for score in block)
        highest = new
        kept.append((highest, round(total, 3)))
    assert math.isclose(total, sum(math.exp(score - max(scores)) for score in scores)), "the same as all at once"
    assert list(zip(numbers(drawing, "max", "最大值"), numbers(drawing, "sum ", "和 "), strict=True)) == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_sizes_are_those_of_the_model(language: Language) -> None:
    config = minimind2_small()
    wide, inner = config.hidden_size, config.ffn_size
    feed_forward = "\n".join(drawn("feed-forward/choices", language).rows)
    assert feed_forward.count(f"{wide} -> {inner}") == 2
    assert feed_forward.count(f"{inner} -> {wide}") == 1
    assert feed_forward.count(f"(B, T, {wide})") == 2
    assert feed_forward.count(f"(B, T, {inner})") == 1
    cache = "\n".join(drawn("attention/kv-cache", language).rows)
    for heads in (8, 2, 1):
        assert re.search(rf"K = {heads}\D+{2 * heads} D\b", cache)
