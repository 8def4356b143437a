"""What a run has made is made once, however many begin from it, and only from the same recipe."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.run import events
from minimind_tui.run.artifacts import InUse, Shelf, remove
from minimind_tui.run.checkpoint import checkpoint_file, step_of
from minimind_tui.run.descent import in_one_line, read_origins
from minimind_tui.run.launch import start
from minimind_tui.run.lock import LOCK, processes
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop
from minimind_tui.run.summary import Summary
from minimind_tui.run.watch import RunView
from minimind_tui.views.awaited import awaited_in_words
from tests.run.makers import REAL_BASE, REAL_TALK, artifacts, ask, go, making_course, own_home
from tests.tiny import resumed, seen, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return own_home(tmp_path / "home", monkeypatch)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return making_course(tmp_path / "course")


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """As long as this file is there, the base stands still after its seventh step."""
    file = tmp_path / "gate"
    file.touch()
    return file


def runs_of(home: Home, name: str) -> list[str]:
    return [info.id for info in list_runs(home) if info.experiment == f"small/{name}"]


def the_base(home: Home) -> RunView:
    """The one run of the base, once it stands still."""
    until(lambda: len(runs_of(home, "base")) == 1, "a run of the base")
    view = RunView(home, runs_of(home, "base")[0])
    until(lambda: view.poll() and any(arm.step >= 7 for arm in view.summary.arms.values()), "its seventh step")
    return view


def waits(view: RunView) -> RunView:
    until(lambda: view.poll() and view.awaited is not None, "that it waits")
    assert view.awaited is not None
    return view.awaited


def test_three_stages_with_one_slot_and_a_line_of_descent(
    home: Home, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "1")
    first, second = go(home, course, "talk"), go(home, course, "talk")
    assert [seen(view) for view in (first, second)] == ["finished", "finished"], first.summary.reason
    assert [len(runs_of(home, name)) for name in ("tokens", "base", "talk")] == [1, 1, 2]
    made = artifacts(home)
    talk = made["talk"]
    assert in_one_line(talk.lineage) == "tokens ← base ← talk"
    assert [stage.key for stage in talk.lineage] == [made[name].key for name in ("tokens", "base", "talk")]
    assert (talk.about.parents, made["base"].about.parents) == ([made["base"].key], [made["tokens"].key])
    assert [made[name].about.can for name in ("tokens", "base", "talk")] == ["tokens", "writes", "talks"]
    assert (made["base"].about.weights, made["base"].about.tokenizer) == (3, "bytes 256")
    assert made["base"].content()[-3:] == bytes([10, 1, 3])
    for view in (first, second):
        assert {arm.metrics["total"].last for arm in view.summary.arms.values()} == {10}
        assert [begun.arm for begun in read_origins(view.folder).begun_from] == ["first", "second"]
        assert any(made["base"].name in note.en for note in view.summary.arms["first"].notes)
    again = go(home, course, "talk", seed=2)
    assert seen(again) == "finished"
    assert len(runs_of(home, "base")) == 1, "another seed of the asker begins from the same base"
    assert b'"waiting"' not in (again.folder / "events.jsonl").read_bytes(), "it was there at once"


def test_who_waits_is_told_for_what_and_how_far_it_is(home: Home, course: Path, gate: Path) -> None:
    view = go(home, course, "talk", hang=str(gate))
    base, awaited = the_base(home), waits(view)
    assert awaited.run_id == base.run_id == view.at_work.run_id
    until(lambda: view.poll() and awaited.summary.progress(0).step == 7, "its progress")
    assert (awaited.summary.progress(0).step, awaited.summary.progress(0).steps) == (7, 10)
    assert awaited_in_words(view, "en") == "small/base is being made: step 7 of 10"
    assert awaited_in_words(view, "zh") == "正在做 small/base：第 7 步，共 10 步"
    gate.unlink()
    assert seen(view) == "finished"
    assert view.awaited is None
    assert view.summary.waits_for == ""
    assert view.summary.idle > 0, "the time of waiting is not the run's own"
    assert view.summary.ended_at is not None
    assert view.summary.started_at is not None
    assert view.summary.seconds(0) < view.summary.ended_at - view.summary.started_at


def test_the_time_left_does_not_count_the_waiting() -> None:
    summary = Summary()
    for event in (
        events.Started(experiment="a/b", seed=1, parameters={}, arms=["one"], t=100.0),
        events.ArmStarted(arm="one", t=100.0),
        events.Waiting(arm="one", run="maker", t=100.0),
        events.Waiting(arm="one", t=160.0),
        events.Planned(arm="one", steps=10, t=160.0),
        events.Metric(arm="one", step=[5], values={"loss": [1.0]}, t=170.0),
    ):
        summary.apply(event)
    assert summary.progress(170.0).seconds_left == 10.0
    assert summary.seconds(170.0) == 10.0


def test_a_killed_maker_is_resumed_to_the_same_bytes(home: Home, course: Path, gate: Path, tmp_path: Path) -> None:
    view = go(home, course, "talk", hang=str(gate))
    base = the_base(home)
    waits(view)
    _, worker = processes(base.folder)
    assert worker is not None
    assert step_of(checkpoint_file(base.folder, "only")) == 5
    os.kill(worker, signal.SIGKILL)
    assert seen(base) == "crashed"
    assert seen(view) == "failed"
    assert view.summary.cause == "base"
    assert view.summary.reason.startswith(f"{base.run_id}: crashed")
    assert view.summary.reason.endswith(f"minimind-tui resume {base.run_id}")
    gate.unlink()
    again = go(home, course, "talk", hang=str(gate))
    assert seen(again) == "finished", again.summary.reason
    assert runs_of(home, "base") == [base.run_id], "no second one was begun"
    assert (base.folder / "events.jsonl").read_bytes().count(b'"resumed"') == 1
    assert artifacts(home)["base"].content()[-3:] == bytes([10, 1, 3])


def test_what_it_waits_for_outlives_it(home: Home, course: Path, gate: Path) -> None:
    view = go(home, course, "talk", hang=str(gate))
    base = the_base(home)
    waits(view)
    assert stop(home, view.run_id)
    assert seen(view) == "stopped"
    assert view.summary.waits_for == base.run_id
    other = go(home, course, "talk", hang=str(gate))
    assert waits(other).run_id == base.run_id
    over, _ = processes(other.folder)
    assert over is not None
    os.kill(over, signal.SIGKILL)
    gate.unlink()
    assert seen(base) == "finished"
    assert b'"resumed"' not in (base.folder / "events.jsonl").read_bytes(), "it was never interrupted"
    assert "base" in artifacts(home)


def test_a_maker_that_fails_is_named_with_the_way_on(home: Home, course: Path) -> None:
    view = go(home, course, "talk", fails=True)
    assert seen(view) == "failed"
    (base,) = runs_of(home, "base")
    assert view.summary.reason.startswith(f"{base}: failed (ValueError: it was told to")
    assert view.summary.reason.endswith("; minimind-tui run small/base")
    assert view.summary.log_tail == []
    assert "base" not in artifacts(home)


def test_a_changed_source_makes_another_one(home: Home, course: Path) -> None:
    assert seen(go(home, course, "talk")) == "finished"
    old = artifacts(home)
    code = course / "experiments/small/tokens.py"
    code.write_text("# a remark\n" + code.read_text(encoding="utf-8"), encoding="utf-8")
    assert ask(home, course, "talk").key == old["talk"].key, "a remark changes nothing"
    code.write_text(code.read_text(encoding="utf-8").replace('"a", "b", "c"', '"a", "b"'), encoding="utf-8")
    assert ask(home, course, "talk").key != old["talk"].key
    assert seen(go(home, course, "talk")) == "finished"
    new = artifacts(home)
    assert all(new[name].key != old[name].key for name in ("tokens", "base", "talk"))
    assert new["base"].content()[-1] == 2
    assert len(Shelf(home.artifacts).all()) == 6, "the old ones stay"
    assert ask(home, course, "base", seed=2).key != new["base"].key != ask(home, course, "base", steps=11).key


def test_what_was_begun_with_other_code_is_not_taken_for_it(home: Home, course: Path, gate: Path) -> None:
    """It goes on, and what it makes stays in its own folder: a mixture has no recipe."""
    view = go(home, course, "base", hang=str(gate))
    the_base(home)
    stop(home, view.run_id)
    code = course / "experiments/small/base.py"
    code.write_text(code.read_text(encoding="utf-8") + "\nOTHER = 1\n", encoding="utf-8")
    gate.unlink()
    assert resumed(home, view.run_id)
    later = RunView(home, view.run_id)
    assert seen(later) == "finished", later.summary.reason
    assert "base" not in artifacts(home)
    assert (view.folder / "models/only.10.safetensors").read_bytes()[-3] == 10


@pytest.mark.parametrize("damage", [b"x" * 300, None])
def test_a_torn_artifact_is_made_anew(home: Home, course: Path, damage: bytes | None) -> None:
    assert seen(go(home, course, "base")) == "finished"
    whole = artifacts(home)["base"]
    content = whole.content()
    if damage is None:
        (whole.path.parent / "artifact.json").write_text("{", encoding="utf-8")
    else:
        whole.path.write_bytes((damage * 2)[: len(content)])
    assert Shelf(home.artifacts).take(whole.key) is None
    assert seen(go(home, course, "talk")) == "finished"
    assert len(runs_of(home, "base")) == 2
    assert artifacts(home)["base"].content() == content


def test_a_resumed_run_goes_on_from_the_same_bytes_or_says_why_not(home: Home, course: Path, gate: Path) -> None:
    view = go(home, course, "base", hang=str(gate))
    the_base(home)
    stop(home, view.run_id)
    gate.unlink()
    tokens = artifacts(home)["tokens"]
    remove(tokens.path.parent)
    code = course / "experiments/small/tokens.py"
    was = code.read_text(encoding="utf-8")
    code.write_text(was.replace('"a", "b", "c"', '"a", "b"'), encoding="utf-8")
    assert resumed(home, view.run_id)
    refused = RunView(home, view.run_id)
    assert seen(refused, "failed", "finished") == "failed"
    assert refused.summary.cause == "model"
    assert tokens.name in refused.summary.reason
    code.write_text(was, encoding="utf-8")
    until(lambda: resumed(home, view.run_id), "that it goes on")
    again = RunView(home, view.run_id)
    assert seen(again) == "finished", again.summary.reason
    assert artifacts(home)["tokens"].key == tokens.key, "it was made again, to the same bytes"


def test_what_is_used_cannot_be_removed(home: Home, course: Path, gate: Path) -> None:
    view = go(home, course, "base", hang=str(gate))
    the_base(home)
    tokens = artifacts(home)["tokens"]
    with pytest.raises(InUse):
        remove(tokens.path.parent)
    assert tokens.content()
    gate.unlink()
    assert seen(view) == "finished"
    until(lambda: not is_locked(view.folder / LOCK), "that its process has ended")
    remove(tokens.path.parent)
    assert "tokens" not in artifacts(home)


def test_what_the_spec_does_not_say_is_refused(home: Home, course: Path) -> None:
    code = course / "experiments/small/look.py"
    code.write_text("def run(settings, record):\n    record.base('small/base')\n", encoding="utf-8")
    view = go(home, course, "look")
    assert seen(view) == "failed"
    assert 'begins_from = ["small/base"]' in view.summary.reason
    code.write_text("def run(settings, record):\n    record.keep(b'')\n", encoding="utf-8")
    view = go(home, course, "look")
    assert seen(view) == "failed"
    assert "makes" in view.summary.reason
    (course / "experiments/small/base.py").write_text(code.read_text(encoding="utf-8"), encoding="utf-8")
    view = go(home, course, "base")
    assert seen(view) == "failed"
    assert "this is no saved model" in view.summary.reason


def test_who_begins_from_itself_is_refused(home: Home, course: Path) -> None:
    spec = course / "experiments/small/tokens.toml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("makes =", 'begins_from = ["small/base"]\nmakes =', 1), encoding="utf-8")
    assert ask(home, course, "base").key == "", "it cannot be told what it rests on"
    view = RunView(home, start(home, ask(home, course, "talk")))
    assert seen(view) == "failed"
    assert "begins from itself" in view.summary.reason


def test_a_real_model_goes_on_from_a_real_base(home: Home, course: Path) -> None:
    from minimind_tui.nn.checkpoint import unpack_model

    for name, code in (("base", REAL_BASE), ("talk", REAL_TALK)):
        (course / f"experiments/small/{name}.py").write_text(code, encoding="utf-8")
    view = go(home, course, "talk")
    assert seen(view) == "finished", view.summary.reason
    made = artifacts(home)
    base, talk = (unpack_model(made[name].content()) for name in ("base", "talk"))
    assert talk.tokenizer.content() == base.tokenizer.content() == {"kind": "characters", "alphabet": list("abcd")}
    assert [stage.run for stage in talk.lineage] == [*runs_of(home, "base"), view.run_id]
    assert [stage.run for stage in made["talk"].lineage] == [stage.run for stage in talk.lineage]
    assert made["talk"].about.tokenizer == "characters 4"
    first = view.summary.arms["first"].metrics["total"].values[0]
    last = RunView(home, runs_of(home, "base")[0])
    last.poll()
    assert first < last.summary.arms["only"].metrics["total"].values[0], "it goes on from what the base has learned"
