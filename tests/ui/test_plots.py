"""Plots: what is drawn, what holds still, what a cursor reads."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Region

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.run import events, records
from minimind_tui.run.summary import Summary
from minimind_tui.ui.plot.bars import Bars
from minimind_tui.ui.plot.heatmap import Heatmap
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.views.axis import LARGEST, SMALLEST, linear_axis, log_axis
from minimind_tui.views.curves import PlotData
from minimind_tui.views.figure import AXIS, REFERENCE, Curve, Reference, draw
from minimind_tui.views.matrix import MatrixView
from minimind_tui.views.plots.bars import Bar
from minimind_tui.views.plots.samples import newest_sample
from minimind_tui.views.svg import svg
from tests.plots import shown
from tests.ui.stage import Stage, series

ANY = st.floats(allow_nan=True, allow_infinity=True)


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY, max_size=30), st.booleans())
def test_no_value_breaks_a_plot(values: list[float], log: bool) -> None:
    curve = Curve("a", 0, series(*values))
    y = log_axis(values, 4) if log else linear_axis(values, 4)
    x = linear_axis((0, 31), 4, exact=True)
    rows = draw([curve], [Reference("r", 1.0)], x, y, 40, 12)
    assert [len(row) for row in rows] == [40] * 12
    drawable = [v for v in values if abs(v) <= LARGEST and (v >= SMALLEST or not log)]
    if drawable:
        assert any(owner == 0 for row in rows for _, owner in row)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_an_axis_holds_all_values_and_its_ticks(values: list[float]) -> None:
    axis = linear_axis(values, 5)
    slack = 1e-6 * max(1.0, *map(abs, values))
    assert axis.low - slack <= min(values) <= max(values) <= axis.high + slack
    assert len(axis.ticks) == len(axis.labels) <= 14
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)


def test_an_axis_moves_in_steps() -> None:
    assert linear_axis((0.0, 3.31), 4).high == linear_axis((0.0, 3.52), 4).high


def test_a_gap_stays_a_gap() -> None:
    curve = Curve("a", 0, series(1, 1, 1, math.nan, math.nan, math.nan, math.nan, 1, 1, 1))
    axis = linear_axis((1, 10), 4, exact=True)
    rows = draw([curve], [], axis, linear_axis((0, 2), 2), 60, 9)
    middle = next(row for row in rows if any(owner == 0 for _, owner in row))
    columns = [index for index, (_, owner) in enumerate(middle) if owner == 0]
    assert max(b - a for a, b in itertools.pairwise(columns)) > 10


def test_marks_lie_on_their_curve_and_a_covered_curve_shows_by_its_marks() -> None:
    lower = Curve("lower", 0, series(*[1.0 + 0.01 * n for n in range(50)]))
    same = [Curve("under", 1, series(*[2.0] * 50)), Curve("over", 2, series(*[2.0] * 50))]
    rows = draw([lower, *same], [], linear_axis((1, 50), 4, exact=True), linear_axis((0, 3), 3), 60, 14)
    places = {
        sign: [(at, column) for at, row in enumerate(rows) for column, (seen, _) in enumerate(row) if seen == sign]
        for sign in "ox+"
    }
    assert all(places.values())
    for at, column in places["o"]:
        beside = [rows[at][column + by] for by in (-1, 1)]
        assert any(owner == 0 for _, owner in beside), "a mark beside its curve"
    assert {at for at, _ in places["x"]} == {at for at, _ in places["+"]}


def test_arms_differ_without_colour() -> None:
    curves = [Curve("a", 0, series(1, 1, 1, 1)), Curve("b", 1, series(2, 2, 2, 2))]
    x, y = linear_axis((1, 4), 3, exact=True), linear_axis((0, 3), 3)
    rows = draw(curves, [Reference("floor", 0.5)], x, y, 50, 12)
    signs = {owner: {sign for row in rows for sign, who in row if who == owner} for owner in (0, 1, AXIS, REFERENCE)}
    assert "o" in signs[0]
    assert "x" in signs[1]
    assert signs[REFERENCE] == {"-"}


async def test_the_cursor_reads_every_curve_and_non_finite_values_are_marked() -> None:
    plot = LinePlot()
    curves = [Curve("alpha", 0, series(*[float(n) for n in range(100)])), Curve("beta", 1, series(5.0, math.nan))]
    async with Stage(plot).run_test(size=(70, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        plot.show(PlotData(curves, [Reference("ln V", 50.0)], (1, 100), "step", "loss"), False)
        plot.focus()
        await pilot.pause()
        assert "alpha 99" in app.text
        assert "ln V 50" in app.text
        assert "(! 2)" in app.text
        assert "!" in app.rows[2]
        await pilot.press("left")
        assert "step = 100" in app.text, "from the right edge"
        assert "alpha 99" in app.text
        assert "beta -" in app.text, "beta had ended long before"
        assert app.rows[-2][plot.size.width - 1] == "▲"
        await pilot.press("left")
        assert "step = 99" in app.text, "no recorded point is passed over"
        assert "alpha 98" in app.text
        await pilot.press("plus", "plus")
        assert plot.x_axis.high - plot.x_axis.low == pytest.approx(99 / 4)
        await pilot.press("minus", "minus")
        assert plot.x_axis.high - plot.x_axis.low == 99


async def test_only_changed_rows_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = LinePlot()
    drawn: list[Region] = []
    flat, rising = series(*[1.0] * 50), series(0.0, 3.0)
    async with Stage(plot).run_test(size=(70, 20)) as pilot:
        data = PlotData([Curve("flat", 0, flat), Curve("up", 1, rising)], [], (1, 100), "step", "loss")
        plot.show(data, False)
        await pilot.pause()
        refresh = plot.refresh

        def spy(*regions: Region, **keywords: bool) -> LinePlot:
            drawn.extend(regions)
            return refresh(*regions, **keywords)

        monkeypatch.setattr(plot, "refresh", spy)
        plot.show(data)
        assert drawn == [], "nothing changed, nothing is sent"
        flat.extend([51, 52, 53], [1.0, 1.0, 1.0])
        plot.show(data)
        assert 0 < len(drawn) <= 3


async def test_a_heatmap_can_be_read_without_colour() -> None:
    heatmap = Heatmap()
    view = MatrixView("head 1", [[1.0, 0.0], [0.26, 0.04]], ["she", "sang"], ["emma", "小明"])
    async with Stage(heatmap).run_test(size=(60, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        views = [view, MatrixView("head 2", [[-2.5, 4.0]], ["a"], ["b", "b"], arm=1, down="looks", across="looked at")]
        heatmap.show(views)
        heatmap.focus()
        await pilot.pause()
        assert "▶o head 1" in app.rows[1]
        assert re.search(r"she\s+9\s*$", app.rows[2]), "what a mask has shut out is blank"
        assert re.search(r"sang\s+3\s+·", app.rows[3])
        assert re.search(r" x head 2  -9 = -4.00  · = 0  9 = 4.00", app.text), "small ones stand under each other"
        await pilot.press("left", "right")
        assert "sang → 小明 = 0.040" in app.rows[0]
        await pilot.press("full_stop")
        assert "a → b (1) = 4.000" in app.rows[0], "two columns of one name are told apart"
        heatmap.show(views, True)
        await pilot.press("full_stop")
        assert "↓ looks  → looked at" in app.rows[0], "what rows and columns are"
        await pilot.resize_terminal(60, 8)
        await pilot.pause()
        assert "head 2  2/2" in app.rows[1], "one at a time where there is no room"
        assert "head 1" not in app.text


def test_a_matrix_is_named_in_the_learners_language() -> None:
    spec = load_course(bundled_root()).experiments["attention/attention-steps"]
    summary = Summary()
    summary.apply(records.Matrix(arm="before", name="head 2", rows=[[1.0]]))
    plot = next(plot for plot in spec.plots if plot.id == "heads")
    assert [view.title for view in shown(spec, plot, summary, "zh").views] == ["头 2 · 训练前"]
    assert [view.title for view in shown(spec, plot, summary, "en").views] == ["head 2 · before"]


def test_bars_against_an_arm_are_measured_from_it() -> None:
    spec = load_course(bundled_root()).experiments["block/ablation"]
    plot = next(plot for plot in spec.plots if plot.id == "cost")
    summary = Summary()

    def at(arm: str, loss: float) -> None:
        summary.apply(events.Metric(arm=arm, step=[1], values={"validation_loss": [loss]}))

    at("no_ffn", 1.5)
    assert shown(spec, plot, summary, "en").bars == [], "nothing to measure from yet"
    at("whole", 1.0)
    at("no_norm", math.nan)
    bars = shown(spec, plot, summary, "en").bars
    assert [bar.label for bar in bars] == ["no norm", "no feed-forward"], "in the arms' order, without the whole one"
    assert math.isnan(bars[0].value)
    assert bars[1].value == 0.5
    assert bars[1].style == 3, "the mark that the arm has in the other plots"


def test_several_metrics_share_a_plot_and_the_newest_text_is_said() -> None:
    spec = load_course(bundled_root()).experiments["block/train-your-own"]
    plot = spec.plots[0]
    summary = Summary()
    assert newest_sample(summary, "en") is None
    summary.apply(events.Metric(arm="model", step=[1, 2], values={"loss": [3.0, 2.0]}))
    assert [curve.label for curve in shown(spec, plot, summary, "en").curves] == ["text it learns from"]
    summary.apply(events.Metric(arm="model", step=[2], values={"validation_loss": [2.5]}))
    curves = shown(spec, plot, summary, "en").curves
    assert [(curve.label, curve.style, curve.series.last) for curve in curves] == [
        ("text it learns from", 0, 2.0),
        ("text it has not seen", 1, 2.5),
    ]
    for step, prompt, text in ((0, "a", "xq"), (9, "Once ", "upon\na"), (9, "other", "z")):
        summary.apply(records.Sample(arm="model", step=step, prompt=prompt, text=text))
    assert newest_sample(summary, "zh") == "步 9: Once upon⏎a"


async def test_bars_give_their_values() -> None:
    bars = Bars()
    async with Stage(bars).run_test(size=(60, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        bars.show([Bar("one", 0, 10.0), Bar("tiny", 1, 1e-7), Bar("gone", 2, math.nan)], True, "a caption")
        await pilot.pause()
        rows = app.rows
        assert "a caption" in rows[0]
        assert rows[3].count("█") > 50
        assert rows[5].count("█") == 0
        assert "NaN" in app.text
        bars.show([Bar("count", 0, 108608.0)], False, "parameters")
        await pilot.pause()
        assert "108,608" in app.text, "a count is written out"


async def test_every_bar_is_seen_in_a_low_window() -> None:
    bars = Bars()
    async with Stage(bars).run_test(size=(60, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        many = [Bar("臂" * (1 + number % 3), number, number / 10) for number in range(10)]
        bars.show(many, False, "a caption")
        await pilot.pause()
        rows = app.rows[1:11]
        assert [row.split()[2] for row in rows[1:]] == [f"0.{number}" for number in range(1, 10)]
        starts = {cell_len(row[: row.index("█")]) for row in rows[1:]}
        lengths = [row.count("█") for row in rows]
        assert lengths == sorted(lengths)
        assert lengths[0] == 0
        assert lengths[-1] > 30
        assert len(starts) == 1, "bars begin in one column, however wide a name is"
        await pilot.resize_terminal(60, 30)
        await pilot.pause()
        assert app.rows[3].count("█") == 0, "two rows a bar again"
        assert app.rows[21].count("█") > 50


def test_no_two_arms_of_an_experiment_look_alike_in_a_report() -> None:
    most = max(len(experiment.arms) for experiment in load_course(bundled_root()).experiments.values())
    looks = []
    for style in range(most):
        picture = svg(PlotData(curves=[Curve("a", style, series(1.0, 2.0))]), "title", log=False)
        looks += re.findall(r"<polyline (.*?) points", picture)
    assert len(looks) == len(set(looks)) == most == 10
