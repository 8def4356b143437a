"""A stop reaches what has left the worker's process group: ranks of torch.distributed that ignore all but SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from minimind_tui.base.home import Home
from minimind_tui.run.descendants import adopt_orphans
from minimind_tui.run.lock import processes
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import delete, stop
from minimind_tui.run.watch import RunView
from tests.run.code import exceeds
from tests.run.marked import MARK, marked
from tests.tiny import begin, home_in, seen, tiny_course, until
from tests.ui.seeing import see, tiny_app
from tests.ui.seeing import until as until_shown

pytestmark = pytest.mark.usefixtures("cold")

LAUNCHES = """
import os, subprocess, sys, time
from pathlib import Path
def run(settings, record):
    record.metric(1, total=1)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.Popen([*launch, "{rank}"], env={{**os.environ, "OMP_NUM_THREADS": "1"}})
    while not all(Path("{folder}", number).exists() for number in "01"):
        time.sleep(0.01)
    record.note("两个", "two ranks")
    {then}
"""
RANK = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
open(os.path.join(os.path.dirname(__file__), os.environ["RANK"]), "w").close()
while True:
    time.sleep(1)
"""
FOR_EVER = "while True: time.sleep(0.05)"


class Ranks:
    """A course whose experiment launches two deaf ranks, and the processes that carry its mark."""

    def __init__(self, folder: Path, then: str = FOR_EVER) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "rank.py").write_text(RANK, encoding="utf-8")
        self.code = LAUNCHES.format(rank=folder / "rank.py", folder=folder, then=then)
        self.course = tiny_course(folder / "course", self.code)

    def began(self) -> bool:
        """Whether both ranks have begun, each in a session of its own, out of reach of signals to the worker."""
        if not all((self.folder / number).exists() for number in "01"):
            return False
        sessions = [os.getsid(process.pid) for process in self.alive() if "rank.py" in process.cmdline()[-1]]
        assert len(set(sessions)) >= 2
        return True

    def alive(self) -> list[psutil.Process]:
        """Its processes, zombies apart, that are not the test's own."""
        return marked(str(self.folder))

    def gone(self) -> None:
        """No process is left."""
        until(lambda: not self.alive(), "no process", 20.0)


@pytest.fixture
def ranks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ranks]:
    monkeypatch.setenv(MARK, str(tmp_path / "ranks"))
    return lambda then=FOR_EVER: Ranks(tmp_path / "ranks", then)


def running(tmp_path: Path, launched: Ranks) -> RunView:
    """A run whose ranks have begun."""
    view = begin(home_in(tmp_path), launched.course)
    until(lambda: launched.began() or bool(view.poll() and view.state not in ("running", "waiting")), "two ranks")
    assert len(launched.alive()) >= 5, "the process over the worker, the worker, the launcher, the ranks"
    return view


def kill_worker(view: RunView) -> None:
    """As a learner or another program might."""
    _, worker = processes(view.folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)


def kill_both(view: RunView) -> None:
    """First the process over the worker, which nobody then does the work of; then the run is stopped."""
    over, _ = processes(view.folder)
    assert over is not None
    os.kill(over, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(over) or psutil.Process(over).status() == psutil.STATUS_ZOMBIE, "its end")
    stop(home_of(view), view.run_id)


def home_of(view: RunView) -> Home:
    """The home that the run's folder lies in."""
    return home_in(view.folder.parents[2])


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda view: stop(home_of(view), view.run_id), "stopped"),
        (lambda view: delete(home_of(view), view.run_id), "crashed"),
        (kill_worker, "crashed"),
        (kill_both, "stopped"),
    ],
    ids=["stopped", "deleted", "killed", "killed with the process over it"],
)
def test_deaf_ranks_end_with_the_run(
    tmp_path: Path, ranks: Callable[..., Ranks], end: Callable[[RunView], object], state: str
) -> None:
    launched = ranks()
    view = running(tmp_path, launched)
    end(view)
    assert seen(view) == state
    launched.gone()
    assert seen(begin(home_in(tmp_path), tiny_course(tmp_path / "short"))) == "finished", "the slot is free"


@pytest.mark.parametrize(
    ("then", "state"), [("return", "finished"), ("raise ValueError('no')", "failed")], ids=["finished", "failed"]
)
def test_deaf_ranks_do_not_outlive_an_experiment(
    tmp_path: Path, ranks: Callable[..., Ranks], then: str, state: str
) -> None:
    launched = ranks(then)
    view = begin(home_in(tmp_path), launched.course)
    assert seen(view) == state
    launched.gone()


def test_deaf_ranks_end_where_linux_ends_the_worker_for_memory(
    tmp_path: Path, ranks: Callable[..., Ranks], little_memory: Path
) -> None:
    launched = ranks(exceeds(little_memory))
    view = begin(home_in(tmp_path), launched.course)
    assert seen(view) == "crashed"
    assert view.summary.cause == "memory"
    launched.gone()


def test_deaf_ranks_end_at_ctrl_c(tmp_path: Path, ranks: Callable[..., Ranks]) -> None:
    launched = ranks()
    arguments = ["--course", str(launched.course), "--trust", "run", "small/count"]
    command = [sys.executable, "-m", "minimind_tui", *arguments]
    with subprocess.Popen(
        command, env={**os.environ, "MINIMIND_TUI_HOME": str(tmp_path)}, start_new_session=True
    ) as process:
        until(launched.began, "two ranks")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    launched.gone()


async def test_deaf_ranks_end_at_the_key(tmp_path: Path, ranks: Callable[..., Ranks]) -> None:
    launched = ranks()
    app = tiny_app(tmp_path, launched.code)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await until_shown(pilot, launched.began, "two ranks")
        await pilot.press("s")
        await see(pilot, "■ stopped")
    launched.gone()
    assert [run.state for run in list_runs(app.home)] == ["stopped"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_orphans_are_adopted() -> None:
    """In a process of its own, for it cannot be undone but by `prctl`."""
    code = f"import os, sys\nfrom {adopt_orphans.__module__} import adopt_orphans\nassert adopt_orphans()\n" + (
        "read, write = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        import time; time.sleep(60)\n"
        "    os.write(write, str(child).encode()); os._exit(0)\n"
        "os.wait(); child = int(os.read(read, 20))\n"
        "os.kill(child, 9)\n"
        "assert os.waitpid(child, 0)[0] == child\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
