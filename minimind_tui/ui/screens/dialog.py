"""What all dialogs have in common."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

from minimind_tui.ui.screens.base import Tutoring

Result = TypeVar("Result")


class Dialog(Tutoring, ModalScreen[Result]):
    """A question over a screen; Esc closes it without an answer."""

    DEFAULT_CSS = """
    .dialog {
        width: 80; max-width: 96%; height: auto; max-height: 96%;
        border: round $primary; padding: 1 2; background: $surface;
    }
    Dialog.-short .dialog { padding: 0 2; }
    Dialog.-short ParameterForm { margin: 0; }
    .dialog OptionList { height: auto; max-height: 14; border: none; background: $surface; padding: 0; margin: 1 0; }
    .dialog-question { margin-top: 1; }
    """

    VERTICAL_BREAKPOINTS = [(0, "-short"), (28, "-tall")]
