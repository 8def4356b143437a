"""Whether the tutor can be drawn here, and if not, what to change."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from minimind_tui.base.text import Text

SMALLEST = (60, 16)
"""Columns and rows under which the screen only says that it is too small."""


def can_draw(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal, if there is one, understands escape sequences."""
    return environ.get("TERM", "") not in ("", "dumb", "unknown")


def refusal(environ: Mapping[str, str] = os.environ, streams: tuple[TextIO, ...] | None = None) -> Text | None:
    """Why the screen cannot be opened; None where it can. Textual reads stdin and draws on stderr."""
    stdin, stderr = streams or (sys.__stdin__ or sys.stdin, sys.__stderr__ or sys.stderr)
    if not stdin.isatty() or not stderr.isatty():
        return Text(
            zh="这里没有终端。请在终端窗口里运行；脚本里请用 minimind-tui run ID --json。",
            en="There is no terminal here. Run it in a terminal; in scripts use minimind-tui run ID --json.",
        )
    term = environ.get("TERM", "")
    if not can_draw(environ):
        return Text(
            zh=f"TERM={term or '（空）'} 的终端画不了界面。换一个终端，或先运行 export TERM=xterm-256color。",
            en=f"A terminal with TERM={term or '(empty)'} cannot draw the screen. Use another one, or first "
            "export TERM=xterm-256color.",
        )
    if not _is_utf8(stderr.encoding):
        return Text(
            zh="The locale is not UTF-8: export LC_ALL=C.UTF-8, then again. / 请先运行 export LC_ALL=C.UTF-8。",
            en="The locale is not UTF-8, so nothing could be read here. Run export LC_ALL=C.UTF-8, then again.",
        )
    return None


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "ascii").name == "utf-8"
    except LookupError:
        return False


def can_have_the_mouse(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal may be asked to report mouse clicks.

    GNU screen (4.9.0) holds Esc back until the next key while a program listens to the mouse, and then both arrive
    as Alt and that key. The keyboard comes first here. tmux does not do so. A login from inside screen to another
    machine brings no STY along, but TERM.
    """
    in_screen = "STY" in environ or environ.get("TERM", "").startswith("screen")
    return not in_screen or "TMUX" in environ
