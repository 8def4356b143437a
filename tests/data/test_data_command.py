"""The verb `data`, as the learner types it, in both languages."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.commands import data
from minimind_tui.datasets import corpora

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
