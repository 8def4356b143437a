"""Experiments inside a lesson: their cards, the lab that goes along with the reader, runs that are never lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from minimind_tui.practice.trust import trust
from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lesson.embed import Card, Spot
from minimind_tui.ui.lesson.reading import Page, aimed_at, read_about, to_run
from tests.embedding import LONG, STEADY
from tests.ui.embedding import embedding_app, foot, in_lab, lab_of, open_lesson, run_both, study
from tests.ui.seeing import see, shown, until


async def says(pilot: Pilot[int], words: str) -> None:
    """The line at the foot."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: words in foot(app), f"{words!r} at the foot, not {foot(app)!r}")


async def test_a_path_that_lists_modules_walks_their_lessons_and_says_where_it_ends(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "All of it", "0/5", "module 2 is being written")
        await pilot.press("left_square_bracket")
        await see(pilot, "01 Small module", "0/5", "Start here", "Experiments in these lessons:", "Once more")
        await pilot.press("enter")
        await see(pilot, "All of it", "1/3")
        await pilot.press("n", "n", "n")
        await see(pilot, "“All of it” goes no further yet", "module 2 is being written", "Counting, Once more.")
        await pilot.press("enter")
        await see(pilot, "3/5")
        await pilot.press("left_square_bracket", "enter")
        await see(pilot, "1/3")


async def test_a_lesson_leads_through_its_experiments(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await says(pilot, "r: predict and run “Counting”")
        assert study(app).companion.in_lab == "small/count"
        assert "small/count gave 66" in shown(app)
        await pilot.press("r")
        await see(pilot, "How many?")
        await pilot.press("b", "enter")
        await see(pilot, "✓ finished", "✓ you have run it", "small/count gave 10")
        await says(pilot, "Done. v for: findings")
        assert ("experiment", "small/count") in app.progress.done()
        await pilot.press("v")
        await says(pilot, "Tab to read on")
        await pilot.press("tab")
        await says(pilot, "Space to read on")
        await pilot.press("space")
        await says(pilot, "r: run “Once more”")
        assert study(app).companion.in_lab == "small/count", "its results stay beside the text that explains them"
        await pilot.press("r")
        await in_lab(pilot, "small/again")
        await see(pilot, "✓ finished", "small/again gave 10")
        await pilot.press("v")
        await says(pilot, "Tab to read on")
        await pilot.press("tab", "space")
        await see(pilot, "from your own")
        await says(pilot, "Read. n next: The end")
        await pilot.press("n")
        await see(pilot, "3/3")
        assert study(app).companion.in_lab == "small/again", "the lesson after it has none of its own"


async def test_reading_on_leaves_a_run_in_the_lab_and_r_at_another_card_starts_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "2")
    app = embedding_app(tmp_path, again=STEADY)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await pilot.press("end")
        await in_lab(pilot, "small/again")
        await pilot.press("o")
        await see(pilot, "Parameters")
        await pilot.press("escape")
        lab_of(app).values = {"steps": LONG}
        await pilot.press("r")
        await see(pilot, "▸ running", "s stops")
        await pilot.press("tab", "home")
        await says(pilot, "r: predict and run “Counting”")
        assert study(app).companion.in_lab == "small/again", "it goes on, so it stays"
        await pilot.press("r")
        await see(pilot, "How many?")
        await pilot.press("b", "enter")
        await see(pilot, "✓ finished", "small/count gave 10")
        runs = {run.experiment: run.state for run in list_runs(app.home)}
        assert runs == {"small/count": "finished", "small/again": "running"}
        await pilot.press("tab", "end")
        await in_lab(pilot, "small/again")
        await see(pilot, "▸ running", "▸ ones")
        await pilot.press("s")
        await see(pilot, "■ stopped")
        await pilot.press("tab")
        await see(pilot, "■ not finished")
        await says(pilot, "r: run “Once more”, or n next")


