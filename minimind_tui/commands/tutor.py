"""Opening the screen: `minimind-tui` and `minimind-tui quick-start`."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from minimind_tui.base.home import Home
from minimind_tui.base.terminal import refusal
from minimind_tui.base.text import Language
from minimind_tui.commands.common import UsageError, open_course

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Open the tutor and stay until the learner leaves; its exit status."""
    why_not = refusal()
    if why_not is not None:
        raise UsageError(why_not)
    gc.disable()  # until the first screen stands: nothing that the start makes is garbage
    course = open_course(arguments, home)

    from minimind_tui.ui.app import run as run_app

    return run_app(
        home,
        course,
        arguments.lang,
        language,
        "quick-start" if arguments.command == "quick-start" else "home",
        trust=arguments.trust,
    )
