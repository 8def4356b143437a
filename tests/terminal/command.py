"""How the tutor is started in a terminal of the tests."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from minimind_tui.base.text import Language


def command() -> str:
    """The installed command, not the module."""
    found = shutil.which("minimind-tui", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found, "minimind-tui is not installed"
    return found


def environment(home: Path, language: Language) -> dict[str, str]:
    """What a fresh login has, and nothing of this process's own."""
    return {
        "HOME": str(home),
        "MINIMIND_TUI_HOME": str(home / "tutor"),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "zh_CN.UTF-8" if language == "zh" else "en_US.UTF-8",
        "PYTHONUTF8": "1",
    }
