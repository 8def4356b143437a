"""Who makes an artifact that is not there: one ordinary run, however many ask for it.

Whoever comes first starts it, or lets one go on that was interrupted; all others find it and wait. A run says in its
request which artifact it makes, and its lock says whether it lives, so that nobody else has to keep book.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.run.artifacts import Shelf
from minimind_tui.run.checkpoint import checkpoint_of
from minimind_tui.run.launch import OtherCourse, resume, start
from minimind_tui.run.lock import LOCK
from minimind_tui.run.request import CannotBegin, Request, read_request
from minimind_tui.run.states import ACTIVE, ENDINGS
from minimind_tui.run.watch import RunView

POLL_SECONDS = 0.1


def join_or_start(home: Home, request: Request, started: Callable[[str], None]) -> str | None:
    """The run that makes what `request` asks for; None where it has been made meanwhile.

    `started` is told of it where it had to be started or resumed. Raises OSError where it cannot be.
    """
    shelf = Shelf(home.artifacts)
    with shelf.deciding():
        there = shelf.take(request.key)
        if there is not None:
            os.close(there[1])
            return None
        shelf.disown(request.key)
        views = list(_makers(home, request))
        for view in views:
            if view.state in ACTIVE:
                return view.run_id
        for view in views:
            if checkpoint_of(view.folder, view.summary) is not None and _resumed(home, view.run_id, request):
                started(view.run_id)
                return view.run_id
        run_id = start(home, request)
        started(run_id)
        return run_id


def _resumed(home: Home, run_id: str, request: Request) -> bool:
    """Let it go on. One that has ended a moment ago holds its lock still: it is waited for."""
    try:
        while not resume(home, run_id, Path(request.course_root)):
            if not is_locked(home.runs / run_id / LOCK):
                return False
    except OtherCourse:
        return False
    return True


def _makers(home: Home, request: Request) -> Iterator[RunView]:
    """The runs that make it or have begun to, the newest first."""
    named = request.experiment.rpartition("/")[2]
    for folder in sorted(home.runs.glob(f"*-{named}-*"), reverse=True):
        asked = read_request(folder)
        if asked is not None and asked.key == request.key:
            view = RunView(home, folder.name)
            view.poll()
            yield view


def wait_for(home: Home, run_id: str, key: str) -> None:
    """Return as soon as the artifact is there. Raises CannotBegin where the run ends without having made it."""
    shelf, view = Shelf(home.artifacts), RunView(home, run_id)
    while shelf.look(key) is None:
        view.poll()
        if view.state in ENDINGS:
            if shelf.look(key) is None:
                raise CannotBegin("base", _why(view))
            return
        time.sleep(POLL_SECONDS)


def _why(view: RunView) -> str:
    """How the run ended, and the command by which it goes on."""
    way_on = f"minimind-tui run {view.summary.experiment}"
    if checkpoint_of(view.folder, view.summary) is not None:
        way_on = f"minimind-tui resume {view.run_id}"
    reason = f" ({view.summary.reason})" if view.state not in ("finished", "stopped") and view.summary.reason else ""
    return f"{view.run_id}: {view.state}{reason}; {way_on}"
