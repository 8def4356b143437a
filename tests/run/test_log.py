"""The log and the fold over it: damage is counted and nothing raises."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.run import events, records
from minimind_tui.run.checkpoint import Checkpoint
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.log_writer import Log
from minimind_tui.run.recorder import Recorder, Settings
from minimind_tui.run.reference import read_reference, reference_of
from minimind_tui.run.series import Series
from minimind_tui.run.summary import Summary

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
TEXTS = st.text(max_size=30)
quick = settings(deadline=None, max_examples=60)


def same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


@quick
@given(st.lists(NUMBERS, min_size=1, max_size=20), TEXTS)
def test_a_line_comes_back_as_what_it_was(values: list[float], name: str) -> None:
    fields = {"arm": name, "step": list(range(len(values))), "values": {name: values}}
    line = events.encode("metric", 1.5, fields)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    event = events.decode(line)
    assert isinstance(event, events.Metric)
    assert all(same(a, b) for a, b in zip(records.floats(next(iter(event.values.values()))), values, strict=True))


@quick
@given(st.binary(max_size=400))
def test_no_line_can_raise(line: bytes) -> None:
    event = events.decode(line)
    if event is not None:
        Summary().apply(event)


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 10**400])
def test_a_step_that_no_array_holds_is_damage(tmp_path: Path, step: int) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'{"v":1,"kind":"metric","arm":"a","step":[%d],"values":{"loss":[1.0]}}\n' % step)
    tail = Tail(log)
    assert tail.read() == []
    assert tail.unreadable == 1


@quick
@given(data=st.data())
def test_a_log_read_in_pieces_is_the_log_read_whole(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = data.draw(
        st.lists(
            st.one_of(
                st.integers(0, 99).map(lambda n: events.encode("plan", 1.0, {"arm": "a", "steps": n})),
                st.binary(max_size=20).map(lambda junk: junk.replace(b"\n", b"") + b"\n"),
                st.just(b'{"kind":"from-the-future","v":1}\n'),
                st.just(b'{"kind":"plan","v":99,"arm":"a","steps":1}\n'),
            ),
            max_size=12,
        )
    )
    content = b"".join(lines)
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    tail, found, start = Tail(path), [], 0
    for end in [*cuts, len(content)]:
        with path.open("ab") as file:
            file.write(content[start:end])
        start = end
        found += tail.read()
    whole = Tail(path)
    assert whole.read() == found
    assert whole.unreadable == tail.unreadable
    bad = sum(events.decode(line) is None and bool(line.strip()) for line in content.split(b"\n")[:-1])
    assert tail.unreadable == bad


def test_a_torn_last_line_waits_for_its_end(tmp_path: Path) -> None:
    path, line = tmp_path / "events.jsonl", events.encode("plan", 1.0, {"arm": "a", "steps": 3})
    path.write_bytes(line[:10])
    tail = Tail(path)
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(line[10:])
    assert [event.kind if hasattr(event, "kind") else type(event).__name__ for event in tail.read()] == ["Planned"]
    assert tail.unreadable == 0


def test_a_full_disk_ends_the_recording_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path)
    record = Recorder(log, "a", Checkpoint(tmp_path / "a.safetensors", log.flush))
    record.plan(3)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            record.sample("text")
    with pytest.raises(OSError, match="No space left"):
        record.sample("text, although there is room again: the log would have a hole")


def test_settings_cannot_be_changed() -> None:
    chosen = Settings({"depth": 3})
    assert chosen.depth == 3
    with pytest.raises(AttributeError, match="read-only"):
        chosen.depth = 4
    with pytest.raises(AttributeError, match="there are depth"):
        _ = chosen.width


def test_a_reference_run_survives_its_file(tmp_path: Path) -> None:
    summary = Summary(experiment="a/b", seed=3)
    summary.apply(events.Metric(arm="x", step=[1, 2], values={"loss": [1.0, "NaN"]}))
    summary.apply(records.Layer(arm="x", name="g", values=[1.0, math.inf]))
    summary.apply(records.Reference(arm="x", name="uniform", value=3.5))
    path = tmp_path / "b.reference.json"
    path.write_bytes(reference_of(summary))
    back = read_reference(path)
    assert back is not None
    assert math.isnan(back.arms["x"].metrics["loss"].last)
    assert back.arms["x"].layers["g"] == [1.0, math.inf]
    assert back.arms["x"].references == {"uniform": 3.5}
    assert read_reference(tmp_path / "missing.json") is None


@quick
@given(st.lists(st.tuples(st.integers(1, 5), NUMBERS), min_size=1, max_size=600), st.integers(1, 40))
def test_a_decimated_curve_keeps_its_extremes(points: list[tuple[int, float]], columns: int) -> None:
    series, step = Series(), 0
    steps, values = [], []
    for gap, value in points:
        step += gap
        steps.append(step)
        values.append(value)
    for start in range(0, len(steps), 97):
        series.extend(steps[start : start + 97], values[start : start + 97])
    shown = series.decimated(columns, steps[0], steps[-1])
    finite = [value for value in values if math.isfinite(value)]
    drawn = [value for _, value in shown if math.isfinite(value)]
    assert len(shown) <= 2 * columns or len(shown) == len(values) <= 2 * columns
    if finite:
        assert min(drawn) == min(finite)
        assert max(drawn) == max(finite)
    broken = next((s for s, v in zip(steps, values, strict=True) if not math.isfinite(v)), None)
    assert series.first_nonfinite == broken
    assert [at for at, _ in shown] == sorted(at for at, _ in shown)


@quick
@given(
    st.integers(3000, 9000),
    st.tuples(st.integers(0, 2999), NUMBERS),
    st.integers(1, 5),
    st.tuples(st.integers(0, 700), st.integers(0, 700)),
    st.sampled_from([-0.01, 0.0, 0.01]),
)
def test_a_stretch_of_a_long_curve_keeps_the_extremes_of_each_column(
    length: int, planted: tuple[int, float], columns: int, left_out: tuple[int, int], slope: float
) -> None:
    values = [math.sin(step) + slope * step for step in range(length)]
    values[planted[0]] = planted[1]
    series = Series()
    series.extend(list(range(length)), values)
    low, high = left_out[0], length - 1 - left_out[1]
    shown = series.decimated(columns, low, high)
    pairs = list(zip(shown[::2], shown[1::2], strict=True))
    assert len(pairs) == columns
    assert [first for (first, _), _ in pairs] == [low, *(last + 1 for _, (last, _) in pairs[:-1])]
    assert shown[-1][0] == high
    for (first, one), (last, other) in pairs:
        within = [value for value in values[int(first) : int(last) + 1] if math.isfinite(value)]
        assert sorted((one, other)) == [min(within), max(within)]


def test_steps_that_run_backwards_replace_what_they_repeat() -> None:
    series = Series()
    series.extend([1, 2, 3], [1.0, math.nan, 3.0])
    series.extend([2, 3, 4], [20.0, 30.0, 40.0])
    assert list(series.steps) == [1, 2, 3, 4]
    assert list(series.values) == [1.0, 20.0, 30.0, 40.0]
    assert series.first_nonfinite is None
    assert series.value_at(3.4) == 30.0


def test_the_time_left_is_not_guessed() -> None:
    summary = Summary()
    summary.apply(events.Started(t=100.0, experiment="a/b", seed=1, parameters={}, arms=["x", "y"]))
    assert summary.progress(100.5).seconds_left is None
    summary.apply(events.ArmStarted(t=101.0, arm="x"))
    summary.apply(events.Planned(t=101.0, arm="x", steps=100))
    assert summary.progress(105.0).seconds_left is None, "no step yet: nothing is known"
    summary.apply(events.Metric(t=111.0, arm="x", step=[50], values={"loss": [1.0]}))
    progress = summary.progress(111.0)
    assert progress.fraction == 0.25
    assert progress.seconds_left == pytest.approx(30.0)


def test_each_rank_has_a_lane_that_is_folded_and_goes_back_as_rank_0_does(tmp_path: Path) -> None:
    logs = [Log(tmp_path, rank) for rank in range(3)]
    checkpoint = Checkpoint(tmp_path / "none", lambda: None)
    recorders = [Recorder(log, "ones", checkpoint) for log in logs]
    for step in (1, 2):
        for rank, (record, log) in enumerate(zip(recorders, logs, strict=True)):
            record.metric(step, loss=10 * rank + step)
            log.flush()
    for step in (1, 2):
        recorders[2].sample("rank 2", step=step)
    summary = Summary()
    for event in merged(Tail(tmp_path / "events.jsonl").events()):
        summary.apply(event)
    arm = summary.arms["ones"]
    assert list(arm.metrics["loss"].values) == [1, 2]
    assert {rank: list(lane.metrics["loss"].values) for rank, lane in arm.lanes.items()} == {1: [11, 12], 2: [21, 22]}
    assert [sample.text for sample in arm.lanes[2].all(records.Sample)] == ["rank 2"] * 2
    summary.apply(events.Resumed(arm="ones", step=1))
    assert list(arm.lanes[2].metrics["loss"].values) == [21]
    summary.apply(events.ArmStarted(arm="ones"))
    assert summary.arms["ones"].lanes == {}
