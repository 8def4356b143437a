"""The other ranks of a run, as its worker leads them: the worker is rank 0.

They are children of the worker in its process group, so that whatever ends it ends them, or processes that a launcher
has started, on this machine and others. Both read what to compute from a `Meeting` (`nn/ranks.py`) and run the same
code (`run/rank.py`). A rank that fails ends the run with its reason; those that wait for it are killed.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from minimind_tui import __version__
from minimind_tui.content.files import inside
from minimind_tui.content.schema import MOST_PROCESSES, Experiment
from minimind_tui.content.tables import Value
from minimind_tui.run.artifacts import About, Artifact
from minimind_tui.run.cores import threads_of_a_rank
from minimind_tui.run.exits import MemoryKills, reason_of
from minimind_tui.run.launched import Place, place_of
from minimind_tui.run.log_writer import Log, StopRequested
from minimind_tui.run.request import Request, processes_of

MEETING = "ranks"
"""The file in a run's folder in which ranks of one machine meet."""

MEETING_VARIABLE = "MINIMIND_TUI_MEETING"
"""Its path, for a rank that the worker starts; one that a launcher has started meets by the launcher's variables."""

FAILED, STOPPED = 1, 2
"""The exit status of a rank that has said why it breaks, and of one that was asked to stop."""

POLL_SECONDS = 0.05

GRACE_SECONDS = 3.0
"""How long rank 0 may go on after another has failed; then the run is ended without it."""

PATIENCE = 2.0
"""How long an error of rank 0 waits for another's: it may be that the connection to that one broke."""


class Told(msgspec.Struct):
    """What each rank is told first: the run, and where rank 0 records it."""

    folder: str
    request: Request
    code: str
    """The `code_of` rank 0: on another machine there may be another version."""


class Loan(msgspec.Struct):
    """An artifact that rank 0 has taken, for ranks on the same machine."""

    name: str
    path: str
    about: About

    @classmethod
    def of(cls, artifact: Artifact) -> Loan:
        """The loan of an artifact."""
        return cls(artifact.name, str(artifact.path), artifact.about)

    def artifact(self) -> Artifact:
        """The artifact again."""
        return Artifact(self.name, Path(self.path), self.about)


class Turn(msgspec.Struct):
    """What each rank is told next, again and again: the arm to compute, by how many. No arm is the end."""

    arm: str = ""
    settings: dict[str, Value] = {}
    processes: int = 0
    given: dict[str, Loan] = {}
    """The models and tokenizers that parameters name."""


class Failure(msgspec.Struct):
    """What a rank leaves at the meeting when it breaks."""

    rank: int
    reason: str
    cause: str


