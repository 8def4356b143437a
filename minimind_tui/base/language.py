"""Which of the two languages the learner reads: the one asked for, else the locale's."""

from __future__ import annotations

from collections.abc import Mapping

from minimind_tui.base.text import Language


def detect(environ: Mapping[str, str], override: str | None = None) -> Language:
    """The language to speak: `override` (`zh` or `en`), else from LC_ALL, LC_MESSAGES, LANG; English otherwise."""
    if override is not None:
        return "zh" if override == "zh" else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
