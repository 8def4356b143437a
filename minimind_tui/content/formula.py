"""Formulas for a terminal: blocks drawn in two dimensions, inline ones on a line with their grouping kept.

Blocks come from texicode; where it does not know a command, or the pane is too narrow, the linear form
stands in. The linear form walks pylatexenc's parse tree: stock converters drop the grouping, so that
(x+1)/y would read x + 1/y.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "cdot": "·", "times": "×", "odot": "⊙", "oplus": "⊕", "pm": "±", "div": "÷",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼",
    "equiv": "≡", "propto": "∝", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "subset": "⊂", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "mapsto": "↦", "infty": "∞", "partial": "∂",
    "nabla": "∇", "sum": "Σ", "prod": "∏", "int": "∫", "forall": "∀", "exists": "∃", "ldots": "…",
    "cdots": "⋯", "dots": "…", "langle": "⟨", "rangle": "⟩", "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "lvert": "|", "rvert": "|", "mid": "|", "prime": "′", "top": "ᵀ", "circ": "∘", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "ell": "ℓ", "quad": "  ", "qquad": "    ", ",": " ",
    ";": " ", ":": " ", "!": "", " ": " ", "\\": " ", "{": "{", "}": "}", "%": "%", "_": "_", "&": "&",
    "#": "#", "$": "$", "|": "‖", "exp": "exp", "log": "log", "ln": "ln", "max": "max", "min": "min",
    "sin": "sin", "cos": "cos", "tanh": "tanh", "arg": "arg", "left": "", "right": "", "bigl": "",
    "bigr": "", "Bigl": "", "Bigr": "", "big": "", "Big": "", "limits": "", "displaystyle": "",
}  # fmt: skip
"""LaTeX commands without arguments, as they are written on a line."""

WORDS = frozenset(("exp", "log", "ln", "max", "min", "sin", "cos", "tanh", "arg"))
PLAIN = frozenset(("mathrm", "text", "mathbf", "mathit", "operatorname", "textbf", "mathcal", "textit", "boldsymbol"))
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}
DOUBLE_STRUCK = {"R": "ℝ", "E": "𝔼", "N": "ℕ", "Z": "ℤ", "C": "ℂ", "P": "ℙ"}
SUPERSCRIPTS = dict(zip("0123456789+-=()nijTdk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵀᵈᵏ", strict=True))
SUBSCRIPTS = dict(zip("0123456789+-=()aeijkmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
STRUCTURES = frozenset(("frac", "dfrac", "tfrac", "sqrt", "mathbb")) | PLAIN | ACCENTS.keys()

OPERATOR = re.compile("[≈=≤≥≠∼≡∝·×⊙⊕±∈→⇒↦]")
"""Binary operators and relations: they get a space on either side."""


@lru_cache(maxsize=512)
def inline_formula(latex: str) -> str:
    """`latex` on one line. Never raises, and never shows a backslash."""
    try:
        text = _linear(_parse(latex))
    except Exception:  # the parser is strict about braces; a reader still wants to see something
        text = latex
    return " ".join(OPERATOR.sub(r" \g<0> ", text.replace("\\", "")).split())


@lru_cache(maxsize=512)
def block_formula(latex: str, width: int = 80) -> list[str]:
    """`latex` in two dimensions, in at most `width` cells; in linear form if it is too wide or cannot be drawn."""
    rows = None if unknown_commands(latex) else _drawn(latex)
    if rows is None or max(len(row) for row in rows) > width:
        return _folded(inline_formula(latex), width)
    return rows


@lru_cache(maxsize=512)
def unknown_commands(latex: str) -> list[str]:
    """The commands that neither form can draw, `(syntax)` where the formula cannot be parsed."""
    try:
        nodes = _parse(latex)
    except Exception:
        return ["(syntax)"]
    return sorted({f"\\{name}" for name in _commands(nodes) if name not in SYMBOLS and name not in STRUCTURES})


def cannot_be_drawn(latex: str) -> bool:
    """Whether a block falls back to its linear form whatever the width."""
    return bool(unknown_commands(latex)) or _drawn(latex) is None


def _drawn(latex: str) -> list[str] | None:
    """The rows that texicode draws; None where it fails or leaves a gap, and for wide characters."""
    from texicode.pipeline import init_arts, render_tex_rows

    if any(unicodedata.east_asian_width(c) in "WF" for c in latex):
        return None  # texicode counts characters, not cells
    try:
        init_arts({"fonts": "normal"})
        rows = [row.rstrip() for row in render_tex_rows(latex.strip(), False)]
    except Exception:
        return None
    if not rows or any("TeXicode:" in row or "?" in row or "\\" in row for row in rows):
        return None
    return rows


def _parse(latex: str) -> list[Any]:
    from pylatexenc.latexwalker import LatexWalker

    nodes: list[Any] = LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()[0]
    return nodes


def _commands(nodes: list[Any]) -> list[str]:
    found = []
    for node in nodes:
        if node is None:
            continue
        if hasattr(node, "macroname"):
            found.append(node.macroname)
        for children in (
            getattr(node, "nodelist", None),
            getattr(getattr(node, "nodeargd", None), "argnlist", None),
        ):
            found += _commands(list(children or ()))
    return found


def _linear(nodes: list[Any]) -> str:
    out = ""
    index = 0
    while index < len(nodes):
        node = nodes[index]
        index += 1
        name = node.__class__.__name__
        if name == "LatexCharsNode":
            index, out = _characters(nodes, index, node.chars, out)
        elif name == "LatexSpecialsNode":
            out += {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "&": " "}.get(
                node.specials_chars, node.specials_chars
            )
        elif name == "LatexMacroNode":
            text, index = _macro(node, nodes, index)
            word = node.macroname in WORDS
            out += (" " if word and out and (out[-1].isalnum() or out[-1] in ")]") else "") + text
            following = nodes[index] if index < len(nodes) else None
            starts_word = getattr(following, "chars", " ")[:1].isalnum() or hasattr(following, "macroname")
            out += " " if word and starts_word else ""
        elif name == "LatexGroupNode":
            out += _linear(node.nodelist)
        elif hasattr(node, "nodelist"):
            out += _linear(node.nodelist or [])
    return out


def _characters(nodes: list[Any], index: int, characters: str, out: str) -> tuple[int, str]:
    """Plain characters; `^` and `_` take the next character, or the next node at the end of the run."""
    position = 0
    while position < len(characters):
        character = characters[position]
        position += 1
        if character not in "^_":
            out += character
            continue
        if position < len(characters):
            argument = characters[position]
            position += 1
        elif index < len(nodes):
            argument, index = (
                _macro(nodes[index], nodes, index + 1)
                if hasattr(nodes[index], "macroname")
                else (
                    _linear([nodes[index]]),
                    index + 1,
                )
            )
        else:
            argument = ""
        out += _script(argument, character)
    return index, out


def _script(text: str, kind: str) -> str:
    """A sub- or superscript: in Unicode where every character has one, else written out."""
    table = SUPERSCRIPTS if kind == "^" else SUBSCRIPTS
    if text in ("ᵀ", "′"):
        return text
    if text and all(character in table for character in text):
        return "".join(table[character] for character in text)
    return f"{kind}{text}" if len(text) <= 1 else f"{kind}({text})" if not text.isalnum() else f"{kind}{text}"


def _macro(node: Any, nodes: list[Any], index: int) -> tuple[str, int]:
    name = node.macroname
    if name in SYMBOLS:
        return SYMBOLS[name], index
    arguments = list((node.nodeargd.argnlist if node.nodeargd else ()) or ())
    if name in STRUCTURES and not [a for a in arguments if a is not None] and index < len(nodes):
        arguments, index = [nodes[index]], index + 1
    parts = [_linear([argument]) if argument is not None else "" for argument in arguments]
    if name in ("frac", "dfrac", "tfrac") and len(parts) >= 2:
        top = parts[-2].strip()
        product = not any(character in "+-±/=≈ " for character in top)
        return f"{top if product else _grouped(top)}/{_grouped(parts[-1])}", index
    if name == "sqrt":
        root = {"3": "∛", "4": "∜"}.get(parts[0] if len(parts) > 1 else "", "√")
        return root + _grouped(parts[-1] if parts else ""), index
    if name in ACCENTS:
        body = parts[-1] if parts else ""
        return (body + ACCENTS[name] if len(body) == 1 else f"{name}({body})"), index
    if name == "mathbb":
        return DOUBLE_STRUCK.get(parts[-1] if parts else "", parts[-1] if parts else ""), index
    return "".join(parts) or ("" if name in STRUCTURES else name), index


def _grouped(text: str) -> str:
    """`text` in brackets, unless it is a single term that needs none."""
    text = text.strip()
    base = "".join(c for c in text.lstrip("√") if unicodedata.category(c) not in ("No", "Lm", "Mn") and c != "′")
    simple = len(base) <= 1 or base.replace(".", "").isdigit()
    if simple or (text.startswith("(") and text.endswith(")") and text.count("(") == 1):
        return text
    return f"({text})"


def _folded(text: str, width: int) -> list[str]:
    """A linear formula in lines of at most `width` cells, broken before an operator."""
    rows = [""]
    for word in text.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("  ")
        rows[-1] += (" " if rows[-1].strip() else "") + word
    return rows
