"""All processes that a test has brought about, whatever group or session they are in."""

from __future__ import annotations

import os

import psutil

MARK = "MINIMIND_TUI_TEST_MARK"
"""A variable that they inherit."""


def marked(mark: str) -> list[psutil.Process]:
    """Those that carry `mark`, zombies and the test's own process apart."""
    found = []
    for process in psutil.process_iter():
        try:
            carries = process.environ().get(MARK) == mark
            if carries and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
