"""The verb `data`, as the learner types it, in both languages."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.commands import data
from minimind_tui.datasets import corpora, drafts, plain
from tests.data.samples import ROWS, row_file

both = pytest.mark.parametrize("language", LANGUAGES)


def run(words: list[str], home: Path, language: Language = "en") -> int:
    parser = argparse.ArgumentParser()
    data.add_arguments(parser)
    arguments = parser.parse_args(words)
    return data.run(arguments, language, Home(home / "data", home / "cache", home / "config"))


@both
def test_the_list_names_every_text(tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("text", encoding="utf-8")
    assert run(["add", str(tmp_path / "mine.txt")], tmp_path) == 0
    capsys.readouterr()
    assert run(["list"], tmp_path, language) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["tinytales", "tinyshakespeare", "mine"]
    assert ("未下载" if language == "zh" else "not downloaded") in lines[1]
    assert ("自己加入" if language == "zh" else "added") in lines[2]


@both
def test_the_list_says_of_what_kind_and_how_much(
    tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, rows in ROWS.items():
        assert run(["add", str(row_file(tmp_path / f"{kind}s.jsonl", rows))], tmp_path, language) == 0
        assert f"{len(rows)} {'行' if language == 'zh' else 'rows'}" in capsys.readouterr().out
    assert run(["list"], tmp_path, language) == 0
    lines = {line.split()[0]: line.split()[1:4] for line in capsys.readouterr().out.splitlines()}
    words = {"zh": ("文本", "对话", "偏好", "任务", "行"), "en": ("text", "chat", "preference", "task", "rows")}[
        language
    ]
    for kind, word in zip(ROWS, words, strict=False):
        assert lines[f"{kind}s"] == [word, str(len(ROWS[kind])), words[-1]]
    assert run(["list", "--json"], tmp_path, language) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["name"]: each["kind"] for each in found} == {
        "tinytales": "text", "tinyshakespeare": "text", **{f"{kind}s": kind for kind in ROWS}
    }  # fmt: skip
    assert [each["rows"] for each in found if each["name"] == "chats"] == [2]


def test_the_kind_may_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(row_file(tmp_path / "rl.jsonl", ROWS["chat"]))
    assert run(["add", file, "--kind", "task", "--name", "mine"], tmp_path) == 0
    assert "mine, task, 2 rows" in capsys.readouterr().out
    assert run(["add", file, "--kind", "preference"], tmp_path) == 2
    assert "This looks like a chat file" in capsys.readouterr().err


def test_what_does_not_go_into_one_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plain, "MAXIMUM_BYTES", 20)
    assert run(["add", str(row_file(tmp_path / "mine.jsonl", ROWS["text"]))], tmp_path) == 0
    assert "take its first 1 rows" in capsys.readouterr().out


def test_progress_is_shown_on_a_terminal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drafts, "STEP", 1)
    file = str(row_file(tmp_path / "mine.jsonl", ROWS["chat"]))
    assert run(["add", file], tmp_path) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run(["add", file], tmp_path) == 0
    assert "100%" in capsys.readouterr().err


def test_an_interrupted_addition_says_that_nothing_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(corpora, "add", interrupted)
    assert run(["add", "mine.jsonl"], tmp_path) == 130
    assert "Nothing was added" in capsys.readouterr().err


def test_an_added_text_lies_in_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("text", encoding="utf-8")
    assert run(["add", str(tmp_path / "mine.txt"), "--name", "poems"], tmp_path) == 0
    assert (tmp_path / "cache" / "corpora" / "poems.txt").read_text(encoding="utf-8") == "text"
    assert "poems" in capsys.readouterr().out


@both
def test_an_error_is_told_in_the_learners_language(
    tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["add", str(tmp_path / "missing\x1b[31m.txt"), "--name", "poems"], tmp_path, language) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ("读不了" if language == "zh" else "Cannot read") in printed.err
    assert "\x1b" not in printed.err


def test_an_unknown_name_ends_with_2_and_the_close_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["get", "tinyshakespear"], tmp_path) == 2
    assert "did you mean tinyshakespeare" in capsys.readouterr().err


@both
def test_the_built_in_corpus_needs_no_download(tmp_path: Path, language: Language) -> None:
    assert run(["get", "tinytales"], tmp_path, language) == 0
    assert not (tmp_path / "cache").exists()


def test_an_interrupted_download_ends_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(corpora, "get", interrupted)
    assert run(["get", "tinyshakespeare"], tmp_path) == 130
    assert "again" in capsys.readouterr().err
