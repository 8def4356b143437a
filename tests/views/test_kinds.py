"""Every kind of plot, from a real run's log to lines of text, to one plot of two runs, to the report and the screen."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from minimind_tui.base.text import Text
from minimind_tui.content.course import load_course
from minimind_tui.content.plots import Plot, Points
from minimind_tui.practice.store import Progress
from minimind_tui.run import records
from minimind_tui.run.events import Unknown, decode, encode, encode_record
from minimind_tui.run.summary import ArmSummary, Summary
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.widgets import WIDGETS
from minimind_tui.views.paper import as_lines, print_report
from minimind_tui.views.plots import Shown, kind_named, kind_of
from minimind_tui.views.plots.points import fitted
from minimind_tui.views.plots.spans import busy
from minimind_tui.views.report import make_report
from tests.tiny import begin, home_in, seen
from tests.views.recorded import course_of_records

quick = settings(deadline=None, max_examples=60)


def text_of(renderable: Any, width: int = 70) -> str:
    """What is printed at `width` columns."""
    return "\n".join(as_lines(renderable, width))


class Recorded:
    """A finished run of the course of records."""

    def __init__(self, folder: Path) -> None:
        self.home, self.root = home_in(folder / "home"), course_of_records(folder / "course")
        self.view: RunView = begin(self.home, self.root)
        assert seen(self.view) == "finished", self.view.summary.reason
        self.spec = load_course(self.root).experiments["small/count"]

    def data(self, plot_id: str, arm: int | None = None) -> tuple[Plot, Any]:
        plot = next(plot for plot in self.spec.plots if plot.id == plot_id)
        return plot, kind_of(plot).data(Shown(self.spec, plot, self.view.summary, "en", arm))

    def lines(self, plot_id: str, width: int = 70) -> str:
        plot, data = self.data(plot_id)
        return text_of(kind_of(plot).lines(data, "en"), width)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("records"))


def test_pieces_stand_over_their_ids(recorded: Recorded) -> None:
    lines = recorded.lines("pieces").splitlines()
    assert lines[0] == "twos · step 0" or lines[0] == "ones · step 0"
    assert lines[1].strip() == "4 tokens for 11 bytes, 2.75 bytes per token"
    assert lines[2].rstrip() == "the│·cat│⏎│猫   │"
    assert lines[3].rstrip() == "11  222  3 44444"
    narrow = recorded.lines("pieces", 12)
    assert all(cell_len(line) <= 12 for line in narrow.splitlines())
    assert "44444" in narrow


def test_a_conversation_says_who_spoke_and_what_it_was_worth(recorded: Recorded) -> None:
    said = recorded.lines("talk")
    assert "user  Who had the kite?" in said
    assert "assistant  kite emma" in said
    assert "reward 0" in said
    assert "reward 1" in said
    assert "step 3" in said


def test_a_table_keeps_its_columns_in_line(recorded: Recorded) -> None:
    lines = recorded.lines("board").splitlines()
    assert lines[1].split() == ["model", "nats"]
    assert lines[2].split() == ["base", "1.25"]
    assert lines[3].split() == ["a⏎b", "NaN"], "one line per row, and what is no number says so"
    assert len({len(line.rstrip()) for line in lines[1:4]}) == 1, "numbers end in one column"
    plot, data = recorded.data("board")
    assert "模型" in text_of(kind_of(plot).lines(data, "zh"))


def test_a_schedule_has_a_row_per_lane_and_says_how_long_each_was_idle(recorded: Recorded) -> None:
    lines = recorded.lines("schedule", 30).splitlines()
    assert lines[1].split() == ["o", "forward", "x", "back", "·", "idle"]
    first, second = lines[2], lines[3]
    assert (first.count("o"), first.count("·"), first.split()[-1]) == (4, 13, "75%")
    assert (second.count("o"), second.count("x"), second.count("·"), second.split()[-1]) == (4, 9, 4, "25%")
    assert lines[4].split() == ["0", "s", "8", "s"]
    assert busy([records.Span("a", 0.0, 2.0), records.Span("a", 1.0, 3.0), records.Span("a", 5.0, 6.0)]) == 4.0


def test_points_are_fitted_on_their_own_axes(recorded: Recorded) -> None:
    drawn = recorded.lines("scaling")
    assert "y = 8·x^-0.25" in drawn
    assert "y = 16·x^-0.25" in drawn
    assert "parameters" in drawn
    assert "1e5" in drawn, "the axis says the values, not their logarithms"
    _, data = recorded.data("scaling")
    picture = kind_of(recorded.data("scaling")[0]).picture(data, "title")
    assert picture is not None
    assert picture.count("<circle") == 8
    assert picture.count("<polyline") == 2


@quick
@given(
    st.floats(-5, 5),
    st.floats(-3, 3),
    st.lists(st.floats(0.5, 100), min_size=2, max_size=20, unique=True),
    st.sampled_from(["line", "power"]),
)
def test_a_fit_finds_what_the_points_lie_on(a: float, b: float, places: list[float], kind: Any) -> None:
    start = math.exp(a) if kind == "power" else a
    points = [(x, start * x**b if kind == "power" else start + b * x) for x in places]
    if max(places) / min(places) < 1.01:
        return
    fit = fitted(points, kind)
    assert fit is not None
    for x, y in points:
        assert math.isclose(fit.at(x), y, rel_tol=1e-6, abs_tol=1e-6)


def test_what_cannot_be_fitted_is_not() -> None:
    assert fitted([(1.0, 2.0)], "line") is None
    assert fitted([(1.0, 2.0), (1.0, 3.0)], "line") is None
    assert fitted([(-1.0, 2.0), (0.0, 3.0), (2.0, math.nan)], "power") is None


def test_a_point_that_has_no_place_is_left_out(recorded: Recorded) -> None:
    plot = Points(id="p", title=Text(zh="点", en="points"), metric="sizes", log_x=True)
    summary = Summary()
    summary.apply(records.Points(arm="ones", name="sizes", x=[0.0, -1.0, math.inf, 10.0], y=[1.0, 1.0, 1.0, 2.0]))
    spec = recorded.spec
    data = kind_of(plot).data(Shown(spec, plot, summary, "en"))
    assert [list(curve.series.steps) for curve in data.curves] == [[1.0]]


def test_each_kind_stands_in_one_plot_for_two_runs(recorded: Recorded) -> None:
    for plot in recorded.spec.plots:
        kind = kind_of(plot)
        _, data = recorded.data(plot.id)
        both = kind.together([("A", data), ("B", data)], len(recorded.spec.arms))
        said = text_of(kind.lines(both, "en"))
        for name in ("A", "B"):
            for arm in ("ones", "twos"):
                assert f"{name} {arm}" in said, (plot.id, said)
        _, one = recorded.data(plot.id, arm=1)
        assert "ones" not in text_of(kind.lines(one, "en")), plot.id


def test_a_run_on_paper_holds_all_its_plots(recorded: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    print_report(recorded.view, recorded.spec, "en")
    said = capsys.readouterr().out
    for words in ("total", "in pieces", "4 tokens", "kite emma", "base"):
        assert words in said
    assert "y = 8" not in said, "of plots on a canvas, the first alone"


def test_the_report_holds_what_is_text(recorded: Recorded) -> None:
    course = load_course(recorded.root)
    made = make_report(course, Progress(recorded.home.database), recorded.home, "en", "plots")
    for words in ("**in pieces**", "the│·cat│", "assistant  kite emma", "**scores**", "rank 1"):
        assert words in made.text
    assert len(made.pictures) == 2, "the curve and the points"
    assert made.text.count("```") % 2 == 0


def test_every_kind_of_plot_has_a_view_and_a_widget() -> None:
    for struct in get_args(Plot):
        tag = str(struct.__struct_config__.tag)
        assert kind_named(tag).widget in WIDGETS, tag


def test_a_record_comes_back_as_it_was_written() -> None:
    every = [
        records.Layer(arm="a", name="g", step=3, values=[1.0, math.inf]),
        records.Matrix(arm="a", name="m", rows=[[-math.inf, 0.5]], row_labels=["r"]),
        records.Sample(arm="a", text="t", prompt="p"),
        records.Reference(arm="a", name="uniform", value=3.5),
        records.Note(arm="a", text={"zh": "甲", "en": "b"}),
        records.Tokens(arm="a", name="t", pieces=["x"], ids=[1], bytes=[1]),
        records.Dialogue(arm="a", name="d", turns=[records.Turn("user", "hi")], reward=0.5),
        records.Table(arm="a", name="t", columns=["x"], rows=[["y", 1.5, 2]]),
        records.Points(arm="a", name="p", x=[1.0], y=[2.0]),
        records.Spans(arm="a", name="s", spans=[records.Span("rank 0", 0.0, math.inf, "F")]),
    ]
    for record in every:
        back = decode(encode_record(record, 0.0))
        assert back == record


def test_a_kind_of_a_later_version_is_no_damage(recorded: Recorded) -> None:
    line = encode("hologram", 1.0, {"arm": "ones", "name": "x"})
    assert decode(line) == Unknown("hologram")
    assert decode(b'{"v":1,"kind":"matrix","arm":1}') is None, "a damaged line of a known kind is damage"
    log = recorded.view.folder / "events.jsonl"
    log.write_bytes(line + log.read_bytes())
    view = RunView(recorded.home, recorded.view.run_id)
    view.poll()
    assert (view.state, view.summary.unreadable) == ("finished", 0)


def test_a_reader_keeps_the_latest_records_alone() -> None:
    arm = ArmSummary()
    for step in range(1000):
        arm.add(records.Sample(arm="a", text=str(step), step=step))
        arm.add(records.Matrix(arm="a", name="m", rows=[], step=step))
    assert [arm.all(records.Sample)[0].text, arm.all(records.Sample)[-1].text] == ["500", "999"]
    assert len(arm.all(records.Matrix)) == records.Matrix.KEPT
    for number in range(5000):
        arm.add(records.Layer(arm="a", name=f"layer {number}", values=[]))
    assert len(arm.last(records.Layer)) <= 1000
