"""An experiment is offered, and takes, data sets of the kind that its parameter holds; a run holds to its rows."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from minimind_tui import cli
from minimind_tui.base.home import Home
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.schema import DataKind
from minimind_tui.content.tables import Value
from minimind_tui.datasets import corpora
from minimind_tui.run.launch import start
from minimind_tui.run.request import ParameterError, TextChanged, check_data, check_texts, request_for
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.fields import fields
from minimind_tui.ui.lab.model import Lab
from tests.data.samples import ROWS, content, row_file
from tests.tiny import home_in, seen, tiny_course

PARAMETER = """
[[parameters]]
name = "data"
kind = "corpus"
{holds}
label = {{ zh = "数据", en = "data" }}
default = "{default}"
[[claims]]"""

ASKED: list[tuple[DataKind, str]] = [
    ("text", ""),
    *((kind, f'holds = "{kind}"') for kind in get_args(DataKind)),
]
every_kind = pytest.mark.parametrize(("kind", "holds"), ASKED)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a data set of each kind, named after it, and a plain text."""
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    home = home_in(tmp_path)
    for kind, rows in ROWS.items():
        corpora.add(row_file(tmp_path / f"my-{kind}.jsonl", rows), {}, home.corpora)
    (tmp_path / "plain.txt").write_text("a plain text", encoding="utf-8")
    corpora.add(tmp_path / "plain.txt", {}, home.corpora)
    return home


def course_that_asks(root: Path, holds: str, default: str = "my-chat") -> Course:
    """The tiny course, its experiment with a parameter for data."""
    spec = tiny_course(root) / "experiments/small/count.toml"
    parameter = PARAMETER.format(holds=holds, default=default)
    spec.write_text(spec.read_text(encoding="utf-8").replace("[[claims]]", parameter, 1), encoding="utf-8")
    return load_course(root)


def wanted(kind: DataKind) -> list[str]:
    """The names that fit, in the order in which they are offered."""
    return ["tinytales", "my-text", "plain"] if kind == "text" else [f"my-{kind}"]


@every_kind
def test_the_form_offers_what_fits(tmp_path: Path, home: Home, kind: DataKind, holds: str) -> None:
    course = course_that_asks(tmp_path / "course", holds)
    lab = Lab(home, course, course.experiments["small/count"], "en")
    line = next(line for line in fields(lab.experiment, {}, 1, False, "en", lab.data_sets) if line.name == "data")
    assert list(line.choices) == wanted(kind)


@every_kind
def test_only_what_fits_is_taken_by_the_form_and_the_command(
    tmp_path: Path, home: Home, kind: DataKind, holds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "course"
    course = course_that_asks(root, holds)
    lab = Lab(home, course, course.experiments["small/count"], "zh")
    for name in ("tinytales", "plain", *(f"my-{each}" for each in ROWS)):
        said = lab.refuse({"data": name})
        assert (said is None) is (name in wanted(kind))
        if said is not None:
            assert f"this experiment reads {kind}; here: {', '.join(wanted(kind))}." in said.en
            assert "这个实验读" in said.zh
            command = ["--trust", "--course", str(root), "--lang", "en", "run", "count", "--set", f"data={name}"]
            assert cli.main(command) == 2
            assert capsys.readouterr().err.strip() == said.en
    missing = lab.refuse({"data": "nothing"})
    assert missing is not None
    assert f"there is no {kind} data set nothing" in missing.en


def test_where_there_is_none_of_a_kind_the_command_that_adds_one_is_named(tmp_path: Path) -> None:
    course, home = course_that_asks(tmp_path / "course", 'holds = "chat"', "tinytales"), home_in(tmp_path)
    experiment = course.experiments["small/count"]
    with pytest.raises(ParameterError, match="none here; add some with `minimind-tui data add FILE --kind chat`"):
        check_data(experiment, {"data": "tinytales"}, home.corpora)
    lines = fields(experiment, {}, 1, False, "en", Lab(home, course, experiment, "en").data_sets)
    assert next(line for line in lines if line.name == "data").choices == ()


TALKS = """
from data.rows import load_rows
def run(settings, record):
    for row in load_rows(settings.data, "chat", 10):
        record.metric(1, total=len(row.conversations) * settings.by)
"""


def test_a_worker_is_given_the_rows_and_no_others(tmp_path: Path, home: Home) -> None:
    root = tmp_path / "course"
    course = course_that_asks(root, 'holds = "chat"')
    (root / "experiments/small/count.py").write_text(TALKS, encoding="utf-8")
    experiment = course.experiments["small/count"]
    values: dict[str, Value] = {"steps": 5, "data": "my-chat"}
    request = request_for(course, experiment, values, home, seed=1, full=False, language="en")
    view = RunView(home, start(home, request))
    assert seen(view, "finished", "failed") == "finished"
    assert view.summary.arms["twos"].metrics["total"].last == 10
    (home.corpora / "my-chat.jsonl").write_bytes(content(ROWS["chat"][:1]))
    changed = RunView(home, start(home, request))
    assert seen(changed, "finished", "failed") == "failed"
    assert (changed.summary.cause, changed.summary.reason) == ("text", str(home.corpora / "my-chat.jsonl"))


@pytest.mark.parametrize("kind", get_args(DataKind))
def test_a_run_holds_to_its_rows(tmp_path: Path, home: Home, kind: DataKind) -> None:
    course, name = course_that_asks(tmp_path / "course", f'holds = "{kind}"'), f"my-{kind}"
    values: dict[str, Value] = {"steps": 5, "data": name}
    experiment = course.experiments["small/count"]
    request = request_for(course, experiment, values, home, seed=1, full=False, language="en")
    assert request.texts == {name: corpora.fingerprint(name, home.corpora)}
    check_texts(request, home.corpora)
    rows = home.corpora / f"{name}.jsonl"
    kept = rows.read_bytes()
    rows.write_bytes(content(ROWS[kind] * 2))
    with pytest.raises(TextChanged, match=f"my-{kind}.jsonl"):
        check_texts(request, home.corpora)
    rows.write_bytes(kept)
    check_texts(request, home.corpora)
    for path in home.corpora.glob(f"{name}.*"):
        path.unlink()
    check_texts(request, home.corpora)  # the experiment says how to bring it


@pytest.mark.parametrize("kind", get_args(DataKind))
def test_the_lab_begins_no_run_without_its_data(tmp_path: Path, kind: DataKind) -> None:
    empty = home_in(tmp_path / "empty")
    course = course_that_asks(tmp_path / "course", f'holds = "{kind}"', f"my-{kind}")
    lab = Lab(empty, course, course.experiments["small/count"], "en")
    with pytest.raises(ParameterError, match=f"my-{kind}"):
        lab.begin()
    assert not empty.runs.exists()
