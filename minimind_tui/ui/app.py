"""The Textual app: it wires the screens to the course, the runs and the learner's progress.

The process that runs this never imports torch: experiments run in workers, and what they saw is read
from their logs.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.terminal import SMALLEST, can_have_the_mouse
from minimind_tui.base.text import Language, Text, other
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Step
from minimind_tui.practice.spent import Stopwatch
from minimind_tui.practice.store import Progress
from minimind_tui.practice.walk import Walk, module_of
from minimind_tui.run import warm_start
from minimind_tui.run.states import ACTIVE, ENDINGS
from minimind_tui.ui.changes import Changes, Terminal
from minimind_tui.ui.hangup import Hangup
from minimind_tui.ui.keys import EVERYWHERE
from minimind_tui.ui.named_keys import with_keys
from minimind_tui.ui.places import screen_of
from minimind_tui.ui.rest import in_turn
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.steady import SteadyApp
from minimind_tui.ui.style import DARK, LIGHT, THEMES
from minimind_tui.ui.tutor import Sought
from minimind_tui.ui.typed_ahead import Typed
from minimind_tui.ui.wakeup import signals_wake_the_loop

if TYPE_CHECKING:
    from minimind_tui.practice.search import Index

Start = Literal["home", "quick-start"]
SETTLED_SECONDS = 1.0
"""After so long the first screen has been drawn, and a key that was pressed at once has had its effect."""
MOST_PROBLEMS = 4
"""Complaints about the learner's keys that are shown at the start; `minimind-tui keys` tells them all."""


