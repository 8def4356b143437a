"""A learner who walks through the quick start by keys."""

from __future__ import annotations

import re

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.plots import Plot
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Experiment
from tests.terminal.console import Console

COURSE = load_course(bundled_root())


SIZES: dict[Language, tuple[int, int]] = {"zh": (80, 24), "en": (120, 40)}


class Walk:
    """A learner at a terminal, who remembers which keys were pressed."""

    def __init__(self, console: Console, language: Language) -> None:
        self.console, self.language = console, language
        self.pressed: set[str] = set()

    def say(self, chinese: str, english: str) -> str:
        return chinese if self.language == "zh" else english

    def press(self, *keys: str) -> None:
        self.pressed.update(keys)
        self.console.press(*keys)

    def see(self, *words: str) -> None:
        self.console.wait_for(*words)

    def read(self, step: int, count: int) -> None:
        """A lesson: page by page to its end, then on."""
        self.see(f"{step}/{count}")
        done = self.say("读完了", "Read. ")
        reading = self.say("往下读", "Space to read on")
        while done not in self.console.text:
            before = self.console.text
            if f"▶ {self.say('空格', 'Space')}" in before:
                self.press("Space")
            self.console.wait_other(lambda: self.console.text, before, f"{reading} or {done}")
        assert "{{" not in self.console.text
        assert "\\frac" not in self.console.text
        self.press("n")

    def experiment(self, spec: Experiment, step: int, count: int) -> None:
        """Commit to the right prediction, run, look at every view, go on."""
        self.see(f"{step}/{count}", self.say("按 r", "Press r"))
        self.press("r")
        self.see(self.say("先预测，再运行", "Predict first, then run"))
        assert spec.prediction is not None
        index = [choice.id for choice in spec.prediction.choices].index(spec.prediction.answer)
        self.press("abcde"[index])
        self.press("Enter")
        self.see(self.say("✓ 完成", "✓ finished"))
        for number, plot in enumerate(spec.plots):
            self.see(f"{plot.title.of(self.language)} {number + 1}/{len(spec.plots) + 2}")
            self.see_data(plot)
            self.press("v")
        self.see(self.say("✓ 说中了", "✓ you were right"), self.say("✓ 成立", "✓ holds"))
        assert self.say("✗ 不成立", "✗ does not hold") not in self.console.text
        self.press("n")

    def see_data(self, plot: Plot) -> None:
        """Something is drawn on this plot."""
        self.console.wait(lambda: has_data(self.console.text, plot.kind), f"data on {plot.id}")


def has_data(text: str, kind: str) -> bool:
    """Whether a plot of this kind has something drawn on it."""
    if kind in ("line", "layers"):
        return len(re.findall("[\u2801-\u28ff]", text)) > 20
    if kind == "bars":
        return text.count("█") > 20
    if kind == "heatmap":
        return len(re.findall(r"[·1-9]", text)) > 20
    return len(text) > 500
