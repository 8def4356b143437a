"""Data sets of rows: how they come in, what is kept of them, and how an experiment gets them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import msgspec
import pytest

from data import corpus, tinytales
from data.rows import load_rows
from minimind_tui.content.schema import DataKind
from minimind_tui.datasets import adding, corpora, drafts, plain, store
from minimind_tui.datasets.corpora import CorpusError, Entry
from minimind_tui.datasets.kinds import ChatRow, TextRow
from tests.data.samples import ANSWERED, CHATS, KNOWN, PREFERENCES, RIGHT, ROWS, TASKS, TEXTS, content, row_file, write
from tests.disk import small_disk

every_kind = pytest.mark.parametrize("kind", get_args(DataKind))


def add(file: Path, folder: Path, name: str | None = None, kind: DataKind | None = None) -> Path:
    """Add a file as the command does."""
    return corpora.add(file, KNOWN, folder, name, kind)


def entry(folder: Path, name: str) -> Entry:
    """What the list shows of a data set."""
    return next(entry for entry in corpora.listing(KNOWN, folder) if entry.name == name)


def files(folder: Path) -> dict[str, bytes]:
    """All that lies in the folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def refusal(file: Path, folder: Path, name: str | None = None, kind: DataKind | None = None) -> str:
    """With which words a file is refused; nothing is left behind."""
    before = files(folder)
    with pytest.raises(CorpusError) as raised:
        add(file, folder, name, kind)
    assert files(folder) == before
    return raised.value.message.en


@every_kind
def test_rows_are_kept_byte_for_byte_with_a_note(tmp_path: Path, kind: DataKind) -> None:
    raw = b"\xef\xbb\xbf" + content(ROWS[kind], "\r\n") + b"\n\n"
    stored = add(write(tmp_path / "Mine.jsonl", raw), tmp_path / "c")
    assert stored.name == ("mine.txt" if kind == "text" else "mine.jsonl")
    assert (tmp_path / "c/mine.jsonl").read_bytes() == raw
    note = json.loads((tmp_path / "c/mine.json").read_bytes())
    assert (note["kind"], note["rows"]) == (kind, len(ROWS[kind]))
    assert note["files"]["jsonl"]["sha256"] == hashlib.sha256(raw).hexdigest()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "c").iterdir()} == {0o600}
    found = entry(tmp_path / "c", "mine")
    assert (found.kind, found.rows, found.state) == (kind, len(ROWS[kind]), "added")


@every_kind
def test_an_experiment_gets_the_rows_that_it_asks_for(tmp_path: Path, kind: DataKind) -> None:
    add(row_file(tmp_path / "mine.jsonl", ROWS[kind] * 3), tmp_path / "c")
    folder = tmp_path / "c"
    number = len(ROWS[kind])
    everything = load_rows("mine", kind, 100, folder=folder)
    assert len(everything) == 3 * number
    assert load_rows("mine", kind, 2, start=number, folder=folder) == everything[:2]
    assert load_rows("mine", kind, 2, start=100, folder=folder) == []


def test_rows_come_typed(tmp_path: Path) -> None:
    add(row_file(tmp_path / "talk.jsonl", CHATS), tmp_path / "c")
    first, second = load_rows("talk", "chat", 10, folder=tmp_path / "c")
    assert isinstance(first, ChatRow)
    assert [turn.role for turn in second.conversations] == ["system", "user", "assistant", "tool", "assistant"]


def test_a_task_file_without_answers_is_told_from_chat_by_the_learner_alone(tmp_path: Path) -> None:
    file, folder = row_file(tmp_path / "rl.jsonl", CHATS), tmp_path / "c"
    add(file, folder)
    assert corpora.available(folder, "chat") == ["rl"]
    add(file, folder, kind="task")
    assert (corpora.available(folder, "chat"), corpora.available(folder, "task")) == ([], ["rl"])
    assert load_rows("rl", "task", 1, folder=folder)[0].gt is None


