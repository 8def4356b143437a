"""A training that was interrupted goes on as if it had not been."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from minimind_tui.nn.checkpoint import pack, unpack
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.checkpoint import checkpoint_file, checkpoint_of, step_of
from minimind_tui.run.ending import LOG
from minimind_tui.run.lock import processes
from minimind_tui.run.records import Sample
from minimind_tui.run.reference import RESULT
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop
from minimind_tui.run.watch import RunView
from tests.run.code import TRAINS
from tests.tiny import begin, home_in, resumed, seen, tiny_course, until

STEPS = 150


def whole(tmp_path: Path) -> RunView:
    """The same training, never interrupted."""
    view = begin(home_in(tmp_path / "whole"), tiny_course(tmp_path / "swift", TRAINS.format(pause=0)), steps=STEPS)
    assert seen(view) == "finished"
    return view


def curve(view: RunView, arm: str) -> tuple[list[int], list[float]]:
    series = view.summary.arms[arm].metrics["total"]
    return list(series.steps), list(series.values)


def interrupted(view: RunView, arm: str) -> None:
    """Kill the worker once `arm` has kept a checkpoint and gone on for some steps."""
    file = checkpoint_file(view.folder, arm)
    until(lambda: step_of(file) is not None, f"a checkpoint of {arm}")
    kept = step_of(file) or 0
    until(lambda: view.poll() and view.summary.arms[arm].step > kept + 3, "some steps after it")
    _, worker = processes(view.folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    assert seen(view) == "crashed"
    file.with_name(f".{file.name}.{worker}").write_bytes(b"killed while it wrote the next one")


def test_a_killed_training_goes_on_to_the_same_curve(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path / "course", TRAINS.format(pause=0.01)), steps=STEPS)
    for arm in ("ones", "twos"):
        interrupted(view, arm)
        found = checkpoint_of(view.folder, view.summary)
        assert found is not None
        assert found.arm == arm
        assert resumed(home, view.run_id)
        assert [info.state for info in list_runs(home)] == ["running"]
        view = RunView(home, view.run_id)
        seen(view, "running")
        assert view.summary.arms[arm].step >= found.step
    assert seen(view) == "finished"
    uninterrupted = whole(tmp_path)
    for arm in ("ones", "twos"):
        (steps, losses), (wanted_steps, wanted) = curve(view, arm), curve(uninterrupted, arm)
        assert steps == wanted_steps
        assert losses == pytest.approx(wanted, rel=1e-6)
        assert [sample.step for sample in view.summary.arms[arm].all(Sample)] == list(range(20, STEPS + 1, 20))
        assert len(view.summary.arms[arm].notes) == 1
    assert [claim.verdict for claim in view.summary.claims] == [c.verdict for c in uninterrupted.summary.claims]
    assert len(view.summary.claims) == 1
    assert view.summary.started_at is not None
    assert view.summary.ended_at is not None
    assert view.summary.seconds(0) < view.summary.ended_at - view.summary.started_at
    assert list((view.folder / "checkpoints").iterdir()) == [], "a finished run needs none"
    assert not resumed(home, view.run_id)


def test_a_stopped_training_goes_on_and_only_once(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path / "course", TRAINS.format(pause=0.02)), steps=STEPS)
    until(lambda: step_of(checkpoint_file(view.folder, "ones")) is not None, "a checkpoint")
    assert not resumed(home, view.run_id), "it runs"
    stop(home, view.run_id)
    assert seen(view) == "stopped"
    answers: list[bool] = []
    askers = [threading.Thread(target=lambda: answers.append(resumed(home, view.run_id))) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(answers) == [False] * 7 + [True]
    again = RunView(home, view.run_id)
    assert seen(again) == "finished"
    assert (view.folder / LOG).read_bytes().count(b'"resumed"') == 1
    assert curve(again, "twos")[0] == list(range(1, STEPS + 1))


def test_a_run_that_knows_less_than_its_experiment_by_now_goes_on_with_the_defaults(tmp_path: Path) -> None:
    """An older version began it; since then its experiment has learned to vary one thing more."""
    home, course = home_in(tmp_path), tiny_course(tmp_path / "course", TRAINS.format(pause=0.01))
    view = begin(home, course, steps=STEPS)
    interrupted(view, "twos")
    spec, code = (course / f"experiments/small/count.{kind}" for kind in ("toml", "py"))
    newer = '[[parameters]]\nname = "extra"\nkind = "int"\nlabel = { zh = "多", en = "more" }\ndefault = 7\n[[claims]]'
    spec.write_text(spec.read_text(encoding="utf-8").replace("[[claims]]", newer), encoding="utf-8")
    code.write_text(TRAINS.format(pause=0).replace('"x", "x"', "str(settings.extra), str(settings.extra)"), "utf-8")
    assert resumed(home, view.run_id)
    again = RunView(home, view.run_id)
    assert seen(again) == "finished", again.summary.reason
    assert [note.en for note in again.summary.arms["twos"].notes] == ["7"]


def test_what_was_not_kept_is_not_offered(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path / "course", "def run(settings, record):\n    raise ValueError"))
    assert seen(view) == "failed"
    assert checkpoint_of(view.folder, view.summary) is None
    assert not resumed(home, view.run_id)


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 8, b'\x05\0\0\0\0\0\0\0{"a"', b"\x02\0\0\0\0\0\0\0{}", b"\x02" * 99]
)
def test_a_damaged_checkpoint_counts_for_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.safetensors"
    file.write_bytes(content)
    assert step_of(file) is None


def test_a_finished_run_keeps_its_result_in_short(tmp_path: Path) -> None:
    from minimind_tui.run.reference import read_reference

    view = begin(home_in(tmp_path), tiny_course(tmp_path))
    assert seen(view) == "finished"
    kept = read_reference(view.folder / RESULT)
    assert kept is not None
    assert kept.claims == view.summary.claims
    assert {name: arm.metrics["total"].last for name, arm in kept.arms.items()} == {"ones": 5.0, "twos": 10.0}


def model_and_optimizer(*, tied: bool) -> tuple[MiniMind, torch.optim.Optimizer]:
    config = ModelConfig(vocab_size=16, hidden_size=16, num_layers=1, num_heads=2, num_kv_heads=2, max_position=8,
                         tied=tied)  # fmt: skip
    model = MiniMind(config)
    return model, torch.optim.AdamW(model.parameters(), lr=0.01)


@pytest.mark.parametrize("tied", [True, False])
def test_a_training_unpacked_elsewhere_takes_the_same_steps(tied: bool) -> None:
    tokens = torch.randint(16, (2, 8))

    def step(model: nn.Module, optimizer: torch.optim.Optimizer) -> Tensor:
        loss: Tensor = model(tokens, tokens).loss + torch.rand(())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    model, optimizer = model_and_optimizer(tied=tied)
    for _ in range(3):
        step(model, optimizer)
    content = pack(model, [optimizer], 3)
    expected = [step(model, optimizer) for _ in range(3)]
    torch.manual_seed(99)
    other, its_optimizer = model_and_optimizer(tied=tied)
    unpack(content, other, [its_optimizer])
    assert [step(other, its_optimizer) for _ in range(3)] == expected
