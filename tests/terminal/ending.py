"""Servers that end with their test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End a server with the test, and the sessions that it still has."""
    try:
        yield process
    finally:
        sessions = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
        process.wait()
        for session in sessions:
            if session.is_running():
                session.kill()
