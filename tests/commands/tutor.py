"""The command line in a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "MINIMIND_TUI_HOME": str(home), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", **more}


def tutor(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "minimind_tui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment(home, **more), timeout=300)


def trusted(course: Path) -> list[str]:
    return ["--trust", "--course", str(course)]
