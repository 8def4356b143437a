"""A folder, a pipe, a link in a circle, nothing, or ten gigabytes of nothing where a file should be."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.base.files import is_locked
from minimind_tui.content.course import CourseError, load_course
from minimind_tui.content.lint import lint
from minimind_tui.content.roots import bundled_root
from minimind_tui.datasets.catalogue import read_catalogue
from minimind_tui.datasets.corpora import CorpusError, add, available, find, listing
from minimind_tui.practice.store import Progress
from minimind_tui.run.log import Tail
from minimind_tui.run.reference import find_reference, read_reference
from minimind_tui.run.request import Request, encode_request, read_request
from minimind_tui.run.runs import list_runs
from minimind_tui.run.watch import RunView
from tests.budget import cases
from tests.faults.mutations import KINDS, altered, as_toml, damaged, must_name, patience, put
from tests.faults.reading import read
from tests.tiny import home_in, tiny_course

CATALOGUE = bundled_root() / "data/corpora.toml"
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
@pytest.mark.parametrize("name", ["request.json", "events.jsonl", "worker.log", "lock", "."])
def test_what_is_no_file_in_a_run_hides_no_other_run(tmp_path: Path, kind: str, name: str) -> None:
    home = home_in(tmp_path)
    request = encode_request(Request(experiment="small/count", course_root="/", parameters={}, seed=1))
    for run in ("first", "second"):
        (home.runs / run).mkdir(parents=True)
        (home.runs / run / "request.json").write_bytes(request)
    if name == ".":
        put(kind, home.runs / "third")
    else:
        put(kind, home.runs / "first" / name)
    with patience(6):
        assert "second" in [run.id for run in list_runs(home)]
        for run in ("first", "second", "third"):
            view = RunView(home, run)
            view.poll()
            view.poll()
            assert view.state in ("waiting", "crashed")


@every_kind
@pytest.mark.parametrize(
    "reader", [read_reference, lambda path: Tail(path).read(), is_locked, lambda path: read_request(path.parent)]
)
def test_no_reader_waits_for_a_place_that_is_no_file(tmp_path: Path, kind: str, reader: object) -> None:
    put(kind, tmp_path / "request.json")
    assert callable(reader)
    with patience(6):
        assert not reader(tmp_path / "request.json")


@every_kind
@pytest.mark.parametrize(
    "name",
    ["lessons/course.toml", "lessons/small/module.toml", "lessons/small/start.en.md", "experiments/small/count.toml",
     "experiments/small/count.py", "experiments/small/count.reference.json"],
)  # fmt: skip
def test_what_is_no_file_in_a_course_is_named(tmp_path: Path, kind: str, name: str) -> None:
    root = tiny_course(tmp_path)
    put(kind, root / name)
    with patience(6):
        try:
            course = load_course(root)
        except CourseError as error:
            assert name == "lessons/course.toml"
            must_name(error.message, root / name)
            return
        assert ("small/start" in course.lessons) == (name != "lessons/small/module.toml")
        assert ("small/count" in course.experiments) == (
            name != "experiments/small/count.toml" and not (name.endswith(".py") and kind == "circle")
        )
        problems = lint(course)
        find_reference(root, "small/count", "en")
    assert problems or name.endswith(".json")


@every_kind
def test_a_lesson_that_is_no_file_says_so_on_its_page(tmp_path: Path, kind: str) -> None:
    root = tiny_course(tmp_path)
    put(kind, root / "experiments/small/count.reference.json")
    with patience(6):
        read(root, b"# Title\n\n{{small/count: twos.total}}\n\n:::code experiments/small/count.py run\n")
    put(kind, root / "experiments/small/count.py")
    with patience(6):
        read(root, b"# Title\n\n:::code experiments/small/count.py run\n")


@every_kind
def test_what_is_no_progress_file_stops_nobody(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "progress.sqlite3"
    put(kind, path)
    with patience(6):
        progress = Progress(path)
        progress.mark_done("lesson", "a/b")
        assert progress.done() == {("lesson", "a/b")}
        assert (progress.warning is None) == (kind in ("nothing", "empty", "dangling"))
        assert progress.warning is None or str(path.parent / "progress") in progress.warning.en
        progress.close()


@every_kind
@pytest.mark.parametrize("name", ["tinyshakespeare.txt", "tinyshakespeare.txt.part", "mine.txt", "."])
def test_what_is_no_corpus_is_passed_over_or_refused(tmp_path: Path, kind: str, name: str) -> None:
    folder, catalogue = tmp_path / "corpora", read_catalogue(CATALOGUE)
    if name == ".":
        put(kind, folder)
    else:
        folder.mkdir()
        put(kind, folder / name)
    with patience(6):
        assert listing(catalogue, folder)[0].name == available(folder)[0] == "tinytales"
        with pytest.raises(CorpusError):
            find("tinyshakespeare", catalogue, folder)
        if name == "mine.txt":
            with pytest.raises(CorpusError, match=r"mine\.txt"):
                add(folder / name, catalogue, folder, "other")


@every_kind
def test_a_catalogue_that_is_no_file_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "corpora.toml"
    put(kind, path)
    with patience(), pytest.raises(CorpusError, match=r"corpora\.toml"):
        read_catalogue(path)


@cases(60, nightly=1000)
@given(data=st.data())
def test_a_damaged_catalogue_is_read_or_refused_by_name(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "corpora.toml"
    parsed = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    path.write_bytes(data.draw(damaged(CATALOGUE.read_bytes()) | altered(parsed).map(as_toml)))
    with patience(6):
        try:
            catalogue = read_catalogue(path)
        except CorpusError as error:
            must_name(error.message, path)
            return
        listing(catalogue, tmp_path)
        json.dumps([entry.name for entry in listing(catalogue, tmp_path)])


@cases(40, nightly=500)
@given(content=st.binary(max_size=200) | damaged(b"Once upon a time.\nThe end.\n"))
def test_a_text_is_added_whole_or_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path, folder = tmp_path / "my text.txt", tmp_path / "corpora"
    path.write_bytes(content)
    (folder / "mine.txt").unlink(missing_ok=True)
    with patience(6):
        try:
            stored = add(path, read_catalogue(CATALOGUE), folder, "mine")
        except CorpusError as error:
            must_name(error.message, path)
            return
    assert stored.read_bytes() == content
