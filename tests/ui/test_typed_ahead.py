"""Keys that come together: each acts on what the one before it has led to, as if it had been typed slowly."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Label, TextArea

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.search import Index
from minimind_tui.practice.trust import trust
from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.rest import LONGEST_SECONDS
from minimind_tui.ui.steady import SteadyApp
from minimind_tui.ui.typed_ahead import IN_ONE_GO_SECONDS, MOST_WAITING
from tests.budget import DEADLINE
from tests.monkey.bursts import Burst
from tests.monkey.screens import effect, press, send
from tests.run.code import ENDLESS
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import add_practice
from tests.ui.seeing import see, shown, tiny_app, until


def practice_app(folder: Path) -> TutorApp:
    app = TutorApp(home_in(folder), load_course(add_practice(tiny_course(folder / "course"))), "en")
    trust(app.progress, app.course.root)
    return app


async def comes_to_an_end(app: TutorApp, pilot: Pilot[int]) -> None:
    """Wait until no check goes on and the screen has stayed the same for a while: a note is kept, a list is read."""
    screens: list[str] = []

    def rests() -> bool:
        screens.append(shown(app))
        return "Checking…" not in screens[-1] and len(screens) > 8 and len(set(screens[-8:])) == 1

    await until(pilot, rests, "a screen that stays")


async def type_at_once(app: TutorApp, keys: str) -> None:
    send(app, Burst("keys", keys))
    await effect(app)


@pytest.mark.parametrize(
    "keys",
    [
        "k t",
        "enter enter",
        "left_square_bracket enter k",
        "left_square_bracket enter L",
        "left_square_bracket space escape enter n",
        "enter n p n o escape",
        "enter n o down 7 enter",
        "enter n L t p z tab",
        "R escape P escape E j escape enter",
        "E enter space escape escape L",
        "E j j j enter i x space y escape",
        "slash d o u escape enter",
        "question_mark escape enter n c escape",
        "enter N a space n o t e escape n",
        "ctrl+p escape enter n",
    ],
)
async def test_a_burst_leads_where_the_same_keys_lead_one_by_one(tmp_path: Path, keys: str) -> None:
    places = []
    for slowly in (True, False):
        app = practice_app(tmp_path / str(slowly))
        async with app.run_test(size=(120, 40)) as pilot:
            await see(pilot, "Small path")
            for typed in keys.split() if slowly else [keys]:
                await type_at_once(app, typed)
                await pilot.pause()
            await comes_to_an_end(app, pilot)
            notes = {file.name: file.read_text(encoding="utf-8") for file in app.home.notes.rglob("*.md")}
            focused = app.focused.id if app.focused else None
            stack = [type(screen).__name__ for screen in app.screen_stack]
            places.append((stack, focused, app.theme, app.language, shown(app), notes))
        app.progress.close()
    assert places[0] == places[1]


class Slow(Screen[None]):
    """Takes a while to be built and to do what a key says."""

    BINDINGS = [
        Binding("a", "note('a')"),
        Binding("b", "note('b')"),
        Binding("o", "open"),
        Binding("escape", "app.pop_screen"),
    ]

    def __init__(self, depth: int = 0) -> None:
        super().__init__()
        self.depth = depth
        self.built = False

    def compose(self) -> ComposeResult:
        yield Label(str(self.depth))

    async def on_mount(self) -> None:
        await asyncio.sleep(0.05)
        self.call_after_refresh(self.finish)

    def finish(self) -> None:
        self.built = True

    async def action_note(self, key: str) -> None:
        app = self.app
        assert isinstance(app, Noting)
        assert self.is_mounted
        assert self.built
        await asyncio.sleep(0.01)
        app.noted.append((self.depth, key))

    def action_open(self) -> None:
        self.app.push_screen(Slow(self.depth + 1))


class Noting(SteadyApp):
    """Notes which screen was told what."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.noted: list[tuple[int, str]] = []

    def get_default_screen(self) -> Slow:
        return Slow()


async def settled(app: SteadyApp) -> None:
    await asyncio.sleep(0)
    while not app.typed.idle:
        await asyncio.sleep(0.01)


async def test_keys_reach_the_screen_they_were_meant_for_in_order(tmp_path: Path) -> None:
    app = Noting(tmp_path)
    async with app.run_test():
        for key in ["a", "b", "o", "a", "o", "b", "a"]:
            app.post_message(events.Key(key, key))
        app.post_message(events.Key("escape", None))
        for key in ["b", "a"]:
            app.post_message(events.Key(key, key))
        await settled(app)
        assert app.noted == [(0, "a"), (0, "b"), (1, "a"), (2, "b"), (2, "a"), (1, "b"), (1, "a")]
    assert list(tmp_path.iterdir()) == []


async def test_a_key_typed_before_the_first_screen_is_built(tmp_path: Path) -> None:
    app = Noting(tmp_path)
    app.call_later(app.post_message, events.Key("a", "a"))
    async with app.run_test():
        await settled(app)
        assert app.noted == [(0, "a")]


async def test_letters_come_into_a_text_in_order_however_many(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "Small path")
        await type_at_once(app, "enter N")
        text = "".join(chr(ord("a") + number % 26) for number in range(2 * MOST_WAITING))
        for letter in text:
            press(app, letter)
        app.post_message(events.Paste(" pasted"))
        press(app, "!")
        await effect(app)
        assert app.screen.query_one(TextArea).text == text + " pasted!"


async def test_a_text_pasted_as_keys_by_mistake_is_cut(tmp_path: Path) -> None:
    app = Noting(tmp_path)
    async with app.run_test():
        for _ in range(2 * MOST_WAITING):
            app.typed.take(events.Key("z", "z"))
        await settled(app)
        app.post_message(events.Key("a", "a"))
        await settled(app)
        assert app.noted == [(0, "a")]


