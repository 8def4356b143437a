"""Tables of values, small pictures of matrices, bars a layer: all can be read without colour and in 60 columns."""

from __future__ import annotations

import math
import re

from minimind_tui.base.text import Text
from minimind_tui.content.plots import Line
from minimind_tui.run import events, records
from minimind_tui.run.summary import Summary
from minimind_tui.ui.plot.heatmap import Heatmap
from minimind_tui.ui.plot.layer_bars import LayerBars
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.views.curves import PlotData
from minimind_tui.views.figure import Curve, Reference
from minimind_tui.views.matrix import MatrixView, scale_of
from minimind_tui.views.plots.layer_bars import LayerColumn, LayerData
from tests.plots import shown
from tests.ui.stage import Stage, series

RATES, DEPTHS = ["1e-3", "3e-3", "1e-2", "3e-2", "1e-1"], ["2", "8", "16", "24"]


def sweep(title: str, arm: int, worst: float) -> MatrixView:
    rows = [[2.35 + 0.1 * row + 0.01 * column for column in range(5)] for row in range(4)]
    rows[-1][-1] = worst
    return MatrixView(title, rows, DEPTHS, RATES, title, arm, title, "depth", "rate")


async def test_a_sweep_is_a_table_of_values_and_both_arms_are_seen_where_there_is_room() -> None:
    heatmap = Heatmap()
    views = [sweep("Pre-LN", 0, math.nan), sweep("Post-LN", 1, math.inf)]
    async with Stage(heatmap).run_test(size=(58, 17)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        heatmap.show(views, True, values=True)
        heatmap.focus()
        await pilot.pause()
        assert "Pre-LN" in app.text
        assert "Post-LN" in app.text, "under each other"
        assert re.search(r"depth ↓ +1e-3 +3e-3 +1e-2 +3e-2 +1e-1", app.text)
        assert re.search(r"24 +2\.65 +2\.66 +2\.67 +2\.68 +NaN", app.text)
        assert re.search(r"24 +2\.65 +2\.66 +2\.67 +2\.68 +inf", app.text)
        await pilot.press("left", "right")
        assert "Pre-LN: depth 24, rate 3e-3 = 2.66" in app.rows[0]
        await pilot.press("full_stop")
        assert "Post-LN: depth 24, rate 3e-3 = 2.66" in app.rows[0]
        await pilot.resize_terminal(58, 10)
        await pilot.pause()
        assert "Pre-LN" not in app.text, "one at a time where there is no room"
        assert "2/2" in app.rows[0]
        await pilot.resize_terminal(120, 10)
        await pilot.pause()
        assert re.search(r"Pre-LN.*Post-LN", app.rows[2]), "side by side"


async def test_both_signs_are_told_apart_without_colour() -> None:
    heatmap = Heatmap()
    wave = [[math.cos(m / 4) for m in range(50)]]
    async with Stage(heatmap).run_test(size=(60, 10)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        heatmap.show([MatrixView("cos", wave, ["0"], [])], True)
        await pilot.pause()
        assert re.search(r"\++·+-+·+\++·", app.rows[2]), "a wave"
        assert "+ > 0.25  - < -0.25" in app.rows[1]
        heatmap.show([MatrixView("cos", [[-1.0, 0.0, 0.52]], ["0"], [])], True)
        await pilot.pause()
        assert re.search(r"-9 +· +5", app.rows[2])
    assert not scale_of([[0.0, 0.3]]).diverging
    assert scale_of([[math.nan, -math.inf]]).legend(1) == "", "nothing finite breaks nothing"


async def test_many_heads_are_seen_at_a_glance_and_one_opens() -> None:
    heatmap = Heatmap()
    size = 24
    heads = [
        MatrixView(
            f"layer 1 head {head} · {arm}",
            [[float(column == row - head) for column in range(size)] for row in range(size)],
            ["w"] * size,
            ["w"] * size,
            f"layer 1 head {head}",
            index,
            arm,
        )
        for head in range(1, 5)
        for index, arm in enumerate(("before", "after"))
    ]
    async with Stage(heatmap).run_test(size=(60, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        heatmap.show(heads, True, small=True)
        heatmap.focus()
        await pilot.pause()
        assert "o before   x after   layer 1 head …" in app.rows[0], "what all share is said once"
        assert re.search(r"▶o 1 +o 2 +o 3 +o 4", app.rows[1])
        assert re.search(r"x 1 +x 2 +x 3 +x 4", app.text)
        assert app.rows[3].count("█") >= 4, "the diagonals show"
        await pilot.press("right", "down", "enter")
        assert "layer 1 head 2 · after  4/8" in app.rows[1]
        await pilot.press("enter")
        assert re.search(r"▶x 2", app.text)
        await pilot.press("full_stop", "enter")
        assert "layer 1 head 3 · after" in app.rows[1], "an arm's heads stand in one row"


def test_matrices_are_counted_not_spelled() -> None:
    from minimind_tui.content.course import load_course
    from minimind_tui.content.roots import bundled_root

    spec = load_course(bundled_root()).experiments["attention/attention-steps"]
    summary = Summary()
    for name in ("head 10", "head 2"):
        summary.apply(records.Matrix(arm="after", name=name, rows=[[1.0]], row_labels=["a\nb"]))
    plot = next(plot for plot in spec.plots if plot.id == "heads")
    views = shown(spec, plot, summary, "en").views
    assert [view.name for view in views] == ["head 2", "head 10"]
    assert views[0].row_labels == ["a⏎b"], "a label stays on its line"


async def test_every_layer_has_its_bar_and_its_value() -> None:
    bars = LayerBars()
    columns = [
        LayerColumn(0, "no norm", [10.0 ** (layer - 12) for layer in range(12)]),
        LayerColumn(1, "LayerNorm", [40.0] * 12),
        LayerColumn(2, "RMSNorm", [1.2] * 11 + [math.nan]),
    ]
    async with Stage(bars).run_test(size=(58, 10)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        bars.show(LayerData(columns, "layer", "gradient norm"), True)
        bars.focus()
        await pilot.pause()
        assert "↕ 1–8/12" in app.rows[0]
        assert "1e-12 … █ 1e2 (log)" in app.rows[0]
        assert re.search(r"o no norm +x LayerNorm +\+ RMSNorm", app.rows[1])
        first, second = app.rows[2], app.rows[3]
        assert re.search(r"1 +1\.0e-12 .* 40 █+.* 1\.2 █+", first)
        assert second.count("█") + second.count("▏") >= first.count("█"), "longer from layer to layer"
        await pilot.press("pagedown")
        assert "↕ 5–12/12" in app.rows[0]
        assert re.search(r"12 +0\.1 .* NaN", app.rows[9])
        await pilot.press("y")
        assert "▏ 0 … █ 40" in app.rows[0]
        bars.show(LayerData(columns, "layer, from the input", "gradient norm"), True)
        await pilot.pause()
        assert "↓ layer, from the input" in app.text
        assert re.search(r"^ 1 +1\.0e-12 ", app.text, re.MULTILINE), "a long name does not take the bars' room"


async def test_a_loss_that_explodes_leaves_the_others_readable() -> None:
    plot = LinePlot()
    healthy, broken = series(*[3.3 - 0.02 * step for step in range(100)]), series(*[3.3, 30.0] + [1e6] * 98)
    data = PlotData(
        [Curve("healthy", 0, healthy), Curve("broken", 1, broken)],
        [Reference("ln V", 3.3)],
        (0, 100),
        "step",
        "loss",
        ceiling=6.6,
    )
    async with Stage(plot).run_test(size=(70, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        plot.show(data, False)
        plot.focus()
        await pilot.pause()
        assert plot.y_axis(plot.x_axis, 18).high < 10
        assert app.text.count("^") > 10, "where it runs above the plot"
        assert "broken 1,000,000" in app.text
        await pilot.press("y")
        assert "1e6" in app.text, "the logarithmic axis shows all of it"
        assert "^" not in app.text


def test_a_reference_stands_where_it_belongs() -> None:
    from minimind_tui.content.course import load_course
    from minimind_tui.content.roots import bundled_root

    spec = load_course(bundled_root()).experiments["feed-forward/knowledge"]
    summary = Summary()
    summary.apply(records.Reference(arm="8", name="uniform", value=4.6))
    summary.apply(records.Reference(arm="8", name="guessing", value=0.03))
    plots = {plot.id: plot for plot in spec.plots}
    assert shown(spec, plots["loss"], summary, "en").references == [Reference("guessing, ln V", 4.6)]
    assert shown(spec, plots["learning"], summary, "zh").references == [Reference("瞎猜", 0.03)]


def test_a_curve_over_positions_ends_where_they_do() -> None:
    from minimind_tui.content.course import load_course
    from minimind_tui.content.roots import bundled_root

    spec = load_course(bundled_root()).experiments["position/position-ablation"]
    summary = Summary()
    summary.apply(events.Planned(arm="none", steps=150))
    summary.apply(records.Reference(arm="none", name="uniform", value=3.3))
    summary.apply(events.Metric(arm="none", step=[1, 512], values={"loss_by_position": [3.0, 2.0], "loss": [3.0, 2.0]}))
    steps = Line(id="a", title=Text(zh="a", en="a"), metric="loss")
    places = Line(
        id="b",
        title=Text(zh="b", en="b"),
        metric="loss_by_position",
        x_label=Text(zh="位置", en="position"),
    )
    assert shown(spec, steps, summary, "en").x_range == (0.0, 150.0)
    found = shown(spec, places, summary, "en")
    assert found.x_range is None
    assert (found.ceiling, len(found.references)) == (6.6, 1)
