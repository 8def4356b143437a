"""Random formulas of the grammar that lessons may use."""

from __future__ import annotations

from hypothesis import strategies as st

from minimind_tui.content.formula.symbols import DOUBLE_STRUCK, FUNCTIONS, LETTERS, OPERATORS

ATOMS = st.one_of(
    st.sampled_from([*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *"0123456789", "12", "0.41", "f'", "k!"]),
    st.sampled_from([f"\\{name}" for name in LETTERS if name.isalpha()]),
    st.sampled_from([f"\\mathbb{{{letter}}}" for letter in (*DOUBLE_STRUCK, "E", "1")]),
    st.sampled_from(
        [
            r"\text{SiLU}",
            r"\text{Pre-LN: }",
            r"\mathrm{RMS}",
            r"\mathbf{w}",
            r"\operatorname{softmax}",
            r"\hat{x}",
            r"\bar y",
        ]
    ),
)
BETWEEN = st.sampled_from(
    ["", "", " ", " + ", "-", "/", ", ", "=", " < ", r" \qquad ", r"\,", *(f"\\{name}" for name in OPERATORS)]
)


def joined(parts: list[str]) -> str:
    """Pieces of LaTeX side by side: a command ends where the next letter does not belong to it."""
    text = ""
    for part in parts:
        ends_in_command = "\\" in text and text.rpartition("\\")[2].isalpha()
        text += ("{}" if ends_in_command and part[:1].isalpha() else "") + part
    return text


FORMS = (
    "\\frac{#}{#}", "\\tfrac{#}{#}", "\\dfrac{#}{#}", "\\sqrt{#}", "\\sqrt[3]{#}", "{#}^{#}", "{#}_{#}", "x_{#}^{#}",
    "W^{#}_{#}", "\\sigma_{#}", "\\sum_{#}^{#}#", "\\prod_{#}#", "\\max_{#}#", "(#)", "\\left[#\\right]", "|#|",
    *(form for name in sorted(FUNCTIONS) for form in (f"\\{name}(#)", f"\\{name}{{#}}", f"#\\{name}")),
    "\\begin{pmatrix} # & # \\\\ # \\end{pmatrix}", "\\begin{cases} # & # \\\\ # \\end{cases}",
)  # fmt: skip
"""What is made of smaller formulas, each at a `#`."""


@st.composite
def formulas_of(draw: st.DrawFn, deepest: int = 3) -> str:
    """A formula of at most so many things inside each other."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        form = draw(st.sampled_from(FORMS)) if deepest and draw(st.booleans()) else ""
        pieces = form.split("#")
        inner = [draw(formulas_of(deepest - 1)) for _ in pieces[1:]]
        parts += [part for pair in zip(pieces, [*inner, ""], strict=True) for part in pair] if form else [draw(ATOMS)]
        parts.append(draw(BETWEEN))
    return joined([part for part in parts if part])


FORMULAS = formulas_of()
