"""The learner's own keys: what holds, what is refused and where, and that the template is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.widgets import Static

from minimind_tui.ui.choices import Choices
from minimind_tui.ui.keymap import Keymap, declared, normal, parts_of, read_keymap
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.ui.screens.break_it import BreakItScreen
from minimind_tui.ui.screens.home import HomeScreen
from minimind_tui.ui.screens.study import StudyScreen
from tests.commands.tutor import tutor
from tests.ui.parts import undeclared

KNOWN = declared()


def keymap(folder: Path, text: str) -> Keymap:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return read_keymap(path)


def test_every_key_that_is_offered_has_an_id_a_word_and_a_sentence_in_both_languages() -> None:
    assert len(KNOWN) > 100
    for name, (binding, owners) in KNOWN.items():
        assert "|" in binding.description, name
        assert "|" in binding.tooltip, name
        assert owners


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", {}),
        ('"study.next" = "m"', {"study.next": "m"}),
        ('study.next = "m"', {"study.next": "m"}),
        ('[study]\nnext = "f5, *"', {"study.next": "f5,asterisk"}),
        ('"study.next" = "p"\n"study.previous" = "n"', {"study.next": "p", "study.previous": "n"}),
        ('"study.next" = "n"', {"study.next": "n"}),
        ('"app.search" = ","', {"app.search": "comma"}),
        ('"lab.run" = "shift+f5"', {"lab.run": "shift+f5"}),
    ],
)
def test_what_holds(tmp_path: Path, text: str, keys: dict[str, str]) -> None:
    assert keymap(tmp_path, text) == Keymap(keys)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('\n"study.nxet" = "m"', 2, "did you mean study.next"),
        ('"study.next" = "escpae"', 1, "no key escpae"),
        ('"study.next" = "hyper+x"', 1, "no key hyper+x"),
        ('"study.next" = ""', 1, "in quotation marks"),
        ('"study.next" = ["n"]', 1, "in quotation marks"),
        ('"study.next" = "ctrl+m"', 1, "as Enter"),
        ('# mine\n"study.next" = "p"', 2, "p is study.previous (Previous)"),
        ('"study.next" = "q"', 1, "q is app.quit (Quit)"),
        ('"app.search" = "f5"\n"app.progress" = "f5"', 2, "f5 is app.search (Search)".replace("f5", "F5")),
        ('"lab.run" = "y"', 1, "y is "),
    ],
)
def test_what_is_refused_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    found = keymap(tmp_path, text + '\n"study.zoom" = "f6"\n')
    assert found.keys.pop("study.zoom") == "f6"
    assert found.keys in ({}, {"app.search": "f5"})
    (problem,) = found.problems
    assert f"keys.toml, line {line}: " in problem.en
    assert f"keys.toml 第 {line} 行" in problem.zh
    assert said in problem.en


def test_only_the_key_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    found = keymap(tmp_path, '"study.next" = "m,p"')
    assert found.keys == {"study.next": "m"}
    assert "This key is passed over" in found.problems[0].en


@pytest.mark.parametrize("content", [b"\xff", b"= 3", b"[" * 50_000, b"x" * 200_000])
def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.toml"
    path.write_bytes(content)
    found = read_keymap(path)
    assert found.keys == {}
    assert "minimind-tui keys" in found.problems[0].en


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=12))
def test_any_word_is_a_key_or_none(word: str) -> None:
    key = normal(word) if word else None
    assert key is None or (key and normal(key) in (key, None))


def test_what_is_on_a_screen_and_not_declared_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LinePlot in parts_of(StudyScreen)
    assert (StudyScreen in parts_of(BreakItScreen), LabPane in parts_of(BreakItScreen)) == (True, True)
    assert undeclared({(HomeScreen, Choices), (HomeScreen, Static), (StudyScreen, LinePlot)}) == set()
    monkeypatch.setattr(HomeScreen, "PARTS", ())
    assert undeclared({(HomeScreen, Choices)}) == {("HomeScreen", "Choices")}


@pytest.mark.parametrize(
    ("text", "clashes"),
    [
        ('"choices.down" = "z"', False),
        ('"choices.down" = "left_square_bracket"', True),
        ('"plot.log" = "a"', True),
        ('"heatmap.overview" = "a"', True),
        ('"heatmap.overview" = "h"', False),
    ],
)
def test_a_key_clashes_only_with_what_can_be_on_the_same_screen(tmp_path: Path, text: str, clashes: bool) -> None:
    assert bool(keymap(tmp_path, text).problems) == clashes


def test_the_printed_file_is_a_sound_one(tmp_path: Path) -> None:
    printed = tutor(tmp_path, "--lang", "zh", "keys")
    assert printed.returncode == 0, printed.stderr
    assert tomli.loads(printed.stdout) == {}
    lines = printed.stdout.split("\n")
    whole = "\n".join([*lines[:2], *(line.removeprefix("# ") for line in lines[2:])])
    assert len(tomli.loads(whole)) == len(KNOWN)
    path = tmp_path / "config" / "keys.toml"
    path.parent.mkdir()
    path.write_text(whole, encoding="utf-8")
    again = tutor(tmp_path, "keys")
    assert again.returncode == 0, again.stderr
    path.write_text('"study.next" = "p"\n"app.search" = "f5"\n')
    wrong = tutor(tmp_path, "keys")
    assert wrong.returncode == 1
    assert "line 1" in wrong.stderr
    assert '\n"app.search" = "f5"' in wrong.stdout
