"""The learner's own editor, in the terminal's place until it is closed."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from textual.app import SuspendNotSupported

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.ui.hangup import STATUS
from minimind_tui.ui.tutor import Tutor


def editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command that `$VISUAL` or `$EDITOR` names; empty where neither does."""
    named = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    try:
        return shlex.split(named)
    except ValueError:  # a quotation mark that nothing closes
        return [named]


def edit(app: Tutor, path: Path) -> Text | None:
    """Let the learner edit `path` with `editor()`; why that did not work, None where it did."""
    command = editor()
    name = inert(command[0], 80)
    if shutil.which(command[0]) is None:
        return Text(
            zh=f"找不到编辑器 {name}（来自 $VISUAL 或 $EDITOR），先用内置的。",
            en=f"There is no editor {name} (named by $VISUAL or $EDITOR): here is the built-in one.",
        )
    try:
        with app.suspend():
            status = _wait_for([*command, str(path)])
    except SuspendNotSupported:
        return Text(
            zh="这个终端里不能换到别的程序，先用内置的编辑器。",
            en="This terminal cannot be lent to another program: here is the built-in editor.",
        )
    except OSError as error:
        reason = error.strerror or str(error)
        return Text(
            zh=f"编辑器 {name} 打不开（{reason}），先用内置的。",
            en=f"The editor {name} cannot be started ({reason}): here is the built-in one.",
        )
    finally:
        app.action_redraw()
    if status:
        return Text(
            zh=f"编辑器 {name} 出错退出（{status}），先用内置的。",
            en=f"The editor {name} ended with an error ({status}): here is the built-in one.",
        )
    return None


def _wait_for(command: list[str]) -> int:
    """Run the editor to its end. A ctrl+c in it is for it alone, and a hang-up, which the tutor blocks, reaches it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # unlike an ignored signal, the editor has its own again
    try:
        return subprocess.run(
            command, check=False, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, STATUS)
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)
