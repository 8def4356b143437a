"""Bad lessons: whatever the markdown says, it is drawn, or its reader is told what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.files import LARGEST_FILE
from minimind_tui.content.formula import block_formula, inline_formula, misdrawn, unknown_commands
from minimind_tui.content.lesson import bad_live_values, code_quotes, formulas, live_values, sections
from minimind_tui.content.roots import bundled_root
from minimind_tui.views.wrap import breaks, units
from tests.budget import cases
from tests.faults.mutations import damaged, patience
from tests.faults.reading import read
from tests.tiny import tiny_course

LESSONS = sorted(path.read_bytes() for path in bundled_root().glob("lessons/*/*.md"))
PIECES = st.lists(
    st.sampled_from(
        [
            "\\frac", "\\sqrt", "\\left", "\\right", "\\begin{matrix}", "\\end{matrix}", "\\begin{x}", "\\mathbb",
            "\\hat", "\\text", "\\\\", "\\", "\\x", "{", "}", "{}", "^", "_", "&", "%", "$", "#", "~", "(", ")",
            "x", "1", " ", "\n", "Σ", "中", "′", "|", "''", "``", "--", "?", "\0", "\x1b", "\\sum", "\\,", "[", "]",
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip
HOSTILE = st.sampled_from(
    [
        "> " * 40 + "x", "- " * 40 + "x", "1. " * 40 + "x", "> - " * 20 + "中文", "|a|b|\n|-|-|\n|中|",
        "|\n|-|", "||\n|-|\n||",
        "[x](y)", "![x](y)", "[x][y]", "<b>", "<!--", "\\", "***", "___", "# " * 9, "#######", "```",
        "~~~python", "    code",
        "$$\n$$", "$$", "$x$", "{{small/count: twos.total}}", "{{small/count: 1/0 | .1f}}", "{{x/y: 1}}", "{{", "}}",
        "{{small/count: min(1)}}", "{{small/count: twos.total | 9999f}}", "\n:::code minimind_tui/nn/norm.py RMSNorm\n",
        "\n:::code experiments/small/count.py run\n", "\n:::code ../../etc/passwd root\n", "\n:::code a.b.c d.e.f\n",
        "\n```drawing x\n│\tx\n   ▼\n```\n", "\n```drawing\n", "> ```drawing ( [\n> ┌\n",
        "\x1b[2J", "\0", "\u202e", "\r", "\x0b", "\x85", "\u2028", "\t", "é" * 70, "中" * 70, "（" * 70, "，" * 70,
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30, "\u0301" * 70, "&amp;&#0;&#xD800;",
        "---", "===", "\n\n", "*" * 30,
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_course(tmp_path_factory.mktemp("lessons"))


@cases(60, nightly=2000)
@given(data=st.data())
def test_a_damaged_lesson_is_drawn(data: st.DataObject, place: Path) -> None:
    content = data.draw(damaged(data.draw(st.sampled_from(LESSONS))))
    with patience():
        read(place, content)


@cases(60, nightly=1500)
@given(
    pieces=st.lists(HOSTILE | st.text(max_size=20) | PIECES.map(lambda latex: f"${latex}$"), max_size=8),
    between=st.sampled_from(["", " ", "\n", "\n\n", "\n> ", "\n- "]),
)
def test_any_markdown_is_drawn(pieces: list[str], between: str, place: Path) -> None:
    content = ("# Title\n\n" + between.join(pieces)).encode("utf-8", "replace")
    with patience():
        read(place, content, 60, 8)


@cases(100, nightly=2500)
@given(latex=PIECES, width=st.integers(1, 80))
def test_any_formula_is_drawn_and_checked(latex: str, width: int) -> None:
    with patience():
        assert "\\" not in inline_formula(latex)
        assert block_formula(latex, width)
        unknown_commands(latex)
        misdrawn(latex, block=True)


@cases(60, nightly=1500)
@given(text=st.text(max_size=60), width=st.integers(1, 12))
def test_any_text_is_broken_into_lines(text: str, width: int) -> None:
    with patience():
        assert "".join(units(text)) == text
        offsets = breaks(text, width)
    assert offsets == sorted(offsets)


@pytest.mark.parametrize(
    "unit",
    ["x", "中", " ", "\n", "x\n", "{{a/b:", "{{a/b: 1}}", "{{", "~~~a\n", "```\n", "$", "$$ ", "$x", "[", "[a](",
     "*a ", "`",
     "> ", "- ", "| ", "\\", "<", "# ", "&", "_a", "**a", "\n:::code a b", "](", "![", "a\n=\n", "|a|\n|-|\n"],
)  # fmt: skip
def test_an_enormous_lesson_takes_no_age(unit: str, place: Path) -> None:
    """As large as a content file may be: all that is computed from the text ends."""
    text = unit * (LARGEST_FILE // len(unit.encode()))
    with patience():
        live_values(text)
        bad_live_values(text)
        code_quotes(text)
        formulas(text)
        sections(text)


@pytest.mark.parametrize("text", ["{{a/b:" + " " * 20_000, "{{a/b: 1" + " " * 20_000, "{{a/b: 1 |" + " " * 20_000])
def test_many_spaces_in_a_measured_value_take_no_age(text: str) -> None:
    with patience():
        live_values(text)
        bad_live_values(text)


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 5000,
        "\\frac" * 3000,
        "x^" * 5000,
        "{x}" * 5000,
        "\\sqrt{" * 900 + "}" * 900,
        "(" * 5000,
        "x" * 50_000,
        "x^{" * 18 + "x" + "} a" * 18,
        "\\frac{" * 18 + "x" + "}{x}" * 18,
        "(" * 36 + "\\frac{x}{x}" + ")" * 36,
        "(x)" * 5000,
        "\\frac{x}{x}" * 2000,
        "a_b " * 5000,
        "\\cos " * 5000,
    ],
)
def test_an_enormous_formula_takes_no_age(latex: str) -> None:
    with patience():
        assert inline_formula(latex)
        assert block_formula(latex, 60)
        misdrawn(latex, block=False)


@pytest.mark.parametrize("quote", ["/etc/passwd root", "../../x y", "a\0b c", "minimind_tui/../../x y"])
def test_code_from_outside_the_course_is_not_shown(quote: str, place: Path) -> None:
    read(place, f"# Title\n\n:::code {quote}\n".encode())
