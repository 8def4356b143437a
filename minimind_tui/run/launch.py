"""Starting a worker that outlives the screen which asked for it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from minimind_tui import __version__
from minimind_tui.home import Home
from minimind_tui.run.files import try_lock, write_atomically
from minimind_tui.run.request import Request, encode_request

LOCK_VARIABLE = "MINIMIND_TUI_LOCK"


def start(home: Home, request: Request) -> str:
    """Start a run of `request` in a session of its own; the run's id.

    The parent takes the run's lock and the worker inherits it, so that there is no moment at which a
    living run could be taken for a crashed one. Raises OSError where the folder cannot be written.
    """
    created = time.time()
    run_id, folder = _new_folder(home, request.experiment, created)
    lock = try_lock(folder / "lock")
    assert lock is not None, "a new folder's lock is free"
    try:
        finished = msgspec.structs.replace(request, created=created, code_version=__version__)
        write_atomically(folder / "request.json", encode_request(finished))
        with (folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "minimind_tui.run.worker", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_environment(lock),
                pass_fds=(lock,),
                start_new_session=True,
            )
        os.pwrite(lock, f"{process.pid}\n".encode(), 0)
    finally:
        os.close(lock)
    # Somebody must take the exit status, or a zombie stays until the app leaves.
    threading.Thread(target=process.wait, name=f"wait-{run_id}", daemon=True).start()
    return run_id


def _new_folder(home: Home, experiment: str, created: float) -> tuple[str, Path]:
    home.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(created))
        run_id = f"{moment}-{experiment.rpartition('/')[2]}-{secrets.token_hex(2)}"
        folder = home.runs / run_id
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return run_id, folder


def _environment(lock: int) -> dict[str, str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        **os.environ,
        LOCK_VARIABLE: str(lock),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or str(cores),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
