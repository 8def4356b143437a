"""A seeded walk through the tutor by keys, and the model of what its screen has acknowledged."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from minimind_tui.practice.store import Progress
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.ui.style import DARK, LIGHT, THEMES
from tests.budget import is_nightly
from tests.terminal.console import Console
from tests.terminal.learner import Learner
from tests.tiny import COURSE, LESSON, MODULE, SPEC, tiny_course, until

MOMENTS = 200 if is_nightly() else 25
SEED = random.SystemRandom().randrange(10**6) if is_nightly() else 1
EXPERIMENTS = MOMENTS // 3
"""Each asks for a prediction once, so there are as many as a walk may come to."""

STEPS = 10
SIZE = (200, 30)
COUNTS = """
import time
def run(settings, record):
    record.plan(settings.steps)
    for step in range(1, settings.steps + 1):
        record.metric(step, total=step * settings.by)
        time.sleep(0.03)
"""
PREDICTION = """
[prediction]
question = { zh = "会是多少？", en = "How many?" }
answer = "twice"
rests_on = ["twice"]
explanation = { zh = "两倍", en = "Twice as many" }
choices = [
  { id = "same", text = { zh = "一样", en = "as many" } },
  { id = "twice", text = { zh = "两倍", en = "twice as many" } },
  { id = "less", text = { zh = "更少", en = "fewer" } },
]
"""
CHOICES = ("same", "twice", "less")
TITLES = {"lesson": ("课文", "Reading"), "experiment": ("数数", "Counting")}
CJK = re.compile(r"[\u4e00-\u9fff]")
STATUS = {
    "still": r"not run yet|还没运行过",
    "waiting": r"… (waiting|starting|排队|正在启动)",
    "running": r"▸ ",
    "finished": r"✓ (finished|完成)",
    "stopped": r"■ (stopped|已停止)",
    "crashed": r"✗ ",
}
Value = TypeVar("Value")


def long_course(root: Path, experiments: int, code: str = COUNTS, steps: int = STEPS) -> Path:
    """A course of one path: lessons and experiments in turn, numbered, each experiment with a prediction."""
    tiny_course(root, code)
    names = [f"{number:02}" for number in range(1, experiments + 1)]
    refs = [(kind, f"small/{kind}-{name}") for name in names for kind in TITLES]
    listed = "".join(f'  {{ kind = "{kind}", ref = "{ref}" }},\n' for kind, ref in refs)
    course = COURSE.partition("steps = [")[0]
    course = course.replace('["count"]', str([f"experiment-{name}" for name in names]))
    (root / "lessons/course.toml").write_text(f"{course}steps = [\n{listed}]\n", encoding="utf-8")
    for file in {*root.glob("*/small/count.*"), *root.glob("lessons/small/*.md")}:
        file.unlink()
    lessons, folder = MODULE.partition("[[lessons]]")[0], root / "experiments/small"
    for name in names:
        chinese, english = (f"{title} {name}" for title in TITLES["lesson"])
        lessons += f'[[lessons]]\nid = "lesson-{name}"\nminutes = 1\ntitle = {{ zh = "{chinese}", en = "{english}" }}\n'
        text = LESSON.replace("{{{{small/count: twos.total | .0f}}}} ", "")
        for stem in ("lesson", "experiment"):
            for language, title in zip(("zh", "en"), TITLES[stem], strict=True):
                file = root / f"lessons/small/{stem}-{name}.{language}.md"
                file.write_text(text.format(title=f"{title} {name}", more="n"), encoding="utf-8")
        spec = SPEC.replace("small/count", f"small/experiment-{name}").replace("default = 5", f"default = {steps}")
        for title in TITLES["experiment"]:
            spec = spec.replace(f'"{title}"', f'"{title} {name}"')
        (folder / f"experiment-{name}.toml").write_text(spec + PREDICTION, encoding="utf-8")
        (folder / f"experiment-{name}.py").write_text(code, encoding="utf-8")
    (root / "lessons/small/module.toml").write_text(lessons, encoding="utf-8")
    return root


def step_at(place: int) -> tuple[str, str]:
    """Kind and name of the step at `place` of the path."""
    kind = ("lesson", "experiment")[place % 2]
    return kind, f"small/{kind}-{place // 2 + 1:02}"


def in_lab(place: int) -> str:
    """The experiment beside the step at `place`: its own, else the one before it, else the first."""
    return step_at(place if place % 2 else max(1, place - 1))[1]


def all_experiments() -> list[str]:
    """The names of all experiments."""
    return [step_at(place)[1] for place in range(1, 2 * EXPERIMENTS, 2)]


@dataclass(frozen=True)
class Shown:
    """What the screen says; None for what it does not say clearly."""

    place: int | None
    done: frozenset[tuple[str, str]]
    language: str | None
    themes: tuple[str, ...]
    status: str | None
    steps: int | None
    """The parameter, where a run was made with another than the default."""

    @property
    def active(self) -> bool:
        """Whether a run goes on."""
        return self.status in ("waiting", "running")

    @classmethod
    def on(cls, console: Console) -> Shown:
        """Read it."""
        rows = console.text.split("\n")
        title = re.search(r" (\d+)/(\d+)  \S.*?  ([█▓░]+)  (课文|数数|Reading|Counting) (\d\d)", rows[0])
        place, done, status, steps = None, frozenset[tuple[str, str]](), None, None
        if title and len(title[3]) == int(title[2]):
            place = int(title[1]) - 1
            done = frozenset(step_at(at) for at, mark in enumerate(title[3]) if mark == "█")
            lab = re.search(r"2 (Lab: |实验：)(数数|Counting) (\d\d)", rows[1])
            if lab and in_lab(place).endswith(lab[3]):
                at = rows[1].index(lab[0]) // 2
                line = rows[2][at:]
                status = next((name for name, words in STATUS.items() if re.search(words, line)), None)
                changed = re.search(r"steps=(\d+)", line)
                steps = int(changed[1]) if changed else None
        chinese = {bool(CJK.search(rows[-1])), "帮助" in rows[-2]}
        known = ("Help" in rows[-2] or "帮助" in rows[-2]) and len(chinese) == 1 and rows[-1].strip()
        language = ("zh" if chinese.pop() else "en") if known else None
        ground = {console.screen.buffer[console.screen.lines - 1][column].bg for column in range(6)}
        inks = {DARK.primary[1:]: THEMES[:1], LIGHT.primary[1:]: THEMES[1:2], "blue": THEMES[2:]}
        themes = inks.get(ground.pop(), ()) if len(ground) == 1 else ()
        return cls(place, done, language, themes, status, steps)


@dataclass
class Values(Generic[Value]):
    """The values that something takes one after another; how far the screen has said so."""

    values: list[Value]
    at: int = 0

    @property
    def last(self) -> Value:
        """The value when all keys have been answered."""
        return self.values[-1]

    def becomes(self, value: Value) -> None:
        """A key was pressed that changes it."""
        self.values.append(value)

    def seen(self, values: Iterable[Value]) -> None:
        """The screen says that it is one of `values`: at the least as far as the first of them."""
        for index in range(self.at, len(self.values)):
            if self.values[index] in values:
                self.at = index
                return
        raise AssertionError(f"the screen says {values}, expected one of {self.values[self.at :]}")

    @property
    def possible(self) -> list[Value]:
        """What may have been stored."""
        return self.values[self.at :]


@dataclass
class Begin:
    """A run that was asked for."""

    experiment: str
    before: str | None
    """What the screen said of the one before it."""
    acknowledged: bool = False


class Walk:
    """From one start of the app to its kill."""

    def __init__(self, learner: Learner, chance: random.Random, known: dict[str, RunInfo]) -> None:
        self.chance, self.home, self.known = chance, learner.home, known
        with closing(Progress(self.home.database)) as progress:
            place = progress.place("quick-start")
            self.done_before = progress.done()
            self.predictions = {ref: progress.prediction(ref) for ref in all_experiments()}
            self.language = Values([progress.setting("language") or "en"])
            self.theme = Values([progress.setting("theme") or THEMES[0]])
            self.watched = progress.watched()
        self.place = Values([place.step if place else None])
        self.left: set[tuple[str, str]] = set()
        self.answer: Values[str | None] | None = None
        self.asked, self.answered = "", 0
        self.begins: list[Begin] = []
        self.keys: list[str] = []
        self.activity = "starting"
        self.waits = True
        columns, rows = SIZE
        environment = {**learner.environment, "MINIMIND_TUI_SLOTS": "2"}
        self.console = Console(learner.arguments, columns=columns, rows=rows, environment=environment)

    @property
    def shown(self) -> Shown:
        """The screen now."""
        return Shown.on(self.console)

    @property
    def pending(self) -> bool:
        """Whether a run was asked for that the screen has not said to have begun."""
        return bool(self.begins) and not self.begins[-1].acknowledged

    def press(self, key: str) -> None:
        """A key."""
        self.keys.append(key if self.waits else f"({key})")
        self.console.press(key)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until the screen has acknowledged it, where the walk waits at all."""
        if self.waits:
            self.console.wait(condition, f"{what} after {self.keys}")

    def settle(self) -> None:
        """Until the screen says place, language and theme as the keys have made them."""
        self.wait(lambda: self.language.last == self.shown.language, f"language {self.language.last}")
        self.wait(lambda: self.theme.last in self.shown.themes, f"theme {self.theme.last}")
        if self.activity != "at home":
            self.wait(lambda: self.place.last == self.shown.place, f"place {self.place.last}")
        if self.waits:
            for kept in (self.language, self.theme, self.place):
                kept.at = len(kept.values) - 1

    def walk(self) -> None:
        """To the moment of the kill."""
        if self.chance.random() < 0.1:
            self.console.pump(self.chance.uniform(0, 0.5))
            return
        self.come_home()
        for _ in range(self.chance.randrange(9)):
            if self.waits:
                self.one_thing()
        self.waits = False
        for _ in range(self.chance.choice((0, 0, 0, 1, 2, 3))):
            self.one_thing()
        self.console.pump(self.chance.uniform(0, 0.3))

    def come_home(self) -> None:
        """The home screen goes on from where the last one was killed."""
        self.activity = "at home"
        self.console.wait(lambda: "Enter" in self.console.text.split("\n")[-1], "the home screen")
        walked = self.done_before >= {step_at(place) for place in range(2 * EXPERIMENTS)}
        place = self.place.last
        if place is not None and not walked:
            kind, ref = step_at(place)
            title = f"{TITLES[kind][self.language.last == 'en']} {ref[-2:]}"
            self.wait(lambda: title in self.console.text.split("\n")[-1], f"to go on with {title}")
        if self.watched:
            self.wait(lambda: bool(re.search("接着跑|went on without", self.console.text)), "a run that went on")
        self.settle()

    def one_thing(self) -> None:
        """One of the things that a learner may do now."""
        things: list[tuple[Callable[[], None], float]]
        if self.activity == "at home":
            things = [(self.open, 10), (self.other_language, 1), (self.other_theme, 1)]
        else:
            active = self.waits and self.shown.active
            can_begin = not active and not self.pending and self.waits
            place = self.place.last or 0
            things = [
                (self.onward, 5 if place < 2 * EXPERIMENTS - 1 else 0),
                (self.back, 2 if place > 0 else 0),
                (self.other_language, 1),
                (self.other_theme, 1),
                (self.run, 20 if can_begin and self.predictions[in_lab(place)] is None else 2 * can_begin),
                (self.run_changed, 3 if can_begin else 0),
                (self.stop, 3 if active else 0),
                (self.leave, 0.5 if self.waits else 0),
            ]
        does = self.chance.choices([thing for thing, _ in things], [weight for _, weight in things])[0]
        does()

    def open(self) -> None:
        """Into the path, where it was left."""
        walked = self.done_before >= {step_at(place) for place in range(2 * EXPERIMENTS)}
        self.press("Enter")
        self.place.becomes(0 if walked or self.place.last is None else self.place.last)
        self.activity = "reading"
        self.settle()

    def leave(self) -> None:
        """Back home."""
        self.press("Esc")
        self.activity = "at home"
        self.wait(lambda: self.shown.place is None and "Enter" in self.console.text.split("\n")[-1], "home")

    def onward(self) -> None:
        """The next step; a lesson left behind is done."""
        self.press("n")
        place = self.place.last or 0
        if step_at(place)[0] == "lesson":
            self.left.add(step_at(place))
        self.place.becomes(place + 1)
        self.activity = "reading"
        self.settle()

    def back(self) -> None:
        """The step before."""
        self.press("p")
        self.place.becomes((self.place.last or 0) - 1)
        self.activity = "reading"
        self.settle()

    def other_language(self) -> None:
        """The other language."""
        self.press("L")
        self.language.becomes("en" if self.language.last == "zh" else "zh")
        self.settle()
        self.activity = "at home" if self.activity == "at home" else "changing"

    def other_theme(self) -> None:
        """The next theme."""
        self.press("t")
        self.theme.becomes(THEMES[(THEMES.index(self.theme.last) + 1) % len(THEMES)])
        self.settle()
        self.activity = "at home" if self.activity == "at home" else "changing"

    def stop(self) -> None:
        """Stop the run, which may have ended meanwhile."""
        self.press("s")
        self.activity = "running"
        self.wait(lambda: self.shown.status in ("stopped", "finished"), "the end of the run")

    def may_wait_no_more(self) -> None:
        """The moment of the kill may come between two keys that belong together."""
        self.waits = self.waits and self.chance.random() < 0.65

    def run(self) -> None:
        """Run the experiment; the first time, answer what is asked."""
        experiment, before = in_lab(self.place.last or 0), self.shown
        self.may_wait_no_more()
        self.press("r")
        self.activity = "running"
        begin = Begin(experiment, before.status)
        if not self.waits:
            self.begins.append(begin)
            return
        self.wait(lambda: self.is_asked() or self.shown.active, "a question or a run")
        if not self.is_asked():
            self.begins.append(begin)
            begin.acknowledged = True
            return
        self.activity = "answering"
        self.may_wait_no_more()
        number = self.chance.randrange(len(CHOICES))
        self.press("abc"[number])
        if not self.waits and self.chance.random() < 0.5:
            return
        if self.waits and self.chance.random() < 0.2:
            self.press("Esc")
            self.wait(lambda: not self.is_asked(), "no question")
            self.activity = "reading"
            return
        self.may_wait_no_more()
        self.press("Enter")
        self.answer, self.asked = Values[str | None]([None, CHOICES[number]]), experiment
        self.begins.append(begin)
        self.wait_for_run()
        if self.waits:
            self.predictions[experiment], self.answer = CHOICES[number], None
            self.answered += 1
            self.activity = "running"

    def run_changed(self) -> None:
        """Run it with another parameter."""
        experiment, before = in_lab(self.place.last or 0), self.shown
        self.press("o")
        self.activity = "editing"
        self.wait(lambda: bool(self.form()), "the parameters")
        value = self.form()
        self.press("→")
        self.wait(lambda: self.form() == value + 1, f"{value} + 1")
        self.may_wait_no_more()
        if not self.waits and self.chance.random() < 0.5:
            return
        self.press("Enter")
        self.begins.append(Begin(experiment, before.status))
        self.wait_for_run()
        self.activity = "running" if self.waits else "editing"

    def wait_for_run(self) -> None:
        """Until the screen says that it has begun."""
        self.wait(lambda: self.shown.active and not self.is_asked() and not self.form(), "a run")
        self.begins[-1].acknowledged = self.waits

    @property
    def covered(self) -> bool:
        """Whether a dialog is on the screen."""
        return self.is_asked() or bool(self.form())

    def is_asked(self) -> bool:
        """Whether the prediction is asked for."""
        return bool(re.search("Predict first, then run|先预测，再运行  ", self.console.text))

    def form(self) -> int:
        """The number of steps in the form of the parameters; 0 where it is not on the screen."""
        found = re.search(r"‹ (\d+) ›", self.console.text)
        return int(found[1]) if found else 0

    def kill(self) -> None:
        """Now; what had been written before is still drawn."""
        os.kill(self.console.pid, signal.SIGKILL)
        until(lambda: not self.console.child.isalive(), "the end of the app")
        before = -1
        while self.console.bytes_read != before:
            before = self.console.bytes_read
            self.console.pump(0.02)

    def check(self, scratch: Path) -> None:
        """What the screen acknowledged is in the files, as the kill left them."""
        shown = self.shown
        if shown.language is not None:
            self.language.seen([shown.language])
        if shown.themes:
            self.theme.seen(shown.themes)
        if shown.place is not None:
            self.place.seen([shown.place])
        if self.pending and not self.covered and shown.place is not None:
            begin = self.begins[-1]
            changed = shown.active or (shown.status in ENDINGS and shown.status != begin.before)
            begin.acknowledged = in_lab(shown.place) == begin.experiment and changed
        if self.answer is not None and self.begins[-1].acknowledged:
            self.answer.at = 1
        self.check_progress(shown, scratch)
        self.check_runs(shown)

    def check_progress(self, shown: Shown, scratch: Path) -> None:
        """In a copy of the database, so that it is the app itself that finds the file as the kill has left it."""
        database = scratch / self.home.database.name
        for file in self.home.data.glob(f"{self.home.database.name}*"):
            shutil.copy(file, scratch / file.name)
        with closing(sqlite3.connect(shutil.copytree(scratch, scratch / "checked") / database.name)) as copy:
            assert copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert not list(self.home.data.glob("*damaged*"))
        with closing(Progress(database)) as progress:
            assert progress.warning is None
            place, done = progress.place("quick-start"), progress.done()
            assert (place.step if place else None) in self.place.possible, f"the place, of {self.place}"
            assert shown.done | self.done_before <= done, f"done: {shown.done | self.done_before} in {done}"
            lessons = {step for step in done - self.done_before if step[0] == "lesson"}
            assert lessons <= self.left, f"lessons done: {lessons} in {self.left}"
            assert (progress.setting("language") or "en") in self.language.possible, f"of {self.language}"
            assert (progress.setting("theme") or THEMES[0]) in self.theme.possible, f"of {self.theme}"
            for experiment, choice in self.predictions.items():
                if self.answer is not None and experiment == self.asked:
                    assert progress.prediction(experiment) in self.answer.possible, experiment
                else:
                    assert progress.prediction(experiment) == choice, experiment
            watched = progress.watched()
        new = self.new_runs()
        for run in new[self.pending and len(new) == len(self.begins) :]:
            assert run.id in watched or run.state in ENDINGS, f"{run} in {watched}"

    def check_runs(self, shown: Shown) -> None:
        """No run is lost, none is there twice, and each has the state that the screen last said."""
        runs = list_runs(self.home)
        here = {run.id: run for run in runs}
        assert self.known.keys() <= here.keys(), f"lost: {self.known.keys() - here.keys()}"
        for run_id, known in self.known.items():
            assert known.state not in ENDINGS or here[run_id].state == known.state, f"{known}, now {here[run_id]}"
        new = Counter(run.experiment for run in self.new_runs())
        least = Counter(begin.experiment for begin in self.begins if begin.acknowledged)
        most = Counter(begin.experiment for begin in self.begins)
        assert least <= new <= most, f"runs: {new}, begun: {self.begins}"
        if shown.place is None or self.covered:
            return
        of_lab = [run for run in runs if run.experiment == in_lab(shown.place)]
        pending = self.pending
        if shown.status in ENDINGS:
            assert shown.status in [run.state for run in of_lab[: 1 + pending]], f"{shown} of {of_lab}"
        elif shown.active:
            assert of_lab, f"{shown}, and no run"
        if shown.status in ("running", *ENDINGS) and not pending:
            assert of_lab[0].parameters["steps"] == (shown.steps or STEPS), f"{shown} of {of_lab}"

    def new_runs(self) -> list[RunInfo]:
        """The runs of this walk."""
        return [run for run in list_runs(self.home) if run.id not in self.known]
