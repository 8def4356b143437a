"""The two languages on the screen: pairs written where they are used."""

from __future__ import annotations

import math
from collections.abc import Sequence

from minimind_tui.base.text import Language
from minimind_tui.content.schema import Module
from minimind_tui.content.tables import Value

STEPS = {
    "lesson": ("篇课文", "lesson", "lessons"),
    "experiment": ("个实验", "experiment", "experiments"),
    "quiz": ("次测验", "quiz", "quizzes"),
    "exercise": ("份代码", "exercise", "exercises"),
    "review": ("组卡片", "set of cards", "sets of cards"),
}


def pick(pair: str, language: Language) -> str:
    """The half of `中文|English` in `language`; a text without a bar is the same in both.

    Textual keeps a binding's description in one string, so both languages travel in it.
    """
    chinese, bar, english = pair.partition("|")
    return english if bar and language == "en" else chinese


def hours(value: float, language: Language) -> str:
    """A duration of study, in minutes under an hour, else to the quarter of an hour."""
    if value < 1:
        return f"{value * 60:.0f} 分钟" if language == "zh" else f"{value * 60:.0f} min"
    quarters = round(4 * value) / 4
    return f"{quarters:g} 小时" if language == "zh" else f"{quarters:g} h"


def seconds(value: float, language: Language) -> str:
    """A duration of a run."""
    if not math.isfinite(value):
        return "?"
    if value < 10:
        return f"{round(value, 1):g} 秒" if language == "zh" else f"{round(value, 1):g} s"
    if value < 90:
        return f"{value:.0f} 秒" if language == "zh" else f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 90:
        return f"{minutes} 分 {rest:02d} 秒" if language == "zh" else f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} 小时 {minutes % 60} 分" if language == "zh" else f"{minutes // 60} h {minutes % 60} min"


def bar(fraction: float, width: int) -> str:
    """A progress bar of `width` cells, readable without colour."""
    full = round(max(0.0, min(1.0, fraction)) * width)
    return "█" * full + "░" * (width - full)


def megabytes(size: int) -> str:
    """A size on the disk."""
    return f"{size / 1e6:,.1f} MB"


def coming_modules(modules: Sequence[Module], language: Language) -> str:
    """The modules of a path that are still being written: "modules 7 and 9 to 20"."""
    spans: list[list[int]] = []
    for number in (module.number for module in modules):
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    to = " 到 " if language == "zh" else " to "
    told: list[str] = []
    for span in spans:
        told += [f"{span[0]}{to}{span[-1]}"] if len(span) > 2 else map(str, span)
    if language == "zh":
        return f"模块 {join_words(told, language)} 还在编写"
    if len(modules) == 1:
        return f"module {told[0]} is being written"
    return f"modules {join_words(told, language)} are being written"


def join_words(words: Sequence[str], language: Language) -> str:
    """As one says it: "7, 9 and 11"."""
    if language == "zh":
        return "、".join(words)
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def counted(kind: str, count: int, language: Language) -> str:
    """So many steps of a kind, in words."""
    chinese, one, many = STEPS[kind]
    return f"{count} {chinese}" if language == "zh" else f"{count} {one if count == 1 else many}"


def as_text(value: Value) -> str:
    """A value as the form and the command line write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