async def test_a_run_that_ends_unseen_counts(tmp_path: Path) -> None:
    app = embedding_app(tmp_path, again=STEADY)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await pilot.press("end")
        await in_lab(pilot, "small/again")
        lab_of(app).values = {"steps": 40}
        await pilot.press("r")
        await see(pilot, "▸ running", "s stops")
        await pilot.press("tab", "home", "r", "escape", "tab")
        await in_lab(pilot, "small/count")
        await until(pilot, lambda: ("experiment", "small/again") in app.progress.done(), "the end of the other run")
        assert app.progress.watched() == []


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_one_pane_at_a_time(tmp_path: Path, size: tuple[int, int]) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=size) as pilot:
        await open_lesson(pilot)
        while "Counting" not in foot(app):
            await says(pilot, "Space to read on")
            await pilot.press("space")
            await pilot.pause()
        assert re.search("Experiment ━.*┃ Counting.*┃ r runs it.*━┛", shown(app), re.DOTALL), "the whole card"
        await pilot.press("down", "down")
        await pilot.pause()
        before = shown(app)
        await pilot.press("tab")
        await see(pilot, "not run yet", "Tab back to the lesson")
        await pilot.press("tab")
        await until(pilot, lambda: shown(app) == before, "the same lines")
        await pilot.press("r", "b", "enter")
        await see(pilot, "✓ finished", "2 Lab: Counting")
        await pilot.press("v", "tab")
        await see(pilot, "✓ you have run it")
        question = next(row for row, line in enumerate(before.split("\n")) if "┃ Does it count?" in line)
        assert "┃ Does it count?" in shown(app).split("\n")[question], "the same line"


