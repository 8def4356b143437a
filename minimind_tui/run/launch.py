"""Starts and resumes runs: detached workers that outlive the screen which asked for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from minimind_tui import __version__
from minimind_tui.base.errors import Refusal
from minimind_tui.base.files import try_lock, write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.run import warm_start
from minimind_tui.run.checkpoint import checkpoint_of
from minimind_tui.run.ending import LOG, OUTPUT, STOP_FILE, append, ending, reserve_room
from minimind_tui.run.environment import run_environment
from minimind_tui.run.lock import LOCK, write_process
from minimind_tui.run.request import Request, encode_request, read_request
from minimind_tui.run.watch import RunView

LOCK_VARIABLE = "MINIMIND_TUI_LOCK"
ENDING_SECONDS = 2.0
"""How long a run that says how it ended may still hold its lock: its process has to go first."""
LOCK_PATIENCE_SECONDS = 0.2


def start(home: Home, request: Request) -> str:
    """Start a run of `request` in a session of its own; the run's id.

    The parent takes the run's lock and the worker inherits it, so that there is no moment at which a
    living run could be taken for a crashed one. Raises OSError where the folder cannot be written.
    """
    created = time.time()
    run_id, folder = _new_folder(home, request.experiment, created)
    try:
        lock = try_lock(folder / LOCK)
        assert lock is not None, "a new folder's lock is free"
        try:
            finished = msgspec.structs.replace(request, created=created, code_version=__version__)
            write_atomically(folder / "request.json", encode_request(finished))
            (folder / LOG).touch(mode=0o600)
            _start_worker(folder, lock)
        finally:
            os.close(lock)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return run_id


class OtherCourse(Refusal):
    """A run cannot be resumed, since it runs the code of another course than the one that is open."""


def resume(home: Home, run_id: str, course_root: Path) -> bool:
    """Resume an interrupted run of the course in `course_root`; False where it is running already or has no checkpoint.

    Of several callers at once, only one gets the run's lock. Raises OSError where the folder cannot be written, and
    OtherCourse where the run is not of that course: trust in one course says nothing of another one's code.
    """
    folder = home.runs / run_id
    request = read_request(folder)
    if request is not None and not is_of(request, course_root):
        raise OtherCourse(_other_course(run_id, request.course_root))
    over = ending(folder) is not None
    lock = try_lock(folder / LOCK, ENDING_SECONDS if over else LOCK_PATIENCE_SECONDS)
    if lock is None:
        return False
    try:
        view = RunView(home, run_id)
        view.poll()
        found = checkpoint_of(folder, view.summary)
        if found is None:
            return False
        (folder / STOP_FILE).unlink(missing_ok=True)
        append(folder, "resumed", arm=found.arm, step=found.step)
        _start_worker(folder, lock)
    finally:
        os.close(lock)
    return True


def is_of(request: Request, course_root: Path) -> bool:
    """Whether a run of `request` runs the code of the course in `course_root`."""
    return Path(request.course_root).resolve() == course_root.resolve()


def _other_course(run_id: str, root: str) -> Text:
    shown = inert(root)
    if not Path(root).is_dir():
        return Text(
            zh=f"{run_id} 接着跑要用 {shown} 里的课程，那里已经没有了。请从头再跑一次。",
            en=f"{run_id} needs the course in {shown} to go on, and it is no longer there. Start a new run instead.",
        )
    return Text(
        zh=f"{run_id} 是 {shown} 里那门课的。要接着跑，先打开那门课：minimind-tui --course {shown}",
        en=f"{run_id} is of the course in {shown}. To go on with it, open that course: minimind-tui --course {shown}",
    )


def _start_worker(folder: Path, lock: int) -> None:
    reserve_room(folder)
    os.ftruncate(lock, 0)
    server = warm_start.offered
    with (folder / OUTPUT).open("ab") as output:
        process = server.fork(folder, lock, output.fileno()) if server is not None else None
        if process is None:
            process = _new_process(folder, lock, output.fileno())
    write_process(lock, process)


def _new_process(folder: Path, lock: int, output: int) -> int:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "minimind_tui.run.worker", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        env={**run_environment(), LOCK_VARIABLE: str(lock)},
        pass_fds=(lock,),
        start_new_session=True,
    )
    # Somebody must take the exit status, or a zombie stays until the app leaves.
    threading.Thread(target=process.wait, name=f"wait-{folder.name}", daemon=True).start()
    return process.pid


def _new_folder(home: Home, experiment: str, created: float) -> tuple[str, Path]:
    home.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(created))
        run_id = f"{moment}-{experiment.rpartition('/')[2]}-{os.urandom(2).hex()}"
        folder = home.runs / run_id
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return run_id, folder
