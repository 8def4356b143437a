"""Bursts of keys, pastes, sizes and clicks on every screen: the app does not end, and no screen fails.

`MINIMIND_TUI_TEST_BUDGET=nightly` makes thousands of them. What goes wrong is made smaller and printed as a case.
"""

from __future__ import annotations

import asyncio
import shutil
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from minimind_tui.base.text import Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.dialog import Dialog
from tests.budget import is_nightly
from tests.monkey import screens, terminal
from tests.monkey.bursts import OPENINGS, PASTES, SIZES, Burst, as_sent, bound_keys, burst_of, bursts
from tests.monkey.cases import kept, made_small
from tests.monkey.puppets import puppet_course, walked_home
from tests.monkey.reducing import reduced

SESSIONS, EACH = (40, 250) if is_nightly() else (2, 40)
"""At a terminal."""
PLAYS, LONG = (60, 100) if is_nightly() else (3, 40)
"""At the level of screens."""
LANGUAGES: tuple[Language, Language] = ("zh", "en")


@pytest.fixture(scope="module")
def puppets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return puppet_course(tmp_path_factory.mktemp("puppets") / "course")


@pytest.fixture(scope="module")
def course(puppets: Path) -> Course:
    return load_course(puppets)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    """What a learner who has been through the course has at home."""
    folder = tmp_path_factory.mktemp("walked")
    walked_home(folder, course)
    return folder


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a report is written where one stands
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_bursts_at_a_terminal(tmp_path: Path, puppets: Path, walked: Path, seed: int) -> None:
    played, number, language = list(islice(bursts(seed), EACH)), count(), LANGUAGES[seed % 2]

    def outcome(some: list[Burst]) -> str:
        folder = tmp_path / str(next(number))
        if seed % 3:  # else a new learner
            shutil.copytree(walked, folder / "tutor")
        try:
            return terminal.play(folder, puppets, some, seed, language)
        except AssertionError as error:
            return str(error)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    wrong = outcome(played)
    assert not wrong, f"{wrong}\n# a name\n{made_small(played, lambda fewer: bool(outcome(fewer)))}"


async def screens_play(
    folder: Path, course: Course, played: list[Burst], seed: int, home: Path | None = None
) -> screens.Seen:
    number = count()

    async def outcome(some: list[Burst]) -> screens.Seen:
        own = folder / str(next(number))
        if home is not None:
            shutil.copytree(home, own)
        return await screens.play(own, course, some, seed)

    seen = await outcome(played)
    if not seen.well:
        loop = asyncio.new_event_loop()
        small = await asyncio.to_thread(
            made_small, played, lambda fewer: not loop.run_until_complete(outcome(fewer)).well
        )
        loop.close()
        raise AssertionError(f"{seen.ended!r}\n" + "\n".join(seen.reports) + f"\n# a name\n{small}")
    return seen


@pytest.mark.parametrize("seed", range(1000, 1000 + PLAYS))
async def test_bursts_at_the_level_of_screens(tmp_path: Path, course: Course, walked: Path, seed: int) -> None:
    await screens_play(tmp_path, course, list(islice(bursts(seed), LONG)), seed, walked if seed % 3 else None)


@pytest.mark.parametrize("name", kept())
async def test_what_was_found_before(tmp_path: Path, course: Course, name: str) -> None:
    await screens_play(tmp_path, course, kept()[name], 0)


@pytest.mark.parametrize("name", kept())
def test_what_was_found_before_at_a_terminal(tmp_path: Path, puppets: Path, name: str) -> None:
    assert terminal.play(tmp_path / "home", puppets, kept()[name], 0, "en") == ""


@pytest.mark.skipif(not is_nightly(), reason="the monkeys of one night see every screen, those of one run do not")
async def test_no_screen_is_left_out(tmp_path: Path, course: Course, walked: Path) -> None:
    seen = (await screens_play(tmp_path / "small", course, [Burst("size", "20x5")], 0)).screens
    for seed, opening in enumerate(OPENINGS, 1):
        played = [Burst("keys", opening)]
        for home in (walked, None):
            folder = tmp_path / f"{seed} {home is None}"
            seen |= (await screens_play(folder, course, played, seed, home)).screens
    seen |= (await screens_play(tmp_path / "untrusted", course, [Burst("keys", "enter n r")], 4)).screens
    bound_keys()  # every module is imported now
    assert every_screen() - seen == {"ResumeDialog"}, "which needs an interrupted run"


def every_screen() -> set[str]:
    """The screens that can be opened: those under which no others are made."""
    names = set()
    waiting: list[type[Screen[Any]]] = [TutorScreen, Dialog]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if not kind.__subclasses__() or kind.__name__ == "StudyScreen":
            names.add(kind.__name__)
    return names


def test_a_line_is_a_burst() -> None:
    for burst in (*islice(bursts(5, leaving=True), 300), *(Burst("text", paste) for paste in PASTES)):
        assert burst_of(str(burst)) == burst
        assert as_sent(burst) or burst.kind == "size"
    assert any(burst.pair == SIZES[0] for burst in islice(bursts(6), 500) if burst.kind == "size")


def test_the_same_seed_makes_the_same_bursts() -> None:
    assert list(islice(bursts(3), 50)) == list(islice(bursts(3), 50))
    assert list(islice(bursts(3), 50)) != list(islice(bursts(4), 50))


def test_a_sequence_is_made_as_small_as_it_can_be() -> None:
    items = list(range(100))
    assert reduced(items, lambda some: {3, 50, 51} <= set(some)) == [3, 50, 51]
    assert reduced(items, lambda some: 99 in some) == [99]
    assert reduced(items, lambda some: False) == items
    assert reduced([1], lambda some: True) == [1]
