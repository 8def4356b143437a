"""Screens, driven by keys: the course decides what they show, and nothing from a file reaches the terminal raw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.style import Style
from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from minimind_tui.base.inert import inert
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.events import encode
from minimind_tui.run.request import Request, encode_request
from minimind_tui.run.runs import list_runs
from minimind_tui.run.summary import ClaimResult
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.key_bar import NextBar
from minimind_tui.ui.lab.latest import latest_finished
from minimind_tui.ui.lab.model import SLICE
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.ui.screens.compare import CompareScreen
from minimind_tui.ui.style import DARK, LIGHT, THEMES
from minimind_tui.views.curves import PlotData
from minimind_tui.views.findings import findings_text
from minimind_tui.views.wrap import breaks, units
from tests.run.code import BROKEN, ENDLESS
from tests.tiny import CODE, begin, home_in, seen, tiny_course
from tests.ui.seeing import see, shown, tiny_app, until


async def test_another_course_is_shown_from_its_files(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path", "0/2")
        await pilot.press("left_square_bracket")
        await see(pilot, "01 Small module", "Does it work?")
        await pilot.press("escape", "enter")
        await see(pilot, "Start here", "10 x²", "course's own run")
        await pilot.press("n")
        await see(pilot, "Does it count?", "Press r to run")
        await pilot.press("r")
        await see(pilot, "✓ finished", "total 1/3")
        await pilot.press("v")
        await see(pilot, "twice: 2.0", "a note")
        await pilot.press("n")
        await see(pilot, "“Small path” is done", "twice: 2.0")


async def test_a_new_course_asks_before_it_runs_code(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    with app.course.source("small/count").open("a") as code:
        code.write("\n# not what was trusted\n")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "This course is from elsewhere")
        await pilot.press("escape")
        assert list_runs(app.home) == []
        await pilot.press("r", "y")
        await see(pilot, "✓ finished")


async def test_a_broken_experiment_is_explained_and_can_be_run_again(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, BROKEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "✗ failed", "no such thing", "count.py:5", "before the fall", "worker.log", "r to run again")


async def test_leaving_asks_what_becomes_of_a_run(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, ENDLESS)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "ones")
        await until(pilot, lambda: list_runs(app.home)[0].state == "running", "a run")
        await pilot.press("q")
        await see(pilot, "still going on")
        await pilot.press("escape", "q", "s")
        await until(pilot, lambda: list_runs(app.home)[0].state == "stopped", "the end of the run")
        await until(pilot, lambda: app.return_value == 0, "the end of the app")


async def test_a_run_is_there_again_after_the_screen_is_gone(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, ENDLESS)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await until(pilot, lambda: bool(list_runs(app.home)) and list_runs(app.home)[0].state == "running", "a run")
        await pilot.press("q", "l")
    again = TutorApp(app.home, app.course, "en")
    async with again.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await see(pilot, "▸ ones", "s stops")
        await pilot.press("s")
        await see(pilot, "■ stopped")


async def test_the_language_changes_everything_and_keeps_the_place(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "✓ finished")
        await pilot.press("v", "L")
        await see(pilot, "✓ 完成", "两倍：2.0", "2/2")
        assert "twice" not in shown(app)
    assert TutorApp(app.home, app.course, None).language == "zh", "it is remembered"


def test_lessons_quote_the_run_at_the_defaults(tmp_path: Path) -> None:
    course, home = load_course(tiny_course(tmp_path / "course")), home_in(tmp_path)
    count = course.experiments["small/count"]
    for steps in (5, 3):
        assert seen(begin(home, course.root, steps=steps)) == "finished"
    newest = latest_finished(home, count)
    assert newest is not None
    assert newest.parameters == {"steps": 5}


def test_only_a_changed_run_is_better_than_none_at_the_end_of_a_path(tmp_path: Path) -> None:
    course, home = load_course(tiny_course(tmp_path / "course")), home_in(tmp_path)
    count = course.experiments["small/count"]
    assert seen(begin(home, course.root, steps=3)) == "finished"
    assert latest_finished(home, count) is None
    changed = latest_finished(home, count, changed=True)
    assert changed is not None
    styles: dict[str, Style] = defaultdict(Style)
    text = findings_text(count, changed, "en", styles).plain
    assert "Changed in this run: steps=3" in text
    changed.claims[:] = [ClaimResult("twice", "does-not-hold", {"measure": 7.0})]
    text = findings_text(count, changed, "en", styles).plain
    assert "✗ does not hold  not seen in this run, whose figures these are: twice: 7.0" in text


@pytest.mark.parametrize(
    "keys",
    [
        ["j"],
        ["left_square_bracket", "j", "j", "j"],
        ["enter", "space"],
        ["enter", "z", "space"],
        ["enter", "n", "c", "space"],
        ["enter", "n", "question_mark"],
        ["R"],
    ],
    ids=["home", "roadmap", "study", "zoomed", "source", "help", "runs"],
)
async def test_another_theme_or_language_and_back_is_the_same_place(tmp_path: Path, keys: list[str]) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(120, 30)) as pilot:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        before, focused = shown(app), app.focused and app.focused.id
        for key in ("t", "L"):
            for _ in THEMES if key == "t" else "ab":
                await pilot.press(key)
                await pilot.pause(0.1)
            await until(pilot, lambda: shown(app) == before, f"the same after {key}:\n{before}")
            assert (app.focused and app.focused.id) == focused


async def test_texts_that_stand_take_the_colours_of_the_next_theme(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(120, 30)) as pilot:
        app.theme = "minimind-dark"
        for opened in ([], ["enter"], ["left_square_bracket"]):
            await pilot.press(*opened)
            await pilot.press("t")
            await until(pilot, lambda: DARK.primary not in inks(app) and LIGHT.primary in inks(app), "light text")
            await pilot.press("t", "t", "t")


@pytest.mark.parametrize("going", ["the screen", "the app"])
async def test_leaving_while_the_screen_is_built_again_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, going: str
) -> None:
    home = home_in(tmp_path)
    app = TutorApp(home, load_course(bundled_root()), "en")
    async with app.run_test(size=(120, 30)) as pilot:
        composed = app.screen.compose

        def composed_while_leaving() -> Iterator[Widget]:
            if going == "the app":
                app._running = False
            else:
                app.screen._pruning = True
            yield from composed()

        monkeypatch.setattr(app.screen, "compose", composed_while_leaving)
        await pilot.press("t")
        await until(pilot, lambda: app.screen._pruning or not app.is_running, "left")
    assert not home.reports.exists()


def inks(app: TutorApp) -> set[str]:
    """The colours of the text on the screen."""
    strips = app.screen._compositor.render_strips()
    styles = [segment.style for strip in strips for segment in strip if segment.text.strip() and segment.style]
    return {style.color.triplet.hex for style in styles if style.color and style.color.triplet}


async def test_the_chosen_line_is_in_one_ink(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(120, 30)) as pilot:
        for keys in ([], ["left_square_bracket"]):
            await pilot.press(*keys)
            await pilot.pause(0.2)
            choices = app.screen.query_one(Choices)
            bar = choices.get_component_rich_style("option-list--option-highlighted")
            rows = [choices.render_line(y) for y in range(choices.size.height)]
            words = [segment.style for row in rows for segment in row if segment.text.strip() and segment.style]
            on_bar = [style.color for style in words if style.bgcolor == bar.bgcolor]
            assert on_bar
            assert set(on_bar) == {bar.color}


async def test_the_keys_of_the_lab_work_from_the_lesson_and_right_behind_each_other(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "Press r to run")
        for key in ("1", "2", "1", "o"):
            app.simulate_key(key)
        await see(pilot, "Parameters", "‹ 5 ›")
        await pilot.press("escape", "1", "r")
        await see(pilot, "✓ finished")
        await pilot.press("1", "c")
        await see(pilot, "count.py")


async def test_parameters_are_refused_with_the_fix_and_taken_when_right(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter", "n", "o")
        await see(pilot, "‹ 5 ›")
        await pilot.press("0", "enter")
        await see(pilot, "out of range")
        await pilot.press("backspace", "1", "2", "enter")
        await see(pilot, "✓ finished", "steps=12")


async def test_a_terminal_too_small_says_so_and_goes_on_when_it_is_larger(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    app.start = "quick-start"
    async with app.run_test(size=(20, 5)) as pilot:
        await see(pilot, "Too small: 20x5", "60x16")
        await pilot.press("n", "r", "question_mark")
        await pilot.resize_terminal(80, 24)
        await see(pilot, "Start here", "1/2")
        assert app.screen.has_class("-narrow")
        await pilot.press("question_mark")
        await pilot.resize_terminal(120, 24)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.has_class("-wide"), "both panes")
        await pilot.resize_terminal(59, 24)
        await see(pilot, "Too small: 59x24")
        await pilot.press("q")
    assert app.return_code == 0


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 50), (60, 16)])
async def test_every_size_shows_something_and_breaks_nothing(tmp_path: Path, size: tuple[int, int]) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "zh")
    async with app.run_test(size=size) as pilot:
        for key in (
            "enter",
            "n",
            "tab",
            "z",
            "o",
            "escape",
            "c",
            "escape",
            "left_square_bracket",
            "escape",
            "R",
            "escape",
            "t",
        ):
            await pilot.press(key)
            await pilot.pause()
        assert "▶" in shown(app)
        await pilot.resize_terminal(120, 40)
        await see(pilot, "梯度能走多深")


async def test_escape_sequences_and_markup_of_files_stay_text(tmp_path: Path) -> None:
    hostile = CODE.replace('"written"', repr("[red]\x1b[31mboo\x1b]0;title\x07\u202e[/red]")).replace(
        '"a note"', repr("[bold]\x1b[2Jgone")
    )
    app = tiny_app(tmp_path, hostile)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "✓ finished")
        await pilot.press("v")
        await see(pilot, "[bold]")
        assert "\x1b" not in shown(app)


def test_inert_text_has_no_control_signs() -> None:
    assert inert("a\x1b[31mb\u202ec\td\n\x9b") == "a\ufffdb\ufffdc   d\n\ufffd"


def test_lines_break_between_ideographs_but_not_before_a_full_stop() -> None:
    text = "这是 PyTorch 的例子。好"
    assert "".join(units(text)) == text
    cuts = [text[a:b] for a, b in zip([0, *breaks(text, 8)], [*breaks(text, 8), None], strict=True)]
    assert all(not piece.startswith(("。", "，")) for piece in cuts)
    assert cuts[0].startswith("这是")


async def test_runs_are_compared_arm_by_arm_where_a_plot_holds_two_metrics(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    spec = course / "experiments/small/count.toml"
    metric, name = 'metric = "total"\n', '{ zh = "名", en = "%s" }'
    names = f"names = {{ total = {name % 'sum'}, luck = {name % 'luck'} }}\n"
    spec.write_text(spec.read_text(encoding="utf-8").replace(metric, metric + names, 1), encoding="utf-8")
    home = home_in(tmp_path)
    runs = [begin(home, course, steps=steps) for steps in (3, 4)]
    for run in runs:
        seen(run, "finished")
    app = TutorApp(home, load_course(course), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(CompareScreen(runs[0].run_id, runs[1].run_id))
        await see(pilot, "A ones · sum 3", "A twos · luck", "B ones · luck", "B twos · sum 8")
        plot = app.screen.query_one(LinePlot)
        assert [curve.style for curve in plot.data.curves] == list(range(8)), "each curve has a mark of its own"
        await pilot.press("a")
        await until(pilot, lambda: {curve.label[2:6] for curve in plot.data.curves} == {"ones"}, "one arm")
        assert [curve.style for curve in plot.data.curves] == [0, 1, 4, 5], "and looks as it did"
        await pilot.press("a")
        await until(pilot, lambda: {curve.label[2:6] for curve in plot.data.curves} == {"twos"}, "the other arm")


async def test_one_arm_alone_is_not_offered_where_there_is_but_one(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    spec = course / "experiments/small/count.toml"
    lines = spec.read_text(encoding="utf-8").splitlines(keepends=True)
    spec.write_text("".join(line for line in lines if 'id = "ones"' not in line), encoding="utf-8")
    home = home_in(tmp_path)
    runs = [begin(home, course, steps=steps) for steps in (3, 4)]
    for run in runs:
        seen(run, "finished")
    app = TutorApp(home, load_course(course), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(CompareScreen(runs[0].run_id, runs[1].run_id))
        await see(pilot, "for the next plot")
        assert "One arm" not in shown(app)
        assert "for one arm" not in shown(app)


def run_of_the_past(app: TutorApp, number: int, log: bytes, experiment: str = "small/count") -> None:
    run = app.home.runs / f"20260101-{number:06}-count-abcd"
    run.mkdir(parents=True)
    asked = Request(experiment=experiment, course_root="", parameters={"steps": 5}, seed=number, created=float(number))
    (run / "request.json").write_bytes(encode_request(asked))
    (run / "events.jsonl").write_bytes(log)


async def test_the_foot_of_the_runs_says_which_marks_can_be_compared(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    for number, experiment in enumerate(("small/other", "small/count", "small/count")):
        run_of_the_past(app, number, encode("finished", number, {"seconds": 1.0}), experiment)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("R")
        await see(pilot, "mark two")
        await pilot.press("space", "down", "space")
        await see(pilot, "to compare the two marked runs")
        await pilot.press("down", "space")
        await see(pilot, "These two are of different experiments")
        await pilot.press("x", "y")
        await see(pilot, "Mark one more")


async def test_a_long_history_is_listed_whole_and_keeps_its_place(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    for number in range(450):
        run_of_the_past(app, number, encode("finished", number, {"seconds": 1.0}))
    async with app.run_test(size=(100, 30)) as pilot:

        def table() -> DataTable[Text | str]:
            return app.screen.query_one(DataTable)

        def seeds() -> list[Text | str]:
            return [table().get_row_at(row)[5] for row in range(table().row_count)]

        await pilot.press("R")
        await until(pilot, lambda: bool(app.screen.query(DataTable)) and table().row_count == 450, "all runs")
        assert seeds() == [str(number) for number in reversed(range(450))]
        table().move_cursor(row=430)
        await pilot.press("L")
        await until(pilot, lambda: "用时" in shown(app) and table().row_count == 450, "all runs in Chinese")
        assert table().cursor_row == 430
        assert seeds() == [str(number) for number in reversed(range(450))]
        await pilot.press("space")
        await until(pilot, lambda: table().get_row_at(430)[0] == "*", "the mark")


async def test_the_curves_of_a_long_log_are_drawn_once_when_all_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, points = tiny_app(tmp_path), 60_000
    events = [encode("arm", 0.0, {"arm": "ones", "settings": {}})]
    for first in range(1, points, 100):
        steps = list(range(first, first + 100))
        events.append(encode("metric", 0.0, {"arm": "ones", "step": steps, "values": {"total": [0.5] * 100}}))
    events.append(encode("finished", 9.0, {"seconds": 9.0}))
    log = b"".join(events)
    assert len(log) > 2 * SLICE
    run_of_the_past(app, 1, log)
    # The lab lies beside the lesson too: its log would be read to the end before the foot speaks of it.
    monkeypatch.setattr("minimind_tui.ui.lab.model.SLICE", 0)
    drawn: list[int] = []
    said: list[str] = []
    show, say = LinePlot.show, NextBar.say

    def watched(plot: LinePlot, data: PlotData, log: bool | None = None) -> None:
        drawn.append(sum(len(curve.series) for curve in data.curves))
        show(plot, data, log)

    def heard(bar: NextBar, sentence: str) -> None:
        said.append(sentence)
        say(bar, sentence)
        if sentence.startswith("Its log is being read"):
            monkeypatch.setattr("minimind_tui.ui.lab.model.SLICE", len(log) // 40)

    monkeypatch.setattr(LinePlot, "show", watched)
    monkeypatch.setattr(NextBar, "say", heard)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "✓ finished", "o ones 0.5")
    assert drawn[0] == 0, "nothing of a log half read"
    assert set(drawn) == {0, points}
    assert any(sentence.startswith("Its log is being read") for sentence in said)
    assert not any(sentence.startswith("Running") for sentence in said), "it does not run"
