"""How keys are written: as Textual writes them, but where a newcomer or a console would not read that."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.binding import Binding

from minimind_tui.ui.key_bar import WORDS, key_name
from minimind_tui.ui.keymap import declared, normal


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("n", "n"),
        ("N", "N"),
        ("question_mark,f1", "?"),
        ("left_square_bracket", "["),
        ("right_square_bracket", "]"),
        ("slash", "/"),
        ("plus", "+"),
        ("minus", "-"),
        ("comma", ","),
        ("full_stop", "."),
        ("equals_sign", "="),
        ("asterisk", "*"),
        ("left", "←"),
        ("f10", "F10"),
        ("escape", "Esc"),
        ("ctrl+s", "Ctrl+S"),
        ("ctrl+home", "Ctrl+Home"),
        ("shift+f5", "Shift+F5"),
        ("alt+x", "Alt+x"),
        ("ctrl+left_square_bracket", "Ctrl+["),
    ],
)
def test_a_key_has_one_name(key: str, name: str) -> None:
    assert key_name(key) == name
    assert key_name("x", key) == name, "what a binding shows instead of its key"


def test_ours_differs_from_textual_s_only_where_there_is_a_reason() -> None:
    app: App[None] = App()
    keys = {key for binding, _ in declared().values() for key in binding.key.split(",")}
    signs = {normal(chr(code)) or "" for code in range(33, 127)}
    plain = {key for key in keys | signs if key not in WORDS and "+" not in key and not key[1:].isdigit()}
    assert len(plain) > 90
    assert {key for key in plain if key_name(key) != app.get_key_display(Binding(key, "", ""))} == set()
    needless = {key for key in WORDS if key_name(key) == app.get_key_display(Binding(key, "", ""))}
    assert needless == set(), "Textual writes them so by itself"
