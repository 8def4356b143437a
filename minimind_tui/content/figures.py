"""How a sentence of the course asks for a measured figure: `{name:.2f}`."""

from __future__ import annotations

import re
import string

FORMAT = re.compile(r",?(\.\d{1,2})?[efg%]?")
"""The allowed formats. A format of Python's may also ask for a width of a thousand million spaces."""


def sane(form: str) -> bool:
    """Whether `form` is one of the allowed formats of a figure."""
    return FORMAT.fullmatch(form) is not None


def written(value: float, form: str) -> str:
    """A computed figure as text: in `form` if there is one, else whole numbers in full and others with three digits."""
    return format(value, form or (".0f" if value == int(value) else ".3g"))


def placeholders(sentence: str) -> dict[str, str]:
    """The `{name:format}` of a sentence; an unreadable one counts as the name `?`."""
    try:
        return {name: form or "" for _, name, form, _ in string.Formatter().parse(sentence) if name is not None}
    except ValueError:
        return {"?": ""}