class TutorApp(SteadyApp):
    """The tutor. Screens ask it for `course`, `home`, `progress` and `language`."""

    TITLE = "minimind-tui"
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE = False
    CSS_PATH = ["app.tcss"]
    BINDINGS = [*EVERYWHERE]

    language: reactive[Language] = reactive("en", init=False)

    def __init__(
        self, home: Home, course: Course, asked: Language | None, locale: Language = "en", start: Start = "home"
    ) -> None:
        self.home = home
        self.progress = Progress(home.database)
        self.set_reactive(TutorApp.theme, self._first_theme())  # before Textual asks: it parses its styles once then
        super().__init__(home.reports)
        self.course = course
        self.start = start
        remembered = self.progress.setting("language")
        known = asked or (remembered if remembered in ("zh", "en") else locale)
        self.set_reactive(TutorApp.language, cast("Language", known))
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.stopwatch = Stopwatch(self.progress)
        self.own_keys: dict[str, str] = {}
        """The learner's keys, by the ids of the bindings."""
        self._places: dict[Language, list[SystemCommand]] = {}
        self._terminal = Terminal()
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self.when_drawn: Callable[[], None] = lambda: None
        """What may begin once the first screen is drawn."""
        self.left_alone = self._left_alone()
        """The runs that went on without the learner since the tutor was last open."""

    def _left_alone(self) -> set[str]:
        watched = set(self.progress.watched())
        if watched:
            from minimind_tui.run.runs import list_runs

            active = {run.id for run in list_runs(self.home) if run.state not in ENDINGS}
            for run_id in watched - active:
                self.progress.unwatch(run_id)
        return watched

    def get_theme(self, theme_name: str) -> Theme | None:
        """Ours are known before they can be registered."""
        own = {DARK.name: DARK, LIGHT.name: LIGHT}
        return own.get(theme_name) or super().get_theme(theme_name)

    def _first_theme(self) -> str:
        remembered = self.progress.setting("theme")
        if remembered in THEMES:
            return remembered
        few_colours = "NO_COLOR" in os.environ or os.environ.get("TERM", "") in (
            "linux",
            "vt100",
            "xterm",
            "screen",
        )
        if few_colours and not os.environ.get("COLORTERM"):
            return "ansi-dark"
        return "minimind-dark"

    async def hand_on(self, typed: Typed) -> bool:
        """Count the time between keys, for the module that is on the screen."""
        about = (getattr(screen, "spent_on", "") for screen in reversed(self.screen_stack))
        self.stopwatch.key(next(filter(None, about), ""), time.monotonic())
        return await super().hand_on(typed)

    def say(self, chinese: str, english: str) -> str:
        """The sentence in the learner's language; `{study.next}` in it is the key of that binding."""
        return with_keys(chinese if self.language == "zh" else english, self.own_keys, self.language)

    def failed(self, report: Path | None) -> None:
        """A screen was closed after an error: say what became of the learner's things, and where the report is."""
        chinese, english = (
            "这个屏幕出了错，已经关掉。进度和训练都在。",
            ("That screen had an error and was closed. Your progress and your runs are as they were."),
        )
        if report is not None:
            chinese += f"报告（不含你的任何内容）：{report}"
            english += f" A report, with nothing of yours in it: {report}"
        self.notify(self.say(chinese, english), severity="error", timeout=30)

    def about_now(self, screen: Screen[Any] | None) -> dict[str, str]:
        """What a report says of the moment."""
        return {**super().about_now(screen), "language": self.language, "TERM": os.environ.get("TERM", "")}

    def get_default_screen(self) -> Screen[object]:
        """Home is always under the other screens: Esc ends there."""
        from minimind_tui.ui.screens.home import HomeScreen

        return HomeScreen()

    def on_mount(self) -> None:
        """Go where the learner wants to be."""
        self._running_loop = asyncio.get_running_loop()
        self.progress.on_warning = self._warn
        if self.progress.warning:
            self._warn(self.progress.warning)
        self._take_own_keys()
        if self.start == "quick-start":
            self.open_path("quick-start")

    def on_ready(self) -> None:
        """The first screen stands; what can wait until it has settled waits."""
        self.set_timer(SETTLED_SECONDS, self._settle)

    def _settle(self) -> None:
        """From here on garbage is looked for again, among what came later."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        self.when_drawn()

    def _take_own_keys(self) -> None:
        """The learner's own keys, where there are any; what cannot be followed is said."""
        if self.home.keys.exists():
            from minimind_tui.ui.keymap import read_keymap

            own = read_keymap(self.home.keys)
            self.own_keys = own.keys
            self.set_keymap(own.keys)
            for problem in own.problems[:MOST_PROBLEMS]:
                self.notify(problem.of(self.language), severity="warning", timeout=20)

    def notify(self, message: str, **options: Any) -> None:
        """A notice; what stands in it, the name of a folder say, is never markup."""
        super().notify(inert(message), **{**options, "markup": False})

    def _warn(self, warning: Text) -> None:
        """What the learner must know of the progress file; the home screen keeps it."""
        self.notify(warning.of(self.language), severity="warning", timeout=20)

    def on_resize(self, event: events.Resize) -> None:
        """Follow the terminal. Coming back from the background it says the size it had, on an empty screen."""
        self._terminal.forget(event.size)
        if event.size == self.size:
            self.refresh()
        self._fit(event.size)

    def action_redraw(self) -> None:
        """Draw everything again: another program may have written over the screen."""
        self._terminal.forget(self.size)
        self.refresh()

    def action_suspend_process(self) -> None:
        """To the shell that started this, as the terminal's own ctrl+z does; where none did, say so."""
        if os.getpgrp() == os.getsid(0):  # only a shell with job control puts a program in a group of its own
            self.notify(
                self.say("这个终端里没有 shell 可以回去。", "There is no shell in this terminal to go back to.")
            )
        else:
            handler = signal.signal(signal.SIGCONT, signal.SIG_DFL)  # Textual's would lead back a second time
            with self.suspend():  # all stop once the terminal is the shell's: it speaks when the first has stopped
                os.killpg(os.getpgrp(), signal.SIGSTOP)  # `make` too, where it stands between
                signal.signal(signal.SIGCONT, handler)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send what has changed. This is the one place where Textual writes to the terminal."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = cast("RenderableType", Changes(self._terminal, renderable))
        super()._display(screen, renderable)

    def _fit(self, size: Size) -> None:
        """Say so where the terminal is too small; go on where it was when it no longer is."""
        small = size.width < SMALLEST[0] or size.height < SMALLEST[1]
        if small and not self._only_leaving:
            from minimind_tui.ui.screens.small import SmallScreen

            self.push_screen(SmallScreen())
        elif self._only_leaving and not small:
            self.pop_screen()

    @property
    def _only_leaving(self) -> bool:
        return isinstance(self.screen, TutorScreen) and self.screen.ONLY_LEAVING

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where the terminal is too small, one can only leave."""
        return action in ("leave", "quit") or not self._only_leaving

    def hang_up(self, status: int) -> None:
        """The terminal is closing, says another thread: leave with the usual exit status of its signal."""
        if self._running_loop is not None:
            self._running_loop.call_soon_threadsafe(partial(self.exit, status, return_code=status))

    def open_path(self, path_id: str, index: int | None = None, sought: Sought | None = None) -> None:
        """Open a path where the learner left it (a finished one at its start), or at step `index`; at words sought."""
        path = self.course.paths[path_id]
        if index is None:
            place = self.progress.place(path_id)
            done = self.progress.done()
            walked = all((step.kind, step.ref) in done for step in path.steps)
            index = place.step if place and not walked else 0
        self._open_study(Walk(path.title, path.steps, index, path_id), sought=sought)

    def open_step(self, step: Step, sought: Sought | None = None) -> None:
        """Open a step on the path that it stands on, else alone; at the words sought, where there are any."""
        on = next((path for path in self.course.paths.values() if step in path.steps), None)
        if on is not None:
            self.open_path(on.id, on.steps.index(step), sought)
        else:
            self.open_steps(module_of(step), [step], sought=sought)

    def open_steps(self, module_id: str, steps: list[Step], index: int = 0, sought: Sought | None = None) -> None:
        """Open what a module has at step `index`, outside any path."""
        self._open_study(Walk(self.course.modules[module_id].title, steps, index), sought=sought)

    def open_run(self, run_id: str, experiment: str) -> None:
        """Open the lab of an experiment on an earlier run of it."""
        spec = self.course.experiments[experiment]
        self._open_study(Walk(spec.title, [Step(kind="experiment", ref=experiment)]), run_id=run_id)

    def _open_study(self, walk: Walk, *, run_id: str | None = None, sought: Sought | None = None) -> None:
        from minimind_tui.ui.screens.study import StudyScreen

        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(StudyScreen(walk, run_id=run_id, sought=sought))
        self._fit(self.size)

    @property
    def trusted(self) -> bool:
        """Whether this course's experiments may run."""
        from minimind_tui.practice.trust import is_trusted

        return is_trusted(self.progress, self.course.root)

    def trust(self) -> None:
        """Let this course's experiments run, now and later."""
        from minimind_tui.practice.trust import trust

        trust(self.progress, self.course.root)

    def action_help(self) -> None:
        """Every key that works on this screen."""
        from minimind_tui.ui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_go(self, place: str) -> None:
        """Open one of the `PLACES`, unless it is open."""
        kind = screen_of(place)
        if not isinstance(self.screen, kind):
            self.push_screen(kind())

    def practise(self, kind: str, ref: str) -> None:
        """Open what can be practised: `review`, `sums`, the `quiz` of the module `ref`, the `exercise` `ref`."""
        if kind == "exercise":
            self.open_exercise(ref)
        elif kind == "quiz":
            from minimind_tui.ui.screens.quiz import QuizScreen

            self.push_screen(QuizScreen(ref))
        elif kind == "review":
            from minimind_tui.ui.screens.review import ReviewScreen

            self.push_screen(ReviewScreen([ref] if ref else None))
        elif kind == "sums":
            from minimind_tui.ui.screens.calculator import CalculatorScreen

            self.push_screen(CalculatorScreen())

    def open_exercise(self, ref: str) -> None:
        """Open the exercise `module/exercise`."""
        from minimind_tui.ui.screens.exercise import ExerciseScreen

        if isinstance(self.screen, ExerciseScreen):
            self.pop_screen()
        self.push_screen(ExerciseScreen(ref))

    @cached_property
    def search_index(self) -> Index:
        """Everything that can be found; it reads the files when it is first asked."""
        from minimind_tui.practice.search import Index

        return Index(self.course, self.home)

    def action_language(self) -> None:
        """The other language, everywhere at once."""
        self.language = other(self.language)

    async def watch_language(self, language: Language) -> None:
        """Say everything again in the new language."""
        self.progress.set_setting("language", language)
        await self._rebuild()

    def action_theme(self) -> None:
        """The next theme; texts that stand on the screen are in the colours of the last one."""
        following = THEMES.index(self.theme) + 1 if self.theme in THEMES else 0
        self.theme = THEMES[following % len(THEMES)]
        self.progress.set_setting("theme", self.theme)
        self.call_next(self._rebuild)  # behind the new style sheet, which Textual has put in this queue

    async def _rebuild(self) -> None:
        for screen in list(self.screen_stack):
            if isinstance(screen, TutorScreen):
                await in_turn(screen, screen.rebuild)

    def action_help_quit(self) -> None:
        """Ctrl+C, where it copies nothing: who presses it wants to leave, or to stop what goes on."""
        self.notify(
            self.say("要退出，按 Ctrl+Q；正在跑的实验会先问你。", "Ctrl+Q leaves; with a run going on it asks first.")
        )

    def action_leave(self) -> None:
        """Leave at once if nothing runs, else ask what becomes of it."""
        from minimind_tui.run.runs import list_runs
        from minimind_tui.ui.screens.dialogs import QuitDialog

        active = [run.id for run in list_runs(self.home) if run.state in ACTIVE]
        if not active:
            self.exit(0)
        elif not isinstance(self.screen, QuitDialog):
            self.push_screen(QuitDialog(active))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what the keys here do, and everything of the course by its name."""
        from minimind_tui.ui.palette import actions, places

        yield from actions(self, screen)
        if self.language not in self._places:
            self._places[self.language] = list(places(self))
        yield from self._places[self.language]

    def action_command_palette(self) -> None:
        """The palette, its line in the learner's language."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            from minimind_tui.ui.palette import Palette

            self.push_screen(Palette(self.say("找操作、课文、实验……", "Actions, lessons, experiments …")))


def run(
    home: Home, course: Course, asked: Language | None, locale: Language, start: Start = "home", *, trust: bool = False
) -> int:
    """Open the app and stay until the learner leaves; the process's exit status.

    The language is the one asked for, else the one used last, else the locale's.
    """
    app = TutorApp(home, course, asked, locale, start)
    if trust:
        app.trust()
    app.when_drawn = warm_start.offer
    with Hangup(app.hang_up):
        status = asyncio.run(_stay(app))
    warm_start.withdraw()
    app.stopwatch.flush()
    app.progress.close()
    return status if isinstance(status, int) else app.return_code or 0


async def _stay(app: TutorApp) -> object:
    with signals_wake_the_loop():
        return await app.run_async(mouse=can_have_the_mouse())
