"""A run holds to its text: on another one it says so and stops, and nothing of what it has learned is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.datasets.corpora import fingerprint
from minimind_tui.run.checkpoint import checkpoint_file, checkpoint_of, step_of
from minimind_tui.run.launch import start
from minimind_tui.run.lock import processes
from minimind_tui.run.request import Request, TextChanged, check_texts, request_for
from minimind_tui.run.watch import RunView
from minimind_tui.views.ending import CAUSES
from tests.run.code import TRAINS
from tests.tiny import home_in, resumed, seen, tiny_course, until

CORPUS = """
[[parameters]]
name = "corpus"
kind = "corpus"
label = { zh = "语料", en = "corpus" }
default = "tinytales"
[[claims]]"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a text of the learner's own."""
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))
    home = home_in(tmp_path)
    home.corpora.mkdir(parents=True)
    (home.corpora / "mine.txt").write_text("the first text", encoding="utf-8")
    return home


def asked(home: Home, root: Path, corpus: str = "mine") -> Request:
    """A request to train on that text."""
    spec = tiny_course(root, TRAINS.format(pause=0.01)) / "experiments/small/count.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("[[claims]]", CORPUS, 1), encoding="utf-8")
    course = load_course(root)
    values = {"steps": 150, "corpus": corpus}
    experiment = course.experiments["small/count"]
    return request_for(course, experiment, values, home, seed=1, full=False, language="en")  # type: ignore[arg-type]


def interrupted(home: Home, request: Request) -> RunView:
    """A run whose worker was killed after its first checkpoint."""
    view = RunView(home, start(home, request))
    file = checkpoint_file(view.folder, "ones")
    until(lambda: step_of(file) is not None, "a checkpoint")
    _, worker = processes(view.folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    assert seen(view) == "crashed"
    return view


def test_a_run_does_not_go_on_with_another_text(home: Home, tmp_path: Path) -> None:
    text = home.corpora / "mine.txt"
    view = interrupted(home, asked(home, tmp_path / "course"))
    kept = step_of(checkpoint_file(view.folder, "ones"))
    text.write_text("another text", encoding="utf-8")
    assert resumed(home, view.run_id)
    refused = RunView(home, view.run_id)
    assert seen(refused, "failed", "finished") == "failed"
    assert refused.summary.cause == "text"
    assert refused.summary.reason == str(text)
    assert refused.summary.log_tail == []
    assert "text" in CAUSES
    assert step_of(checkpoint_file(view.folder, "ones")) == kept
    assert checkpoint_of(view.folder, refused.summary) is not None, "it can still go on"
    text.write_text("the first text", encoding="utf-8")
    assert resumed(home, view.run_id)
    again = RunView(home, view.run_id)
    assert seen(again) == "finished"
    assert list(again.summary.arms["ones"].metrics["total"].steps) == list(range(1, 151))


def test_a_text_that_was_changed_while_the_run_waited_is_noticed(home: Home, tmp_path: Path) -> None:
    request = asked(home, tmp_path / "course")
    (home.corpora / "mine.txt").write_text("another", encoding="utf-8")
    view = RunView(home, start(home, request))
    assert seen(view, "failed", "finished") == "failed"
    assert view.summary.cause == "text"


def test_only_stored_texts_are_held_to(home: Home, tmp_path: Path) -> None:
    assert asked(home, tmp_path / "a", "tinytales").texts == {}
    request = asked(home, tmp_path / "b")
    assert request.texts == {"mine": fingerprint("mine", home.corpora)}
    (home.corpora / "mine.txt").unlink()
    check_texts(request, home.corpora)  # the experiment says how to bring it
    assert fingerprint("mine", home.corpora) is None
    (home.corpora / "mine.txt").write_bytes(b"x")
    with pytest.raises(TextChanged, match="mine"):
        check_texts(request, home.corpora)
