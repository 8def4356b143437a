"""The commands that a formula may hold, and the signs they are drawn with: the same on a line and in a block.

Only signs that the fonts of terminals have: none above U+FFFF, a plain one where it serves (`…` for `⋯`, `~` for `∼`).
"""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    """What a sign is, which decides about the spaces around it."""

    LETTER = auto()
    NUMBER = auto()
    WORD = auto()
    """Several letters that belong together: set off from a letter beside them."""
    FUNCTION = auto()
    BIG = auto()
    """A sum or product over what follows."""
    FRACTION = auto()
    ROOT = auto()
    FENCE = auto()
    """Brackets and what is in them."""
    MARK = auto()
    """What belongs to the sign before it: a prime, a factorial."""
    OPERATOR = auto()
    """A relation or multiplication: a space on either side."""
    SIGN = auto()
    """Plus, minus, slash: spaced as they are written."""
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    PUNCTUATION = auto()


LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "partial": "∂", "nabla": "∇", "forall": "∀", "exists": "∃",
    "ldots": "…", "cdots": "…", "dots": "…", "top": "T", "ell": "ℓ", "emptyset": "∅",
    "%": "%", "_": "_", "&": "&", "#": "#", "$": "$",
}  # fmt: skip
OPERATORS = {
    "cdot": "·", "times": "×", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "pm": "±", "div": "÷", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "~", "equiv": "≡",
    "propto": "∝", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "subset": "⊂", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "gets": "←", "Rightarrow": "⇒", "mapsto": "↦", "mid": "|", "circ": "∘", "cup": "∪",
    "cap": "∩", "lt": "<", "gt": ">",
}  # fmt: skip
OPENING = {"langle": "⟨", "lfloor": "⌊", "lceil": "⌈", "{": "{", "lbrace": "{", "(": "(", "[": "["}
CLOSING = {"rangle": "⟩", "rfloor": "⌋", "rceil": "⌉", "}": "}", "rbrace": "}", ")": ")", "]": "]"}
BARS = {"lvert": "|", "rvert": "|", "vert": "|", "|": "‖", "lVert": "‖", "rVert": "‖", "Vert": "‖"}
BIG = {"sum": "Σ", "prod": "∏", "int": "∫"}
FUNCTIONS = frozenset(
    ("exp", "log", "ln", "max", "min", "sup", "inf", "lim", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh",
     "cosh", "tanh", "arg", "det", "dim", "gcd", "Pr")
)  # fmt: skip
LIMITS = frozenset(("Σ", "∏", "lim", "max", "min", "sup", "inf", "argmax", "argmin"))
"""What carries its scripts below and above it in a block."""

SPACES = {",": 1, ";": 1, ":": 1, " ": 1, "!": 0, "quad": 2, "qquad": 4, "\n": 1}
SIZES = frozenset(
    ("big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "bigm", "Bigm",
     "limits", "nolimits", "displaystyle", "textstyle", "scriptstyle")
)  # fmt: skip
"""Commands about sizes, which a terminal has none of."""

FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
TEXTS = frozenset(("text", "textbf", "textit", "textrm", "mbox"))
FONTS = frozenset(("mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "boldsymbol", "operatorname"))
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "widetilde": "\u0303", "dot": "\u0307",
}  # fmt: skip
DOUBLE_STRUCK = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "P": "ℙ"}
"""Those below U+FFFF; the others are drawn as plain letters."""

MATRICES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "cases": ("{", ""),
    "aligned": ("", ""), "align": ("", ""), "align*": ("", ""),
}  # fmt: skip
"""The environments, with the brackets around them."""

SUPERSCRIPTS = dict(zip("0123456789+-=()nijTdk∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵀᵈᵏ°", strict=True))
SUBSCRIPTS = dict(zip("0123456789+-=()aeijkmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
SMALL = {"^": SUPERSCRIPTS, "_": SUBSCRIPTS}

ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}

PLAIN = {
    **dict.fromkeys("([", Kind.OPEN), **dict.fromkeys(")]", Kind.CLOSE), "|": Kind.BAR,
    **dict.fromkeys(",;:", Kind.PUNCTUATION), **dict.fromkeys("+-/*", Kind.SIGN),
    **dict.fromkeys("!'", Kind.MARK), **dict.fromkeys("=<>", Kind.OPERATOR),
    **dict.fromkeys(OPERATORS.values(), Kind.OPERATOR),
}  # fmt: skip
"""The kinds of characters that stand for themselves; all others are letters."""
PLAIN["|"] = Kind.BAR
PLAIN["~"] = Kind.OPERATOR