async def test_a_click_that_overtakes_a_key_points_at_nothing(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path")
        press(app, "left_square_bracket")
        send(app, Burst("click", "5x4"))  # where the path stood
        await effect(app)
        await pilot.pause()
        assert type(app.screen).__name__ == "RoadmapScreen"
        press(app, "escape")
        await effect(app)
        send(app, Burst("click", "5x4"))
        await see(pilot, "Start here", "10 x²")


async def test_what_was_typed_in_a_note_is_kept_however_its_screen_ends(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "Small path")
        await type_at_once(app, "enter N w h y")
        app.open_path("quick-start")  # as the palette does
        await until(pilot, lambda: len(app.screen_stack) == 2, "the note's end")
        await until(pilot, lambda: any(app.home.notes.rglob("*.md")), "a note")
        (note,) = app.home.notes.rglob("*.md")
        assert note.read_text(encoding="utf-8").strip() == "why"


def real_app(folder: Path) -> TutorApp:
    return TutorApp(home_in(folder), load_course(bundled_root()), "en")


def has_gone(app: TutorApp, screen: Screen[Any]) -> bool:
    return screen not in app.screen_stack and not screen.is_running


async def test_every_screen_of_the_app_is_guarded(tmp_path: Path) -> None:
    """A callback that was put off for a screen that has gone is not called, whichever screen it waits at."""
    app = real_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Press Enter")
        called: list[str] = []
        for opening in ("left_square_bracket", "P", "ctrl+p"):
            await type_at_once(app, opening)
            going = app.screen
            going.call_after_refresh(called.append, opening)
            press(app, "escape")
            await effect(app)
            await until(pilot, partial(has_gone, app, going), "its end")
            app.screen._invoke_later(partial(called.append, f"late {opening}"), going)
            await pilot.pause(0.1)
        assert not [call for call in called if call.startswith("late")]


async def test_enter_typed_ahead_in_the_search_waits_for_the_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Index.load

    def slowly(index: Index) -> None:
        time.sleep(0.5)
        load(index)

    monkeypatch.setattr(Index, "load", slowly)
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path")
        send(app, Burst("keys", "slash T i t l e enter n"))
        await effect(app)
        await see(pilot, "2/2", "Does it count?")


def slow_index(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The texts of the search are read once the event is set."""
    load, may = Index.load, threading.Event()

    def slowly(index: Index) -> None:
        may.wait(DEADLINE)
        load(index)

    monkeypatch.setattr(Index, "load", slowly)
    return may


async def test_keys_after_enter_in_the_search_wait_for_the_texts_however_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = slow_index(monkeypatch)
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path")
        send(app, Burst("keys", "slash T i t l e enter left_square_bracket"))
        await asyncio.sleep(LONGEST_SECONDS + 0.5)  # more than any other effect is waited for
        assert "Reading the texts" in shown(app)
        may.set()
        await effect(app)
        await until(pilot, lambda: type(app.screen).__name__ == "RoadmapScreen", "the roadmap")
        assert type(app.screen_stack[-2]).__name__ == "StudyScreen", "over the lesson"


async def test_esc_leaves_a_search_whose_texts_are_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may = slow_index(monkeypatch)
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path")
        send(app, Burst("keys", "slash T i t l e enter"))
        await see(pilot, "Reading the texts")
        press(app, "escape")
        await until(pilot, lambda: type(app.screen).__name__ == "HomeScreen", "home")
        press(app, "left_square_bracket")
        await until(pilot, lambda: type(app.screen).__name__ == "RoadmapScreen", "the roadmap")
        may.set()
        await effect(app)
        assert type(app.screen).__name__ == "RoadmapScreen", "nothing opens behind the learner's back"


async def test_a_run_begun_anew_right_after_it_was_stopped(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, ENDLESS)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "▸ ones", "s stops")
        send(app, Burst("keys", "s r"))
        await until(pilot, lambda: len(list_runs(app.home)) == 2, "another run")
        await until(pilot, lambda: list_runs(app.home)[0].state == "running", "which goes on")
        assert list_runs(app.home)[1].state == "stopped"
        send(app, Burst("keys", "R s x y"))
        await until(pilot, lambda: len(list_runs(app.home)) == 1, "stopped and deleted")


async def test_ctrl_q_by_itself_does_not_wait_for_what_was_typed_before(tmp_path: Path) -> None:
    app = Noting(tmp_path)
    async with app.run_test():
        for _ in range(300):
            app.post_message(events.Key("a", "a"))
        await asyncio.sleep(IN_ONE_GO_SECONDS + 0.1)
        assert not app.typed.idle
        app.post_message(events.Key("ctrl+q", None))
        await settled(app)
        assert len(app.noted) < 250


async def test_ctrl_q_in_one_go_with_other_keys_waits_for_them(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "Small path")
        send(app, Burst("keys", "enter N w h y ctrl+q"))
        await until(pilot, lambda: app.return_value == 0, "the end of the app")
    (note,) = app.home.notes.rglob("*.md")
    assert note.read_text(encoding="utf-8").strip() == "why"


async def test_ctrl_c_says_how_to_leave(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "Small path")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any("Ctrl+Q leaves" in notice.message for notice in app._notifications), "how to")


async def test_help_over_a_text_names_no_key_that_is_a_letter_there(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 40)) as pilot:
        await see(pilot, "Small path")
        await type_at_once(app, "f1")
        await see(pilot, "Find words in lessons")
        await type_at_once(app, "escape enter N slash f1")
        await see(pilot, "Keys on this screen")
        assert "Find words" not in shown(app)
        await type_at_once(app, "escape")
        assert app.screen.query_one(TextArea).text == "/"
