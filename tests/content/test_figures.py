"""Computed figures, numbers in tables, and what a ready module must hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.arithmetic import computed
from minimind_tui.content.lesson import computed_figures, live_values, with_live_values
from minimind_tui.content.lint.ready import length
from minimind_tui.content.lint.tables import bare_numbers
from tests.budget import cases
from tests.content.changes import change, words
from tests.faults.mutations import patience
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

READY = """
[ready]
choice_questions = 6
open_questions = 1
cards = 2
exercises = 1
lessons = ["start"]
beside_teaching = ["quick-*"]
english_words = [4, 9]
chinese_characters = [4, 9]
"""


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("{{= 64 * 8 / 3 | .1f}}", "170.7"),
        ("{{= 2 * 4096 * 11008 | ,.0f}}", "90,177,536"),
        ("{{=4*16}}", "64"),
        ("{{= 8 / 3 }}", "2.67"),
        ("{{= 1 - 64/96 | .0%}}", "33%"),
        ("{{= log(1000) | .2f}}", "6.91"),
        ("{{= -max(2, 3) ** 2}}", "-9"),
        ("{{= 0}}", "0"),
    ],
)
def test_arithmetic_is_replaced_by_its_result(figure: str, text: str) -> None:
    assert with_live_values(f"a {figure} b", lambda _: "measured") == f"a {text} b"
    assert live_values(figure) == []


@pytest.mark.parametrize(
    "figure", ["{{= 1 / 0}}", "{{= rope.loss}}", "{{= 2 ** 65}}", "{{= 1 | d}}", "{{= x}}", "{{=}}"]
)
def test_what_cannot_be_computed_stays_and_is_found(tmp_path: Path, figure: str) -> None:
    assert with_live_values(figure, lambda _: "measured") == figure
    root = tiny_course(tmp_path)
    change(root / "lessons/small/start.en.md", "\nn\n", f"\n{figure}\n")
    assert "computed" in words(root)


def test_the_two_languages_compute_the_same(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    change(root / "lessons/small/start.en.md", "\nn\n", "\n{{= 2 + 2}}\n")
    assert "differ in their computed figures" in words(root)
    change(root / "lessons/small/start.zh.md", "\nn\n", "\n{{= 2 + 2}}\n")
    assert words(root) == ""


@cases(100, nightly=2000)
@given(text=st.text(alphabet="0123456789.+-*/() eminaxlogsqrt,[]_'", max_size=60))
def test_no_expression_raises_or_hangs(text: str) -> None:
    with patience():
        value = computed(text)
        assert value is None or isinstance(value, float)
        for figure in computed_figures("{{=" + text + "}}"):
            assert figure.text is None or figure.text


def in_table(cell: str, after: str = "") -> list[str]:
    return [number for _, number in bare_numbers(f"| name | value |\n| --- | ---: |\n| 1 | {cell} |\n{after}")]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("4", ["4"]), ("2.69", ["2.69"]), ("1e-3", ["1e-3"]), ("11008", ["11008"]), ("11,008", ["11,008"]),
        ("50 %", ["50"]), ("50%", ["50"]), ("-0.5", ["-0.5"]), ("−3", ["−3"]), ("约 2.5 倍", ["2.5"]), ("共3个", ["3"]),
        ("4x", ["4x"]), ("12ms", ["12ms"]), ("64M", ["64M"]), ("20 KB", ["20"]), ("2 to 8", ["2", "8"]),
        ("2-8", ["2", "8"]),
        ("(B, 4, T)", ["4"]), ("10^4", ["10", "4"]), ("**3.5**", ["3.5"]), ("step 15.", ["15"]),
        ("GPT-2", []), ("GPT-3.5", []), ("fp16 and bf16", []), ("Llama-7B", []), ("MiniMind2", []), ("Q1", []),
        ("v1.2", []),
        ("minimind-3", []), ("2C", []), ("4d", []), ("2-D, 8-bit", []), ("H100", []), ("x_1", []), ("8B", []),
        ("`torch.zeros(3)`", []), ("$\\sqrt{64} = 8$", []), ("{{= 64 * 8 / 3 | .1f}}", []), ("yes", []),
        ("{{small/count: twos.total | .0f}}", []), ("2.69 ([Llama](https://arxiv.org/abs/2302.13971))", []),
        ("[RoPE, 2021](other.md) 3", ["3"]),
    ],
)  # fmt: skip
def test_what_is_a_bare_number(cell: str, numbers: list[str]) -> None:
    assert in_table(cell) == numbers


@pytest.mark.parametrize(
    ("after", "cited"),
    [
        ("\nSource: [Llama](https://arxiv.org/abs/2302.13971).\n", True),
        ("\nSources: its table 2,\n[Llama](https://arxiv.org/abs/2302.13971).\n", True),
        ("\n来源：[Llama](https://arxiv.org/abs/2302.13971)。\n", True),
        ("\nSource: a friend.\n", False),
        ("\nSee [Llama](https://arxiv.org/abs/2302.13971).\n", False),
        ("\nA sentence.\n\nSource: [Llama](https://arxiv.org/abs/2302.13971).\n", False),
        ("", False),
    ],
)
def test_a_table_may_name_its_source(after: str, cited: bool) -> None:
    assert in_table("4", after) == ([] if cited else ["4"])


def test_the_header_the_first_column_and_code_are_left_alone() -> None:
    assert list(bare_numbers("| 1 | 2 |\n| --- | --- |\n| 3 | a |\n")) == []
    assert list(bare_numbers("```\n| a | b |\n| - | - |\n| c | 4 |\n```\n")) == []
    assert list(bare_numbers("text | 4\nmore | 5\n")) == []


def test_a_bare_number_is_a_problem_with_its_line(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    change(root / "lessons/small/start.en.md", "\nn\n", "\n| a | b |\n| - | - |\n| c | 4 |\n")
    assert "where does 4 in the table come from" in words(root)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("choice_questions = 6", "choice_questions = 8", "needs 8 choice questions at least: it has 7"),
        ("open_questions = 1", "open_questions = 2", "needs 2 open questions at least: it has 1"),
        ("cards = 2", "cards = 3", "needs 3 cards at least: it has 2"),
        ("exercises = 1", "exercises = 2", "needs 2 exercises at least: it has 1"),
        ('["start"]', '["code-guide"]', "has no lesson code-guide"),
        ("english_words = [4, 9]", "english_words = [40, 90]", "its teaching has"),
        ("characters = [4, 9]", "characters = [1, 2]", "Chinese characters, and should have 1 to 2"),
        ('"quick-*"', '"start"', "its teaching has 0 English words"),
    ],
)  # fmt: skip
def test_what_a_ready_module_lacks_is_found(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    root = add_practice(tiny_course(tmp_path))
    course = root / "lessons/course.toml"
    course.write_text(course.read_text(encoding="utf-8") + READY, encoding="utf-8")
    assert words(root) == ""
    change(course, old, new)
    assert complaint in words(root)


def test_length_counts_what_is_read() -> None:
    text = "# Title\n\nFour words, don't split. `code` $x^2$ {{a/b: c.d}} [link](https://x.y/z)\n\n"
    text += ":::code a.py B\n\n```\ncode\n```\n"
    assert length(text, "en") == len(["Title", "Four", "words", "don't", "split", "code", "0", "link"])
    assert length("# 标题\n\n四个汉字 word", "zh") == 6
