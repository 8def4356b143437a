"""The systematic path by keys alone: from the roadmap through every lesson and its experiments, to where it ends.

One experiment of each module is run, in a lesson that is drawn anew each time, and the others are passed over; at night
all are run. So the walk does not grow with the experiments.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.lesson import embedded
from minimind_tui.content.paths import module_steps, unwritten
from minimind_tui.content.schema import Experiment
from tests.budget import is_nightly
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.terminal.quick_start import COURSE, SIZES, Walk

PATH = COURSE.paths["systematic"]
READY = [name for name in PATH.modules if module_steps(COURSE, name) and COURSE.modules[name].state == "ready"]
LESSONS = [step.ref for step in PATH.steps if step.kind == "lesson"]
QUICK = 5
"""Seconds of an experiment for whose end every test waits; the longer ones are stopped, except at night."""


def to_be_run(language: Language) -> dict[str, list[str]]:
    """The experiments that are run, by the lesson that asks for them; each once.

    By day one experiment of each module: the first of a lesson, which asks for that one before the others.
    """
    asked: dict[str, list[str]] = {}
    for ref in LESSONS:
        before = [name for names in asked.values() for name in names]
        asked[ref] = [name for name in embedded(COURSE, ref, language) if name not in before]
    if is_nightly():
        return asked
    drawn = [random.choice([ref for ref in LESSONS if asked[ref] and asked[ref][0].startswith(f"{m}/")]) for m in READY]
    return {ref: asked[ref][:1] for ref in drawn}


class ModuleWalk(Walk):
    """A learner who runs some experiments where the lesson tells to, and reads on where it asks for others."""

    def __init__(self, console: Console, language: Language) -> None:
        super().__init__(console, language)
        self.to_be_run = to_be_run(language)
        self.begun: list[str] = []
        self.finished: list[str] = []

    @property
    def foot(self) -> str:
        """The line that says what to do next."""
        return self.console.text.split("\n")[-1]

    def from_the_roadmap(self, module: str) -> None:
        """Open a module from the home screen."""
        self.see(self.say("按 Enter 开始", "Press Enter to start"))
        self.press("[")
        self.see(self.say("按 Enter 打开", "Press Enter to open"))
        for _ in range(COURSE.modules[module].number):
            self.press("j")
        self.see(COURSE.modules[module].question.of(self.language)[:20])
        self.press("Enter")
        self.console.wait_gone(self.say("按 Enter 打开", "Press Enter to open"))

    def lesson(self, ref: str) -> None:
        """From its first page to its end, with the runs on the way."""
        self.console.wait(lambda: self.opened(ref), f"the first page of {ref}")
        waiting = [COURSE.experiments[name] for name in self.to_be_run.get(ref, [])]
        inside = [COURSE.experiments[name] for name in embedded(COURSE, ref, self.language)]
        passed = [spec for spec in inside if spec not in waiting and spec.id not in self.begun]
        asks = (self.say("▶ r 先预测", "▶ r: predict"), self.say("▶ r 运行", "▶ r: run"))
        while self.say("读完了", "Read. ") not in self.foot:
            foot, before = self.foot, self.percent
            asked = any(words in foot for words in asks)
            spec = self.named(waiting, foot)
            if asked and spec:
                waiting.remove(spec)
                self.run(spec)
            elif asked and self.say("或 n", ", or n") in foot:
                break  # what was stopped or passed over is offered again
            elif before and ((asked and self.named(passed, foot)) or self.asks_to_read_on):  # at the end the foot lags
                self.press("Space")
                self.console.wait_other(lambda: self.percent, before, "the next page")
            else:
                self.console.wait_other(lambda: self.foot, foot, "something to do")
            for raw in ("{{", "\\frac", ":::experiment"):
                assert raw not in self.console.text
        assert not waiting, f"{ref} never asked for {[spec.id for spec in waiting]}"

    def named(self, specs: list[Experiment], foot: str) -> Experiment | None:
        """The experiment of these that the foot speaks of."""
        return next((spec for spec in specs if spec.title.of(self.language)[:8] in foot), None)

    def opened(self, ref: str) -> bool:
        """Whether the first page of a lesson is on the screen with how much of it that is: title and foot tell less."""
        border, heading = self.console.text.split("\n")[1:3]
        title = COURSE.lessons[ref].title.of(self.language)
        whole = self.say("读完了", "Read. ") in self.foot
        return self.say("1 课文", "1 Lesson") in border and title[:8] in heading and bool(self.percent or whole)

    @property
    def asks_to_read_on(self) -> bool:
        """Whether the foot says Space, and no card on the page, to its lower edge, offers a run: the foot lags."""
        offered = re.search(self.say("r 运行，大约", "r runs it") + r".*\n.*┗", self.console.text)
        return self.say("空格", "Space") in self.foot and not offered

    @property
    def percent(self) -> list[str]:
        """How far the text has been read, as the lower border of its pane says, drawn together with the page; empty at
        the end, where there is no more to read."""
        return re.findall(r"─ (\d+) % ─╯", self.console.text)

    def run(self, spec: Experiment) -> None:
        """Predict, run, see it begin; to its end where that is near, and back to the text."""
        self.begun.append(spec.id)
        marked = self.say("r 运行，大约", "r runs it") in self.console.text
        self.press("r")
        if spec.prediction:
            self.see(self.say("先预测，再运行", "Predict first, then run"))
            index = [choice.id for choice in spec.prediction.choices].index(spec.prediction.answer)
            self.press("abcde"[index], "Enter")
        finished = self.say("✓ 完成", "✓ finished")
        labels = [f"▸ {arm.label.of(self.language)[:8]}" for arm in spec.arms]
        self.console.wait(lambda: any(words in self.console.text for words in (finished, *labels)), f"{spec.id} begins")
        if spec.plots[0].kind == "line":
            self.console.wait(lambda: bool(re.search("[\u2801-\u28ff]", self.console.text)), f"points of {spec.id}")
        if spec.seconds <= QUICK or is_nightly():
            self.see(finished)
            if is_nightly():
                self.look_at_everything(spec)
        else:
            self.press("s")
            self.console.wait(lambda: any(w in self.console.text for w in (finished, "■ ")), f"the end of {spec.id}")
        ended = finished in self.console.text
        if ended:
            self.finished.append(spec.id)
        self.press("Tab")
        self.console.wait(lambda: "▶ Tab" not in self.foot, "the text again")
        if marked:  # the same page again, and its card
            self.see(self.say("✓ 已经跑过", "✓ you have run it") if ended else self.say("■ 没有跑完", "■ not finished"))

    def look_at_everything(self, spec: Experiment) -> None:
        """Every view, each with something on it, and what was measured."""
        for number, plot in enumerate(spec.plots):
            self.see(f"{plot.title.of(self.language)} {number + 1}/{len(spec.plots) + 2}")
            self.see_data(plot)
            self.press("v")
        self.see(self.say("✓ 成立", "✓ holds"))
        assert self.say("✗ 不成立", "✗ does not hold") not in self.console.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_systematic_path_by_keys_alone(tmp_path: Path, language: Language) -> None:
    columns, rows = SIZES[language]
    with Console([command()], columns=columns, rows=rows, environment=environment(tmp_path, language)) as console:
        walk = ModuleWalk(console, language)
        walk.from_the_roadmap(READY[0])
        for number, step in enumerate(PATH.steps, 1):
            walk.see(f"{number}/{len(PATH.steps)}", COURSE.title_of(step).of(language)[:8])
            if step.kind == "lesson":
                walk.lesson(step.ref)
            else:
                walk.see("▶ Enter", walk.say("或 n", ", or n"))
            read = walk.foot
            walk.press("n")
            console.wait_other(lambda: walk.foot, read, "another step")
        assert {name.partition("/")[0] for name in walk.begun} >= set(READY), "every module has been tried"
        coming = unwritten(COURSE, PATH)
        for module in coming:
            walk.see(str(module.number))
        if coming:
            walk.see(walk.say("目前就到这里", "goes no further yet"), walk.say("还在编写", "being written"))
        else:
            walk.see(walk.say("“系统学习”的课文都走过了", "“Systematic”: its lessons are done"))
        walk.see(walk.say("练习还没做的", "Practice still open"))
        if {name for ref in LESSONS for name in embedded(COURSE, ref, language)} - set(walk.finished):
            walk.see(walk.say("还没跑的实验", "Experiments not run yet"))
        walk.press("Enter")
        done = len(LESSONS) + len(walk.finished)
        walk.see(walk.say("系统学习", "Systematic"), f"{done}/")
        walk.press("q")
        assert console.wait_exit() == 0
