"""`models`, `clean` and `sample` with what runs have made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from minimind_tui import cli
from minimind_tui.base.files import hold
from minimind_tui.base.home import Home
from minimind_tui.commands.sample import _model_of
from minimind_tui.run.artifacts import Shelf
from tests.run.makers import own_home
from tests.run.shelved import kept, shelve

RUN = "20260101-000000-count-ab12"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return own_home(tmp_path, monkeypatch)


def says(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert cli.main(["--lang", "en", *arguments]) == status
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_models_lists_them_with_their_descent(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert "minimind-tui run block/train-your-own" in says(capsys, "models")
    words = shelve(home, "words", kind="tokenizer", can="tokens", made=1.1e9)
    base = shelve(home, "base", words, made=1.2e9)
    talk = shelve(home, "talk", base, can="talks", made=1.3e9)
    kept(home, RUN, 5)
    listed = says(capsys, "models")
    assert listed.index(talk.name) < listed.index(base.name) < listed.index(words.name) < listed.index(RUN)
    assert "words ← base ← talk\n" in listed
    assert "writes, talks · 0.80 M parameters · bytes 256 · 0.0 MB · small/talk" in listed
    assert f"{RUN}/model/5" in listed
    objects = [json.loads(line) for line in says(capsys, "models", "--json").splitlines()]
    assert [each["name"] for each in objects] == [talk.name, base.name, words.name, f"{RUN}/model/5"]
    assert objects[0]["lineage"] == [words.name, base.name, talk.name]
    assert (objects[1]["weights"], objects[1]["can"], objects[2]["kind"]) == (800_000, "writes", "tokenizer")
    shown = says(capsys, "models", "show", "talk")
    assert [line.split()[1] for line in shown.splitlines()[-3:]] == [words.name, base.name, talk.name]
    assert str(talk.path) in shown
    assert talk.name in says(capsys, "--lang", "zh", "models", "show", "talk")
    assert "there are: talk-" in says(capsys, "models", "show", "nothing", status=2)
    assert "Which one" in says(capsys, "models", "show", status=2)


def test_clean_keeps_what_others_have_come_from(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    words = shelve(home, "words", kind="tokenizer", can="tokens")
    base, lonely = shelve(home, "base", words), shelve(home, "lonely")
    talk = shelve(home, "talk", base, made=1e11)  # in the future: it is never old
    torn = home.artifacts / ("f" * 64)
    torn.mkdir()

    def there() -> set[str]:
        return {each.name for each in Shelf(home.artifacts).all()}

    said = says(capsys, "clean", "--days", "0")
    assert f"{lonely.name}" in said
    assert "made again in 61 s" in said
    assert "damaged" in said
    assert base.name not in said
    assert "2 artifacts would be removed" in said
    assert len(there()) == 4
    used = hold(lonely.path.parent)
    assert "a run is using it" in says(capsys, "clean", "--days", "0", "--yes", status=1)
    assert used is not None
    assert there() == {words.name, base.name, lonely.name, talk.name}
    assert not torn.exists()
    os.close(used)
    assert "1 artifact removed" in says(capsys, "clean", "--days", "0", "--yes")
    assert f"from it came {talk.name}" in says(capsys, "clean", "--days", "0", "--all")
    assert "1 artifact removed" in says(capsys, "clean", base.name, "--yes")
    assert there() == {words.name, talk.name}
    assert [stage.name for stage in Shelf(home.artifacts).all()[0].lineage] == [words.name, base.name, talk.name]
    assert "minimind-tui models" in says(capsys, "clean", "nothing", status=2)


def test_clean_keeps_a_run_whose_model_is_used(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    folder = kept(home, RUN, 5)
    (folder / "events.jsonl").write_text('{"v":1,"t":1,"kind":"finished","seconds":1}\n', encoding="utf-8")
    used = hold(folder / "models")
    assert used is not None
    assert "using its model" in says(capsys, "clean", RUN, "--yes", status=1)
    os.close(used)
    assert "1 run removed" in says(capsys, "clean", RUN, "--yes")
    assert not folder.exists()


def test_an_artifact_that_is_used_stays_young(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    base = shelve(home, "base")
    taken = Shelf(home.artifacts).take(base.key)
    assert taken is not None
    os.close(taken[1])
    assert "nothing to clean" in says(capsys, "clean")


def test_sample_takes_their_names(home: Home) -> None:
    base = shelve(home, "base", made=2e9)
    folder = kept(home, RUN, 5, 100)
    assert (
        _model_of(home, base.name, None)
        == _model_of(home, "base", None)
        == _model_of(home, "latest", None)
        == base.path
    )
    assert _model_of(home, f"{RUN}/model/5", None) == folder / "models/model.5.safetensors"
    (folder / "events.jsonl").write_text('{"v":1,"t":1,"kind":"finished","seconds":1}\n', encoding="utf-8")
    assert _model_of(home, "last", None) == _model_of(home, RUN, 100) == folder / "models/model.100.safetensors"