def test_only_names_of_files_of_rows_are_looked_into(tmp_path: Path) -> None:
    kinds = {"talk.txt": "text", "talk.md": "text", "talk": "text", "talk.json": "chat", "talk.ndjson": "chat"}
    for number, (name, kind) in enumerate({**kinds, "talk.JSONL": "chat"}.items()):
        add(row_file(tmp_path / name, CHATS), tmp_path / f"c{number}")
        assert entry(tmp_path / f"c{number}", "talk").kind == kind
    add(row_file(tmp_path / "said.txt", CHATS), tmp_path / "c", kind="chat")
    assert entry(tmp_path / "c", "said").rows == len(CHATS)
    add(write(tmp_path / "prose.jsonl", b"Once upon a time.\n"), tmp_path / "c", kind="text")
    assert (entry(tmp_path / "c", "prose").rows, entry(tmp_path / "c", "prose").characters) == (None, 18)


def test_what_is_said_must_be_what_the_file_is(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    preferences = row_file(tmp_path / "dpo.jsonl", PREFERENCES)
    for kind in ("text", "chat", "task"):
        assert "`minimind-tui data add FILE --kind preference`" in refusal(preferences, folder, kind=kind)
    prose = write(tmp_path / "prose.txt", b"Once upon a time.\n")
    assert "`minimind-tui data add FILE --kind text`" in refusal(prose, folder, kind="chat")
    assert "`minimind-tui data add FILE --kind text`" in refusal(write(tmp_path / "prose.jsonl", b"Once.\n"), folder)


def test_rows_of_no_kind_are_refused_with_the_fields_of_each(tmp_path: Path) -> None:
    said = refusal(write(tmp_path / "other.jsonl", b'{"prompt": "a", "completion": "b"}\n'), tmp_path / "c")
    assert "line 1: expected one of these fields: text, conversations, chosen + rejected, conversations + gt" in said
    assert "found prompt, completion." in said


@pytest.mark.parametrize("wrong", [b"", b'{"text": "a"}\n{"text": 3}\n', b'{"text": "a"}\n{"text": "\xff"}\n', b"{}\n"])
def test_a_file_with_one_wrong_row_leaves_nothing(tmp_path: Path, wrong: bytes) -> None:
    assert "bad.jsonl" in refusal(write(tmp_path / "bad.jsonl", wrong), tmp_path / "c")
    assert "bad.jsonl" in refusal(write(tmp_path / "bad.jsonl", wrong), tmp_path / "c", kind="text")


@pytest.mark.parametrize("kind", [None, "chat"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: DataKind | None) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert "is a pipe or a device" in refusal(tmp_path / "pipe.jsonl", tmp_path / "c", kind=kind)
    for name in ("missing.jsonl", "."):
        assert "Cannot read" in refusal(tmp_path / name, tmp_path / "c", "name", kind or "chat")


def test_a_name_belongs_to_one_data_set(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    add(row_file(tmp_path / "mine.jsonl", CHATS), folder)
    add(tmp_path / "mine.jsonl", folder)
    assert "mine.jsonl first" in refusal(row_file(tmp_path / "mine.jsonl", TASKS), folder)
    assert "mine.jsonl first" in refusal(write(tmp_path / "mine.txt", b"text"), folder)
    add(write(tmp_path / "poem.txt", b"text"), folder)
    assert "poem.txt first" in refusal(row_file(tmp_path / "poem.jsonl", CHATS), folder)
    assert "poem.txt first" in refusal(row_file(tmp_path / "poem.jsonl", TEXTS), folder)
    assert "is not hamlet" in refusal(row_file(tmp_path / "hamlet.jsonl", CHATS), folder)


def test_texts_in_rows_are_read_as_one_text_too(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    path = add(row_file(tmp_path / "mine.jsonl", TEXTS), folder)
    joined = "床前明月光\n\nOnce upon a time.\nThe end."
    assert corpora.find("mine", KNOWN, folder) == path
    assert corpus.load("mine", "en", 1000, 0, folder=folder).text == joined
    assert (entry(folder, "mine").characters, entry(folder, "mine").joined_rows) == (len(joined), 2)
    assert load_rows("mine", "text", 9, folder=folder) == [TextRow(row["text"]) for row in TEXTS]


def test_as_many_texts_are_joined_as_a_text_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MAXIMUM_BYTES", 14)
    texts = ["four", "诗", "word", "x"]
    path = add(row_file(tmp_path / "mine.jsonl", [{"text": text} for text in texts]), tmp_path / "c")
    assert path.read_text(encoding="utf-8") == "four\n\n诗", "the third has no room, and no later one jumps the queue"
    found = entry(tmp_path / "c", "mine")
    assert (found.rows, found.joined_rows, found.characters) == (4, 2, 7)
    assert len(load_rows("mine", "text", 9, folder=tmp_path / "c")) == 4


def test_a_plain_text_is_one_row_and_the_built_in_one_a_row_a_story(tmp_path: Path) -> None:
    add(write(tmp_path / "poem.txt", "\ufeff床前\r\n明月光".encode()), tmp_path / "c")
    assert load_rows("poem", "text", 5, folder=tmp_path / "c") == [TextRow("床前\n明月光")]
    stories = load_rows("tinytales", "text", 2, start=1, language="zh", seed=3, folder=tmp_path)
    assert [row.text for row in stories] == [story.text for story in tinytales.generate("zh", 3, 3)[1:]]


def test_a_data_set_of_another_kind_is_refused_with_those_that_would_do(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    add(row_file(tmp_path / "talk.jsonl", CHATS), folder)
    with pytest.raises(CorpusError, match="talk holds chat, and this experiment reads text; here: tinytales"):
        corpus.load("talk", "en", 10, 0, folder=folder)
    with pytest.raises(CorpusError, match=r"reads task, of which there is none here.*--kind task"):
        load_rows("talk", "task", 1, folder=folder)
    with pytest.raises(CorpusError, match=r"no corpus 'talking': did you mean talk.*--kind chat --name talking"):
        load_rows("talking", "chat", 1, folder=folder)


def test_a_text_from_before_there_were_notes_is_a_text(tmp_path: Path) -> None:
    write(tmp_path / "old.txt", "一二三\r\n".encode())
    assert corpora.available(tmp_path) == ["tinytales", "old"]
    found = entry(tmp_path, "old")
    assert (found.kind, found.rows, found.characters) == ("text", None, 5)
    assert corpus.load("old", "zh", 9, 0, folder=tmp_path).text == "一二三\n"


@pytest.mark.parametrize("note", [b"", b"{}", b'{"format": 2}', b"\xff", b"[" * 9000, b'{"kind": "cat"}'])
def test_a_note_that_cannot_be_read_hides_no_text(tmp_path: Path, note: bytes) -> None:
    folder = tmp_path / "c"
    add(write(tmp_path / "poem.txt", b"text"), folder)
    add(row_file(tmp_path / "talk.jsonl", CHATS), folder)
    for name in ("poem", "talk"):
        (folder / f"{name}.json").write_bytes(note)
    assert corpora.available(folder) == ["tinytales", "poem"]
    assert entry(folder, "poem").characters == 4
    add(tmp_path / "talk.jsonl", folder)
    assert corpora.available(folder, "chat") == ["talk"], "the same file again brings it back"


def test_a_fingerprint_is_noted_and_taken_again_where_the_file_was_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "c"
    add(row_file(tmp_path / "talk.jsonl", CHATS), folder)
    add(row_file(tmp_path / "many.jsonl", TEXTS), folder)
    noted = {name: corpora.fingerprint(name, folder) for name in ("talk", "many")}
    assert noted["talk"] == hashlib.sha256(content(CHATS)).hexdigest()
    with monkeypatch.context() as untouched:
        untouched.setattr(hashlib, "file_digest", None)  # whoever reads the file fails
        assert {name: corpora.fingerprint(name, folder) for name in noted} == noted
    for path in folder.glob("*.[jt]*"):
        if path.suffix != ".json":
            os.utime(path, ns=(1, 1))
    assert {name: corpora.fingerprint(name, folder) for name in noted} == noted, "the same bytes, read again"
    assert (entry(folder, "talk").rows, entry(folder, "talk").kind) == (None, "chat")
    for path in (folder / "talk.jsonl", folder / "many.txt"):
        path.write_bytes(path.read_bytes() + b"\n")
    assert corpora.fingerprint("talk", folder) != noted["talk"]
    assert corpora.fingerprint("many", folder) != noted["many"]


def test_two_do_not_add_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert "Another minimind-tui is adding data" in refusal(row_file(tmp_path / "a.jsonl", CHATS), folder)
    os.close(lock)
    assert add(tmp_path / "a.jsonl", folder).exists()


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    write(folder / ".big.jsonl.adding", b"x" * 100)
    add(row_file(tmp_path / "a.jsonl", CHATS), folder)
    assert sorted(files(folder)) == ["a.json", "a.jsonl"]


def test_a_file_too_large_for_the_rule_or_the_disk_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = row_file(tmp_path / "huge.jsonl", CHATS)
    os.truncate(huge, adding.MAXIMUM_ROW_BYTES + 1)
    assert "is over 16 GiB" in refusal(huge, tmp_path / "c")
    row_file(huge, CHATS)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    assert "No space left on device" in refusal(huge, tmp_path / "c")


def test_a_disk_that_fills_up_on_the_way_keeps_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "talk.jsonl", content(CHATS) * 4000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**40))  # somebody else fills it meanwhile
    with small_disk(tmp_path / "disk", 1) as disk:
        assert "No space left on device" in refusal(file, disk)


def test_an_interrupted_copy_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(done: int, total: int) -> None:
        assert files(tmp_path / "c"), "it was under way"
        raise KeyboardInterrupt

    monkeypatch.setattr(drafts, "STEP", 1)
    with pytest.raises(KeyboardInterrupt):
        corpora.add(row_file(tmp_path / "talk.jsonl", CHATS), KNOWN, tmp_path / "c", progress=interrupt)
    assert files(tmp_path / "c") == {}


def test_progress_is_told_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "STEP", 1000)
    told: list[tuple[int, int]] = []
    file = row_file(tmp_path / "talk.jsonl", CHATS * 20)
    corpora.add(file, KNOWN, tmp_path / "c", progress=lambda done, total: told.append((done, total)))
    assert len(told) > 3
    assert told == sorted(told)
    assert {total for _, total in told} == {file.stat().st_size}


MEASURE = """
import resource, sys
from pathlib import Path
from minimind_tui.datasets import corpora
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
corpora.add(Path(sys.argv[1]), {}, Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


LONG = "word " * 2000


@pytest.mark.parametrize(
    "row", [{"text": LONG}, {"conversations": [{"role": "user", "content": LONG}, ANSWERED]}], ids=["text", "chat"]
)
def test_the_memory_does_not_grow_with_the_file(tmp_path: Path, row: dict[str, object]) -> None:
    """In kibibytes: what a process needs more than before for a file of 32 MiB."""
    file = tmp_path / "large.jsonl"
    block = content([row])
    file.write_bytes(block * (32 * 2**20 // len(block)))
    command = [sys.executable, "-c", MEASURE, str(file), str(tmp_path / "c")]
    assert int(subprocess.run(command, capture_output=True, check=True).stdout) < 8 * 1024


def test_a_known_text_may_be_added_and_notes_do_not_stand_in_a_download_s_way(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    add(write(tmp_path / "b", RIGHT), folder, "hamlet")
    assert entry(folder, "hamlet").characters == len(RIGHT)
    write(folder / "hamlet.txt", RIGHT[:-1])
    assert (entry(folder, "hamlet").state, entry(folder, "hamlet").characters) == ("damaged", None)


def test_the_note_says_which_version_it_is_of() -> None:
    assert msgspec.json.decode(msgspec.json.encode(store.Note(kind="chat", files={})))["format"] == 1
