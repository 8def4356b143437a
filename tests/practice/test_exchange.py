"""Two homes' work put together: nothing is lost, twice is the same as once, and whoever begins does not matter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.base.home import Home
from minimind_tui.practice import spent
from minimind_tui.practice.exchange import new_rows, state_of, take_in
from minimind_tui.practice.notes import OTHER_PART, keep_note, merged, read_note
from minimind_tui.practice.state import ROWS, Row, State, StateError, decode, encode, stays_here
from minimind_tui.practice.store import Progress
from minimind_tui.practice.trust import trust
from tests.tiny import home_in

FEW = st.sampled_from(["a", "b", "c"])
MOMENTS = st.sampled_from([1.0, 2.0, 3.5])
ROW = {
    "done": (FEW, FEW, MOMENTS),
    "prediction": (FEW, FEW, MOMENTS),
    "confidence": (FEW, st.sampled_from([0.3, 0.6, 0.9])),
    "outcome": (FEW, st.sampled_from([0, 1]), MOMENTS),
    "answer": (FEW, MOMENTS, FEW, st.sampled_from([0.0, 1.0])),
    "review": (FEW, MOMENTS, st.integers(1, 4)),
    "attempt": (FEW, MOMENTS, st.sampled_from([0, 1]), st.one_of(st.none(), MOMENTS)),
    "hint": (FEW, st.integers(0, 3), MOMENTS),
    "spent": (FEW, st.sampled_from(["2026-11-25", "2026-11-26"]), FEW, MOMENTS),
    "place": (FEW, st.integers(0, 9), MOMENTS),
    "setting": (FEW, FEW),
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Row]]:
    found = {}
    for name, parts in ROW.items():
        rows = draw(st.lists(st.builds(ROWS[name], *parts), max_size=4))
        found[name] = list({row.key: row for row in rows}.values())
    for row in draw(st.sampled_from([[], *([row] for row in found["confidence"])])):
        found["prediction"] = [each for each in found["prediction"] if each.key != row.key]
    return found


def together(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> dict[str, list[Row]]:
    changes = new_rows(ours, theirs)
    joined = {name: {row.key: row for row in [*ours[name], *changes.get(name, [])]} for name in ROWS}
    return {name: [rows[key] for key in sorted(rows)] for name, rows in joined.items()}


@given(tables(), tables())
def test_twice_is_the_same_as_once(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> None:
    once = together(ours, theirs)
    assert new_rows(once, theirs) == {}
    assert new_rows(ours, ours) == {}


@given(tables(), tables())
def test_whoever_imports_comes_to_the_same(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> None:
    here, there = together(ours, theirs), together(theirs, ours)
    for name in ROWS:
        if name == "setting":
            assert {row.key for row in here[name]} == {row.key for row in there[name]}
        elif name != "confidence":
            assert here[name] == there[name], name
    predicted = {row.key: row for row in here["prediction"]}
    sure = [{row.key: row for row in side["confidence"]} for side in (here, there)]
    for key in predicted.keys() & sure[0].keys():
        assert sure[0][key] == sure[1][key]


@given(tables(), tables())
def test_nothing_is_lost(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> None:
    joined = together(ours, theirs)
    for name in ROWS:
        both = [*ours[name], *theirs[name]]
        assert {row.key for row in joined[name]} == {row.key for row in both}
        assert all(row in both for row in joined[name])
    read: list[Any] = [*ours["hint"], *theirs["hint"]]
    highest: list[Any] = joined["hint"]
    for hint in highest:
        assert hint.level == max(row.level for row in read if row.key == hint.key)


LINES = st.lists(st.sampled_from(["RoPE 转的是角度", "ask again", "", "# 标题", "a", "ab"]), max_size=4).map("\n".join)
NOTES = st.lists(LINES, min_size=1, max_size=3).map(f"\n\n{OTHER_PART}\n\n".join)


@given(NOTES, NOTES)
def test_notes_keep_both_parts_once(ours: str, theirs: str) -> None:
    both = merged(ours, theirs)
    assert words(both) == words(ours) | words(theirs)
    assert merged(both, theirs) == both
    assert merged(both, ours) == both
    assert merged(ours, ours) == ours
    there = merged(theirs, ours)
    assert words(both) == words(there)


def words(note: str) -> set[str]:
    return {line for line in note.split("\n") if line.strip()} - {OTHER_PART}


@dataclass
class Someone:
    """A learner on one machine."""

    home: Home
    progress: Progress

    @property
    def state(self) -> State:
        return state_of(self.progress, self.home)

    def take(self, other: Someone) -> None:
        take_in(self.progress, self.home, decode(encode(other.state), "state.json"))


def someone(folder: Path) -> Someone:
    home = home_in(folder)
    return Someone(home, Progress(home.database))


def write_code(home: Home, name: str, text: str) -> None:
    path = home.exercises / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def busy(someone: Someone, name: str) -> None:
    progress = someone.progress
    progress.mark_done("lesson", "small/start")
    progress.mark_done("lesson", f"small/{name}")
    progress.predict("small/count", name)
    progress.execute("INSERT INTO confidence VALUES ('small/count', ?)", 0.3 if name == "here" else 0.9)
    progress.execute("INSERT INTO answer VALUES ('small/sum-1', ?, '[]', 1.0)", 5.0 if name == "here" else 6.0)
    progress.set_setting("theme", name)
    spent.add(progress, "small", 10 if name == "here" else 20)
    trust(progress, someone.home.data)
    keep_note(someone.home, "small/start", f"{name}\n", "")
    keep_note(someone.home, f"small/{name}", "只有这里\n", "")
    write_code(someone.home, "small/double.py", f"# {name}\n")


def test_two_homes_come_to_the_same_state(tmp_path: Path) -> None:
    here, there = someone(tmp_path / "here"), someone(tmp_path / "there")
    busy(here, "here")
    busy(there, "there")
    before = there.state
    here.take(there)
    once = here.state
    here.take(there)
    assert here.state == once
    there.take(here)
    assert there.state.tables.done == here.state.tables.done
    assert {ref for _, ref in here.progress.done()} == {"small/start", "small/here", "small/there"}
    assert here.progress.prediction("small/count") == "here"
    assert here.progress.execute("SELECT chance FROM confidence") == [(0.3,)]
    assert there.progress.prediction("small/count") == "here"
    assert there.progress.execute("SELECT chance FROM confidence") == [(0.3,)]
    assert spent.by_what(here.progress) == spent.by_what(there.progress) == {"small": 30.0}
    assert here.progress.setting("theme") == "here"
    assert read_note(here.home, "small/start") == f"here\n\n{OTHER_PART}\n\nthere\n"
    assert read_note(here.home, "small/there") == "只有这里\n"
    codes = [sorted(side.state.exercises.values()) for side in (here, there)]
    assert codes == [["# here\n", "# there\n"]] * 2
    assert here.state.exercises["small/double.py"] == "# here\n"
    assert before.tables.spent[0] in here.state.tables.spent
    names = {row.name for row in here.state.tables.setting}
    assert names == {"theme"}, "what is trusted and the machine's name stay here"
    assert not any(stays_here(name) for name in names)


def test_an_imported_part_that_was_changed_here_does_not_come_again(tmp_path: Path) -> None:
    here, there = someone(tmp_path / "here"), someone(tmp_path / "there")
    busy(here, "here")
    busy(there, "there")
    here.take(there)
    both = read_note(here.home, "small/start")
    keep_note(here.home, "small/start", "here, and what there was\n", both)
    keep_note(here.home, "small/there", "", "只有这里\n")
    here.take(there)
    assert read_note(here.home, "small/start") == "here, and what there was\n"
    assert read_note(here.home, "small/there") == "只有这里\n", "a note that is gone comes back"
    keep_note(there.home, "small/start", "more\n", "there\n")
    here.take(there)
    assert read_note(here.home, "small/start") == f"here, and what there was\n\n{OTHER_PART}\n\nmore\n"


def test_a_damaged_row_of_the_database_is_left_out(tmp_path: Path) -> None:
    here = someone(tmp_path)
    here.progress.mark_done("lesson", "small/start")
    here.progress.execute("INSERT INTO done VALUES (x'00', 3, 'never')")
    here.progress.execute("INSERT INTO review VALUES ('card', -1, 9)")
    assert [row.ref for row in here.state.tables.done] == ["small/start"]
    assert here.state.tables.review == []


def good() -> dict[str, Any]:
    return {"format": "minimind-tui state", "version": 1, "tables": {}, "notes": {}, "exercises": {}}


def row(**values: object) -> dict[str, Any]:
    return {**good(), "tables": {"done": [values]}}


HOSTILE = {
    "nothing": b"",
    "half": encode(State("minimind-tui state", 1, tables=decode(json.dumps(good()).encode(), "x").tables))[:60],
    "not JSON": b"PK\x03\x04",
    "a bomb of brackets": b'{"format": "minimind-tui state", "version": 1, "tables": ' + b"[" * 200_000,
    "a number of a million digits": b'{"format": "minimind-tui state", "version": ' + b"9" * 1_000_000 + b"}",
    "something else": b'{"format": "notebook", "version": 1}',
    "out by a note": {**good(), "notes": {"../../outside": "x"}},
    "out by a rooted note": {**good(), "notes": {"/etc/passwd": "x"}},
    "out by code": {**good(), "exercises": {"small/../../x.py": "x"}},
    "a hidden file": {**good(), "exercises": {"small/.bashrc": "x"}},
    "a huge note": {**good(), "notes": {"small/start": "x" * 1_000_001}},
    "a wrong type": row(kind="lesson", ref="small/start", at="yesterday"),
    "never": row(kind="lesson", ref="small/start", at=1e300),
    "a missing part": row(kind="lesson", ref="small/start"),
    "an unknown part": row(kind="lesson", ref="small/start", at=1, more=2),
    "an escape sequence": row(kind="lesson", ref="\x1b[2J", at=1),
    "an unknown table": {**good(), "tables": {"users": []}},
    "a half sign": b'{"format": "minimind-tui state", "version": 1, "tables": {}, "notes": {"a/b": "\\ud800"}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_sound_export_changes_nothing_and_says_what_to_do(tmp_path: Path, name: str) -> None:
    content = HOSTILE[name]
    here = someone(tmp_path / "home")
    busy(here, "here")
    before = here.state
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(StateError) as refused:
        take_in(here.progress, here.home, decode(raw, "state.json"))
    for text in (refused.value.message.zh, refused.value.message.en):
        assert "state.json" in text
        assert "minimind-tui export" in text
        assert "\x1b" not in text
        assert len(text) < 600
    assert here.state == before
    assert not (tmp_path / "outside.md").exists()


def test_a_newer_export_asks_for_an_update() -> None:
    with pytest.raises(StateError) as refused:
        decode(json.dumps({"format": "minimind-tui state", "version": 2, "tables": {"new": 1}}).encode(), "x.json")
    assert "Update" in refused.value.message.en
    assert "更新" in refused.value.message.zh


def test_an_import_that_cannot_be_finished_changes_nothing(tmp_path: Path) -> None:
    here, there = someone(tmp_path / "here"), someone(tmp_path / "there")
    busy(here, "here")
    busy(there, "there")
    before = here.state
    here.progress.execute("CREATE TEMP TRIGGER no BEFORE INSERT ON spent BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(StateError, match="not finished"):
        here.take(there)
    assert here.state == before
    assert list(tmp_path.rglob(".*.import-*")) == []


@settings(max_examples=25, deadline=None)
@given(tables())
def test_the_file_says_all_and_a_person_can_read_it(rows: dict[str, list[Any]]) -> None:
    from minimind_tui.practice.state import Tables

    state = State("minimind-tui state", 1, Tables(**rows), {"a/b": '一行\n"两行"\n'}, {"a/b.py": "x = 1\n"})
    written = encode(state)
    assert decode(written, "x") == state
    assert written.count(b"\n") > sum(map(len, rows.values()))