class RankFailed(StopRequested):
    """Another rank has ended before its time; `kind` is that of the run's ending, `failed` or `crashed`."""

    def __init__(self, kind: str, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.kind, self.cause = kind, cause


def ranks_module() -> Any:
    """`nn/ranks.py`. Loads PyTorch: in a process that runs an experiment only."""
    return importlib.import_module("minimind_tui.nn.ranks")


def code_of(course: Path, experiment: str) -> str:
    """What a rank computes with, as one short number: this program's version, the experiment's code and its spec."""
    source = inside(course, f"experiments/{experiment}.py")
    files = source.read_bytes() + source.with_suffix(".toml").read_bytes()
    return hashlib.sha256(__version__.encode() + files).hexdigest()


def team_of(
    folder: Path, request: Request, experiment: Experiment, log: Log, give_up: Callable[[RankFailed], None]
) -> Team | None:
    """The ranks of a run, which are not there yet; None of an experiment that is written for one process.

    `give_up` says how the run ended, where rank 0 cannot do so any more. Raises ValueError where an arm wants more
    processes than there can be.
    """
    if not experiment.is_distributed:
        return None
    place = place_of(os.environ) if request.processes is not None else None
    wanted = [processes_of(experiment, request, arm) for arm in experiment.arms]
    most = place.size if place else MOST_PROCESSES
    if not all(1 <= each <= most for each in wanted):
        raise ValueError(f"an arm wants {max(wanted)} processes; there may be 1 to {most}")
    size = place.size if place else max(wanted)
    return Team(folder, request, size, place, log, give_up)


class Team:
    """The ranks of a run; entered, they are there, and left, they are gone."""

    def __init__(
        self,
        folder: Path,
        request: Request,
        size: int,
        place: Place | None,
        log: Log,
        give_up: Callable[[RankFailed], None],
    ) -> None:
        """`place` is where a launcher has put rank 0; None where the others are to be started here."""
        self._folder, self._request, self._size, self._place = folder, request, size, place
        self._log, self._give_up = log, give_up
        self._meeting: Any = None
        self._turns = 0
        self._others: dict[int, subprocess.Popen[bytes]] = {}
        self._dismissed = False
        self._over, self._noticed = threading.Event(), threading.Event()
        self._kills = MemoryKills()
        self._watcher = threading.Thread(target=self._watch, name="ranks", daemon=True)

    @property
    def size_here(self) -> int:
        """How many of the ranks compute on this machine."""
        return self._place.local_size if self._place else self._size

    def share_threads(self, slots: int) -> None:
        """Share the threads of so many slots out among the ranks; a launcher has done so already for those it started.

        OpenMP reads the variable when PyTorch is loaded: later is too late.
        """
        if self._place is None:
            share = os.environ.get("OMP_NUM_THREADS", "")
            os.environ["OMP_NUM_THREADS"] = threads_of_a_rank(share, slots, self._size)

    def __enter__(self) -> Team:
        if self._place is None:
            self._start_others()
        if self._size > 1:
            self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the others: they have no more to do, or no more to wait for."""
        self._over.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for process in self._others.values():
            process.kill()
        for process in self._others.values():
            with suppress(subprocess.TimeoutExpired):  # it waits for a device: the process over the worker names it
                process.wait(GRACE_SECONDS)
        self._meeting = None
        (self._folder / MEETING).unlink(missing_ok=True)

    @contextmanager
    def lead(self, turn: Turn) -> Iterator[None]:
        """The group in which an arm is computed. Raises RankFailed where another rank does not see it through."""
        if self._meeting is None:
            self._open()
        name = f"turn {self._turns}"
        self._turns += 1
        self._meeting.tell(name, msgspec.json.encode(turn).decode())
        try:
            with self._meeting.group(name, turn.processes):
                yield
        except RuntimeError:
            self._noticed.wait(PATIENCE)  # RankFailed is raised here, if that is what it was
            raise

    def dismiss(self) -> None:
        """Nothing is left to compute; returns when every rank knows it."""
        if self._meeting is None:
            self._open()
        self._dismissed = True
        self._meeting.tell(f"turn {self._turns}", msgspec.json.encode(Turn()).decode())
        self._meeting.gather("end", self._size)

    def _open(self) -> None:
        meetings = ranks_module().Meeting
        meeting = meetings.by_launcher() if self._place else meetings.in_file(self._folder / MEETING, 0)
        course = Path(self._request.course_root)
        told = Told(str(self._folder), self._request, code_of(course, self._request.experiment))
        meeting.tell("run", msgspec.json.encode(told).decode())
        self._meeting = meeting

    def _start_others(self) -> None:
        """Start ranks 1 and up on this machine; the variables of rank 0 are set beside theirs."""
        meeting = self._folder / MEETING
        meeting.unlink(missing_ok=True)  # of an earlier worker of this run
        size = str(self._size)
        os.environ |= {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
        os.environ.setdefault("GLOO_SOCKET_IFNAME", _loopback())
        command = [sys.executable, "-P", "-m", "minimind_tui.run.rank", self._request.course_root]
        for rank in range(1, self._size):
            own = {MEETING_VARIABLE: str(meeting), "RANK": str(rank), "LOCAL_RANK": str(rank)}
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={**os.environ, **own})
            self._others[rank] = process

    def _watch(self) -> None:
        """Until the end: where a rank has ended before it, end the others, and this one."""
        while not self._over.wait(POLL_SECONDS):
            try:
                found = self._ended_early()
            except RuntimeError as error:  # a launcher keeps the meeting for those it starts
                why = str(error).partition("\n")[0]
                found = RankFailed("crashed", f"the ranks no longer meet: the launcher has ended ({why})", "exit")
            if found is not None:
                self._end(found)
                return

    def _end(self, found: StopRequested) -> None:
        if isinstance(found, RankFailed):
            self._log.stopping = self._log.stopping or found
        for process in self._others.values():
            process.kill()  # they would wait for it
        os.kill(os.getpid(), signal.SIGTERM)
        self._noticed.set()
        if not self._over.wait(GRACE_SECONDS) and isinstance(found, RankFailed):
            self._give_up(found)
            os._exit(1)

    def _ended_early(self) -> StopRequested | None:
        """Why a rank is no longer there, or soon will not be; None while all are."""
        ended = {rank: code for rank, process in self._others.items() if (code := process.poll()) is not None}
        if self._dismissed:
            ended = {rank: code for rank, code in ended.items() if code != 0}
        if self._meeting is not None and (told := self._meeting.told("failed")):
            failure = msgspec.json.decode(told, type=Failure)
            return RankFailed("failed", f"rank {failure.rank}: {failure.reason}", failure.cause)
        for rank, code in ended.items():
            if code in (STOPPED, -signal.SIGTERM):
                return StopRequested("terminated")
            if code != FAILED or self._meeting is not None:  # who fails says why, at a meeting that may not be open yet
                reason, cause = reason_of(code, for_memory=self._kills.any_since())
                return RankFailed("crashed", f"rank {rank}: {reason}", cause)
        return None


def _loopback() -> str:
    """The interface of 127.0.0.1: ranks of one machine talk over it, and nobody else can reach them there."""
    addresses = psutil.net_if_addrs()
    local = (socket.AF_INET, "127.0.0.1")
    return next(
        (name for name, found in addresses.items() if local in [(each.family, each.address) for each in found]), "lo"
    )