async def test_another_language_keeps_experiment_run_and_place(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await pilot.press("space", "space")
        await in_lab(pilot, "small/again")
        await pilot.press("r")
        await see(pilot, "✓ finished", "✓ you have run it")
        before = shown(app)
        await pilot.press("L")
        await see(pilot, "✓ 完成", "✓ 已经跑过", "实验：再来")
        await pilot.press("L")
        await until(pilot, lambda: shown(app) == before, f"the same:\n{before}")


async def test_two_cards_on_one_page_are_run_in_their_order(tmp_path: Path) -> None:
    app = embedding_app(tmp_path, paragraphs=1)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await says(pilot, "r: predict and run “Counting”, or n next")
        await pilot.press("r", "b", "enter")
        await see(pilot, "✓ finished")
        await pilot.press("v", "tab")
        await says(pilot, "r: run “Once more”, or n next")
        assert study(app).companion.in_lab == "small/count", "its results stay beside the text that explains them"
        await pilot.press("r")
        await in_lab(pilot, "small/again")
        await see(pilot, "✓ finished")


async def test_what_was_run_elsewhere_is_known(tmp_path: Path) -> None:
    app = embedding_app(tmp_path, again=STEADY)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await pilot.press("end")
        await in_lab(pilot, "small/again")
        lab_of(app).values = {"steps": LONG}
        await pilot.press("r")
        await see(pilot, "▸ ones")
        await pilot.press("q", "l")
    again = TutorApp(app.home, app.course, "en")
    async with again.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await see(pilot, "▸ ones", "2 Lab: Once more")
        await pilot.press("2", "s")
        await see(pilot, "■ stopped")


async def test_a_lesson_with_experiments_that_do_not_exist_is_read_as_text(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    file = app.course.root / "lessons/small/counts.en.md"
    file.write_text("# Title\n\n:::experiment small/gone\n\n:::experiment [red]x\n\nend\n", encoding="utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "there is no such experiment: small/gone", ":::experiment [red]x", "Read. n next")


async def test_r_runs_the_card_that_says_so_again_too(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await run_both(pilot)
        await pilot.press("home")
        await in_lab(pilot, "small/count")
        while "small/count gave" in shown(app):  # until the first card is gone from the page
            await pilot.press("down")
            await pilot.pause()
        assert study(app).companion.in_lab == "small/count", "this far down the lab does not go along yet"
        await see(pilot, "┃ Once more", "┃ ✓ you have run it; r to run it again")
        before = len(list_runs(app.home))
        await pilot.press("r")
        await in_lab(pilot, "small/again")
        await until(pilot, lambda: len(list_runs(app.home)) == before + 1, "a run")
        assert list_runs(app.home)[0].experiment == "small/again", "the card that is seen, not the lab's"


async def test_only_the_card_that_r_runs_says_so(tmp_path: Path) -> None:
    app = embedding_app(tmp_path, paragraphs=1)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await see(pilot, "┃ r runs it, about 1 s", "│ not run yet, about 1 s")
        assert shown(app).count("r runs it") == 1
        await pilot.press("r", "b", "enter")
        await see(pilot, "✓ finished", "│ ✓ you have run it  ", "┃ r runs it, about 1 s")


async def test_a_lesson_that_only_quotes_an_experiment_takes_its_figures_too(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    file = app.course.root / "lessons/small/end.en.md"
    file.write_text("# The end\n\nIt gave {{small/again: twos.total | .0f}}.\n", encoding="utf-8")
    trust(app.progress, app.course.root)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "n")
        await see(pilot, "It gave 77.", "course's own run", "2 Lab: Once more")
        await pilot.press("r")
        await see(pilot, "✓ finished", "It gave 10.", "from your own")
        assert ("experiment", "small/again") in app.progress.done()


async def test_a_run_that_was_deleted_is_quoted_no_longer(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_lesson(pilot)
        await pilot.press("r", "b", "enter")
        await see(pilot, "small/count gave 10")
        await pilot.press("R")
        await see(pilot, "Started")
        await pilot.press("x", "y")
        await until(pilot, lambda: not list_runs(app.home), "no run")
        await pilot.press("escape")
        await see(pilot, "small/count gave 66")


async def test_keys_that_would_do_nothing_leave_the_reader_where_he_is(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_lesson(pilot)
        before = shown(app)
        await pilot.press("s", "v")
        await pilot.pause()
        assert shown(app) == before
        await pilot.press("question_mark")
        await see(pilot, "Keys on this screen", "Predict, then run the experiment")
        assert "Stop this run" not in shown(app)
        assert "The next view" not in shown(app)


CARDS = [Card("a", "new", False), Card("b", "new", False), Card("c", "new", False)]
SPOTS = {"a": Spot(10, 15), "b": Spot(40, 45), "c": Spot(50, 55)}


def having_run(*names: str) -> list[Card]:
    return [Card(card.experiment, "run" if card.experiment in names else "new", False) for card in CARDS]


@pytest.mark.parametrize(
    ("run", "top", "runs", "shows"),
    [
        ((), 0, "a", "a"),
        ((), 16, None, "a"),
        ((), 30, "b", "b"),
        (("a",), 0, None, "a"),
        (("a",), 16, None, "a"),
        (("a", "b"), 35, "c", "b"),
        (("a", "b"), 40, "c", "c"),
        ((), 60, "a", "a"),
        (("a", "b", "c"), 60, None, "c"),
        (("b", "c"), 60, "a", "c"),
    ],
)
def test_what_r_runs_and_what_the_lab_shows(run: tuple[str, ...], top: int, runs: str | None, shows: str) -> None:
    cards, page = having_run(*run), Page(top, 20, 80)
    assert to_run(cards, SPOTS, page) == runs
    assert read_about(cards, SPOTS, page) == shows


@pytest.mark.parametrize(
    ("run", "top", "in_lab", "runs"),
    [
        ((), 0, "b", "a"),
        (("a",), 0, "a", "a"),
        (("a", "b"), 30, "a", "b"),
        (("a", "b", "c"), 40, "c", "c"),
        (("a", "b", "c"), 40, "a", "b"),
        (("a", "b", "c"), 18, "a", "a"),
        (("a", "b"), 0, None, "a"),
    ],
)
def test_r_never_runs_an_experiment_whose_card_is_not_seen_while_another_is(
    run: tuple[str, ...], top: int, in_lab: str | None, runs: str
) -> None:
    assert aimed_at(having_run(*run), SPOTS, Page(top, 20, 80), in_lab) == runs


def test_what_was_stopped_is_asked_for_again_at_the_end_alone() -> None:
    cards = [Card("a", "ended", False), Card("b", "new", False), Card("c", "run", False)]
    assert to_run(cards, SPOTS, Page(0, 20, 80)) is None
    assert to_run(cards, SPOTS, Page(0, 46, 80)) == "b"
    assert to_run([cards[0], cards[2]], SPOTS, Page(60, 20, 80)) == "a"
