"""Writing with a kept model: the process, what it refuses, and a wish that ends the one before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from minimind_tui.base.home import Home
from minimind_tui.nn.checkpoint import pack_model
from minimind_tui.nn.tokenizer import Bytes
from minimind_tui.nn.writing import write
from minimind_tui.run.checkpoint import Checkpoint, kept_models
from minimind_tui.sampler.sampler import Wish, Writer, Written
from tests.run.saved import saved


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with the models of two steps."""
    checkpoint = Checkpoint(tmp_path / "checkpoints" / "model.safetensors", lambda: None)
    for step in (100, 7):
        checkpoint.keep_model(step, pack_model(saved(step)))
    return tmp_path


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def text_of(answer: Iterator[Written]) -> str:
    pieces = list(answer)
    assert pieces[-1].done
    assert pieces[-1].problem is None, pieces[-1].problem
    return "".join(piece.text for piece in pieces)


def test_models_are_found_by_their_steps(folder: Path) -> None:
    (folder / "models" / "notes.txt").write_text("x")
    (folder / "models" / "model.last.safetensors").write_bytes(b"")
    assert [(arm, list(steps)) for arm, steps in kept_models(folder).items()] == [("model", [7, 100])]
    assert kept_models(folder / "none") == {}


def test_the_process_writes_what_the_model_would(folder: Path, writer: Writer) -> None:
    files = kept_models(folder)["model"]
    for step, file in files.items():
        choices: list[dict[str, Any]] = [{"temperature": 0.8}, {"temperature": 0.0}, {"top_k": 2}, {"top_p": 0.5}]
        for options in choices:
            expected = "".join(write(saved(step), "ab", 30, seed=3, **{"temperature": 0.8, **options}))
            wish = Wish(str(file), "ab", length=30, seed=3, **options)
            assert text_of(writer.write(wish)) == expected


def test_an_empty_prompt_is_the_beginning_of_a_line() -> None:
    assert "".join(write(saved(), "", 12)) == "".join(write(saved(), "\n", 12))


def test_a_character_of_several_tokens_comes_when_it_is_whole() -> None:
    model = saved(tokenizer=Bytes())
    pieces = list(write(model, "猫", 300, seed=2))
    written = b"".join(map(bytes, [piece.encode() for piece in pieces if "\ufffd" not in piece]))
    assert len(pieces) == 301
    assert "" in pieces
    assert written.decode("utf-8") == "".join(piece for piece in pieces if "\ufffd" not in piece)


def test_a_prompt_that_tokens_of_bytes_can_read_is_never_strange(tmp_path: Path, writer: Writer) -> None:
    (tmp_path / "model").write_bytes(pack_model(saved(tokenizer=Bytes())))
    assert text_of(writer.write(Wish(str(tmp_path / "model"), "a狗z", length=20)))


def test_strange_characters_and_broken_files_are_named(folder: Path, writer: Writer) -> None:
    file = kept_models(folder)["model"][7]
    strange = list(writer.write(Wish(str(file), "a狗z")))[-1]
    assert strange.problem is not None
    assert "狗z" in strange.problem.en
    file.write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    other = folder / "models" / "model.8.safetensors"
    other.write_bytes(file.read_bytes())
    broken = list(writer.write(Wish(str(other), "a")))[-1]
    assert broken.problem is not None
    missing = list(writer.write(Wish(str(folder / "nothing"), "a")))[-1]
    assert missing.problem is not None
    assert text_of(writer.write(Wish(str(kept_models(folder)["model"][100]), "a", length=5)))


def test_a_new_wish_ends_the_one_before(folder: Path, writer: Writer) -> None:
    file = str(kept_models(folder)["model"][7])
    first = writer.write(Wish(file, "a", length=1_000_000))
    next(first)
    rest: list[Written] = []
    reader = threading.Thread(target=lambda: rest.extend(first))
    reader.start()
    second = text_of(writer.write(Wish(file, "b", length=20, seed=5)))
    reader.join(30)
    assert not reader.is_alive()
    assert second == "".join(write(saved(), "b", 20, temperature=0.8, seed=5))
    assert not any(piece.done for piece in rest)


def test_a_killed_process_is_told_and_replaced(folder: Path, writer: Writer) -> None:
    file = str(kept_models(folder)["model"][7])
    answer = writer.write(Wish(file, "a", length=1_000_000))
    next(answer)
    assert writer._process is not None
    os.kill(writer._process.pid, 9)
    last = list(answer)[-1]
    assert last.problem is not None
    assert len(text_of(writer.write(Wish(file, "a", length=10)))) == 10


def test_the_command(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run = Home.from_environment({"MINIMIND_TUI_HOME": str(home)}).runs / "20260101-000000-train-your-own-abcd"
    run.mkdir(parents=True)
    (run / "request.json").write_text(
        '{"format":1,"experiment":"block/train-your-own","course_root":"/","parameters":{},"seed":1}'
    )
    (run / "events.jsonl").touch()

    def sample(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "minimind_tui", "--lang", "en", "sample", "last", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "MINIMIND_TUI_HOME": str(home), "PYTHONUTF8": "1"},
        )

    none = sample()
    assert none.returncode == 2
    assert "has kept no model" in none.stderr
    (folder / "models").rename(run / "models")
    done = sample("--prompt", "a猫", "--length", "40", "--seed", "2", "--top-k", "3")
    assert done.stdout == "a猫" + "".join(write(saved(100), "a猫", 40, 0.8, top_k=3, seed=2)) + "\n", done.stderr
    wrong = sample("--step", "8")
    assert wrong.returncode == 2
    assert "7, 100" in wrong.stderr
    assert sample("--top-p", "2").returncode == 2
