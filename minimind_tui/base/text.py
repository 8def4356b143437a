"""The two languages of the course, and a sentence in both."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from minimind_tui.base.inert import inert

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def other(language: Language) -> Language:
    """The other one of the two."""
    return "en" if language == "zh" else "zh"


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages. Neither may be empty."""

    zh: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Make both sentences safe to draw, once for every screen: they may come from a file."""
        for name, text in (("zh", self.zh), ("en", self.en)):
            safe = inert(text)
            if safe != text:
                msgspec.structs.force_setattr(self, name, safe)

    def of(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.zh if language == "zh" else self.en
