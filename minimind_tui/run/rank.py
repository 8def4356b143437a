"""A rank of a run other than rank 0: `python -m minimind_tui.run.rank <course folder>`.

Its place is in the environment (RANK, and how to meet the others); what to compute it is told by rank 0. It records
into its own lane of the run's log; on a machine that does not see that log, into a run of its own.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.base.files import try_lock, write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.content.files import inside
from minimind_tui.run.checkpoint import Checkpoint, checkpoint_file
from minimind_tui.run.ending import cause_of
from minimind_tui.run.loading import load, reason
from minimind_tui.run.lock import LOCK
from minimind_tui.run.log_writer import Log, StopRequested
from minimind_tui.run.process import answer_stops, prepare_process
from minimind_tui.run.ranks import FAILED, MEETING_VARIABLE, STOPPED, Failure, Told, Turn, code_of, ranks_module
from minimind_tui.run.recorder import Recorder, Settings
from minimind_tui.run.request import Request, check_texts, encode_request, read_request
from minimind_tui.run.seeding import seed_all


def main(course: Path) -> int:
    """Compute what rank 0 says until it says the end; 0 then, 1 where this rank failed, 2 where it was stopped."""
    prepare_process()
    _end_with_parent()
    meeting = _meeting()
    try:
        _compute(meeting, course)
    except StopRequested:
        return STOPPED
    except BaseException as error:
        with suppress(OSError):  # on a full disk there is no room for it
            traceback.print_exc()
        with suppress(RuntimeError):  # rank 0 has gone, and the meeting with it
            _tell(meeting, error)
        return FAILED
    return 0


def _meeting() -> Any:
    meetings, file = ranks_module().Meeting, os.environ.get(MEETING_VARIABLE)
    return meetings.in_file(Path(file), int(os.environ["RANK"])) if file else meetings.by_launcher()


def _tell(meeting: Any, error: BaseException) -> None:
    """Say why this rank breaks, if none has said so before: the others then break because this one does."""
    if meeting.told("failed") is None:
        failure = Failure(meeting.number, reason(error), cause_of(error))
        meeting.tell("failed", msgspec.json.encode(failure).decode())


def _compute(meeting: Any, course: Path) -> None:
    """Record what rank 0 asks for, until it says the end."""
    told = msgspec.json.decode(meeting.ask("run"), type=Told)
    lane = Lane(told, meeting.number)
    try:
        answer_stops(lane.folder, lane.log)
        if told.code != code_of(course, told.request.experiment):
            raise ValueError(f"{course} on {platform.node()} is another version of the course than rank 0 has")
        _take_part(meeting, lane, course)
    except BaseException as error:
        stop = error if isinstance(error, StopRequested) else lane.log.stopping
        if stop is not None:
            lane.end("stopped", how=str(stop))
            raise stop from None
        lane.end("failed", reason=reason(error), cause=cause_of(error))
        raise
    lane.end("finished")
    meeting.arrive("end")


def _take_part(meeting: Any, lane: Lane, course: Path) -> None:
    """Compute each arm that this rank has a part in, until there are no more."""
    check_texts(lane.request, Home.of_run(lane.folder).corpora)
    module = load(inside(course, f"experiments/{lane.request.experiment}.py"), course)
    turns = 0
    while (turn := msgspec.json.decode(meeting.ask(f"turn {turns}"), type=Turn)).arm:
        name, turns = f"turn {turns}", turns + 1
        if meeting.number >= turn.processes:
            continue
        record = lane.begin(turn)
        with meeting.group(name, turn.processes):
            if turn.settings.get("device") == "cuda":
                ranks_module().use_own_device()
            seed_all(lane.request.seed)
            given = {name: loan.artifact() for name, loan in turn.given.items()}
            module.run(Settings({**turn.settings, **given}), record)
            lane.log.flush()


class Lane:
    """Where this rank records: a lane of rank 0's log, or a log of its own."""

    def __init__(self, told: Told, number: int) -> None:
        self.folder, self.request = Path(told.folder), told.request
        self._lock: int | None = None
        """Held by a run of its own, for as long as it goes on; None for a lane of rank 0's."""
        self._began = time.time()
        if read_request(self.folder) == self.request:
            self.log = Log(self.folder, number)
            return
        self.folder = _own_folder(self.folder, self.request, number)
        self._lock = try_lock(self.folder / LOCK)
        self.log = Log(self.folder)
        asked = self.request
        named = {"experiment": asked.experiment, "seed": asked.seed, "parameters": asked.parameters}
        self.log.event("started", **named, full=asked.full, pid=os.getpid())

    def begin(self, turn: Turn) -> Recorder:
        """The recorder of an arm."""
        if self._lock is not None:
            self.log.event("arm", arm=turn.arm, settings=turn.settings)
        return Recorder(self.log, turn.arm, _ReadCheckpoint(checkpoint_file(self.folder, turn.arm), self.log.flush))

    def end(self, kind: str, **fields: Any) -> None:
        """Write what is left, and in a log of its own how it ended."""
        with suppress(OSError):
            if self._lock is None:
                self.log.close()
            else:
                seconds = {"seconds": round(time.time() - self._began, 3)} if kind == "finished" else {}
                self.log.end(kind, **fields, **seconds)
                os.close(self._lock)


class _ReadCheckpoint(Checkpoint):
    """Rank 0's checkpoint as it is before the arm begins: the others go on from it too, and leave the writing to it.

    Rank 0 begins once all have met, and may have written a later one before a slow rank looks.
    """

    def __init__(self, file: Path, before: Callable[[], None]) -> None:
        super().__init__(file, before)
        self._step = super().step

    @property
    def step(self) -> int | None:
        """The step after which rank 0 goes on too; None where it starts from the beginning."""
        return self._step

    def due(self) -> bool:
        """Never: what rank 0 keeps is what all have."""
        return False

    def write(self, content: bytes) -> None:
        """Nothing is written."""

    def keep_model(self, step: int, content: bytes) -> None:
        """Nothing is written."""


def _own_folder(folder: Path, request: Request, number: int) -> Path:
    """A folder among this machine's runs, named after rank 0's; where it is, is said."""
    own = Home.from_environment().runs / f"{folder.name}-rank{number}"
    own.mkdir(parents=True, mode=0o700)
    write_atomically(own / "request.json", encode_request(request))
    said = Text(
        zh=f"rank {number}：这台机器看不到 {folder}，这个进程的记录写在 {own}",
        en=f"rank {number}: this machine does not see {folder}; what this process records lies in {own}",
    )
    print(said.of(request.language), file=sys.stderr)
    return own


def _end_with_parent() -> None:
    """Who started this rank ends it by ending: nobody else knows of it."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.25)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
