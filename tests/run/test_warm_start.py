"""A run that is forked from a process which has loaded PyTorch is a run like any other, and does not need it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from minimind_tui.base.home import Home
from minimind_tui.run import forkable, warm_start
from minimind_tui.run.lock import processes
from minimind_tui.run.stop import delete, stop
from minimind_tui.run.warm_start import ForkServer
from minimind_tui.run.watch import RunView
from tests.run.code import ENDLESS
from tests.run.surroundings import TELLS
from tests.tiny import begin, home_in, seen, tiny_course, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many threads a process has")

WAITS = """
import time
from pathlib import Path
def run(settings, record):
    record.metric(1, total=settings.by)
    record.note("x", "x")
    while not Path("{word}").exists():
        time.sleep(0.02)
"""
OWNER = """
import sys
from pathlib import Path
from minimind_tui.run import warm_start
from tests.tiny import begin, home_in, until
warm_start.offer()
if {runs}:
    until(warm_start.offered.is_ready, "a fork server")
    print(begin(home_in(Path({home!r})), Path({course!r})).run_id)
print(warm_start.offered.pid, flush=True)
sys.stdin.read()
"""
STARTS_A_THREAD = "import threading, time; threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()"
RUNS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server for these tests alone: others may have changed the environment since theirs began."""
    made = ForkServer()
    yield made
    made.close()


@pytest.fixture
def warm(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> ForkServer:
    """The fork server of these tests, which has loaded, and is offered."""
    monkeypatch.setattr(warm_start, "offered", server)
    server.begin()
    until(server.is_ready, "a fork server that has loaded")
    return server


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], ForkServer]]:
    """Offer one that only this test has, begun but not awaited."""
    made: list[ForkServer] = []

    def make() -> ForkServer:
        made.append(ForkServer())
        monkeypatch.setattr(warm_start, "offered", made[-1])
        made[-1].begin()
        return made[-1]

    yield make
    for server in made:
        server.close()


def parent(view: RunView) -> int:
    """The process that has started the process over the run's worker."""
    over, _ = processes(view.folder)
    assert over is not None
    return psutil.Process(over).ppid()


def stepped(view: RunView) -> bool:
    """Whether a run has taken a step."""
    view.poll()
    return any(arm.metrics for arm in view.summary.arms.values())


def told(view: RunView) -> tuple[dict[str, Any], list[dict[str, list[float]]]]:
    """What a run has found around itself, and all its values."""
    assert seen(view) == "finished", view.summary.log_tail
    arms = view.summary.arms.values()
    values = [{name: list(series.values) for name, series in arm.metrics.items()} for arm in arms]
    return json.loads(view.summary.arms["ones"].notes[0].en), values


def test_it_finds_and_computes_what_a_run_in_a_new_process_does(
    tmp_path: Path, warm: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))  # set after the fork server began
    home, course = home_in(tmp_path), tiny_course(tmp_path / "course", TELLS)
    found, values = told(begin(home, course, steps=20))
    monkeypatch.setattr(warm_start, "offered", None)
    found_cold, values_cold = told(begin(home, course, steps=20))
    assert found == found_cold
    assert found["environment"]["MINIMIND_TUI_HOME"] == str(tmp_path)
    assert values == values_cold, "to the bit"


def test_it_is_forked(tmp_path: Path, warm: ForkServer) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: stepped(view), "a first step")
    assert parent(view) == warm.pid
    stop(home, view.run_id)


def test_variables_that_a_library_has_read_by_then_make_it_a_new_process(
    tmp_path: Path, warm: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: stepped(view), "a first step")
    assert parent(view) == os.getpid()
    stop(home, view.run_id)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda home, view: stop(home, view.run_id), "stopped"),
        (lambda home, view: delete(home, view.run_id), "crashed"),
        (lambda home, view: os.kill(view.summary.pid, signal.SIGKILL), "crashed"),
    ],
    ids=["stopped", "deleted", "killed"],
)
def test_it_ends_with_all_that_it_has_started(
    tmp_path: Path, warm: ForkServer, end: Callable[[Home, RunView], object], state: str
) -> None:
    home = home_in(tmp_path)
    leaves = "import subprocess\n" + ENDLESS.replace(
        "    step = 0",
        '    record.note("x", str(subprocess.Popen(["sleep", "3600"], start_new_session=True).pid))\n    step = 0',
    )
    view = begin(home, tiny_course(tmp_path, leaves))
    until(lambda: stepped(view), "a first step")
    started = psutil.Process(int(view.summary.arms["ones"].notes[0].en))
    end(home, view)
    assert seen(view) == state
    until(lambda: not started.is_running(), "the end of what it has started")


def test_it_ends_where_the_process_over_it_is_gone(tmp_path: Path, warm: ForkServer) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: stepped(view), "a first step")
    over, _ = processes(view.folder)
    assert over is not None
    os.kill(over, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(over), "its end: nobody need take its exit status")
    assert stop(home, view.run_id)
    assert seen(view) == "stopped"


def test_many_runs_leave_nothing_in_the_process_they_are_forked_from(tmp_path: Path, warm: ForkServer) -> None:
    home, course = home_in(tmp_path), tiny_course(tmp_path)
    assert seen(begin(home, course, steps=1)) == "finished"
    server = psutil.Process(warm.pid)
    descriptors, memory = server.num_fds(), server.memory_info().rss
    for _ in range(RUNS):
        assert seen(begin(home, course, steps=1)) == "finished"
    until(lambda: not server.children(), "no process and no zombie")
    assert server.num_fds() == descriptors
    assert server.memory_info().rss - memory < 10 * 2**20
    assert warm.pid == server.pid, "the same process all the time"


@pytest.mark.parametrize("runs", [True, False], ids=["waits", "is still loading"])
def test_where_its_owner_is_killed_it_ends_and_a_run_goes_on(tmp_path: Path, runs: bool) -> None:
    word = tmp_path / "word"
    course = tiny_course(tmp_path, WAITS.format(word=word))
    code = OWNER.format(runs=runs, home=str(tmp_path), course=str(course))
    root = Path(__file__).parents[2]
    line = [sys.executable, "-c", code]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as owner:
        assert owner.stdout is not None
        view = RunView(home_in(tmp_path), owner.stdout.readline().strip()) if runs else None
        server = psutil.Process(int(owner.stdout.readline()))
        if view is not None:
            until(lambda: stepped(view), "a first step")
            assert parent(view) == server.pid
        owner.kill()
    until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, "its end")
    word.touch()
    if view is not None:
        assert seen(view) == "finished"
        assert [arm.metrics["total"].last for arm in view.summary.arms.values()] == [1, 2]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["is killed", "is stuck"])
def test_where_it_does_not_answer_the_run_is_started_without_it(
    tmp_path: Path, another: Callable[[], ForkServer], monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    server = another()
    until(server.is_ready, "a fork server")
    first = server.pid
    assert first is not None
    monkeypatch.setattr(warm_start, "PATIENCE", 0.2)
    os.kill(first, how)
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: stepped(view), "a first step")
    assert parent(view) == os.getpid()
    assert not psutil.pid_exists(first), "nothing of it can begin this run a second time"
    assert server.pid not in (None, first), "another one loads"
    stop(home, view.run_id)


def test_while_it_is_loading_runs_are_started_without_it(tmp_path: Path, another: Callable[[], ForkServer]) -> None:
    server = another()
    assert seen(begin(home_in(tmp_path), tiny_course(tmp_path))) == "finished"
    assert not server.reason


def test_a_process_with_a_thread_is_not_forked(
    tmp_path: Path, another: Callable[[], ForkServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(STARTS_A_THREAD, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])))
    server = another()
    until(lambda: server.is_ready() or bool(server.reason), "its answer")
    assert "2 threads" in server.reason
    assert server.pid is None
    assert seen(begin(home_in(tmp_path), tiny_course(tmp_path))) == "finished"
    assert server.pid is None, "a second one would do no better"


def test_a_process_with_an_open_device_is_not_forked() -> None:
    code = f"from {forkable.__name__} import unfit\nprint(unfit())\ndevice = open('/dev/zero')\nprint(unfit())"
    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    before, after = done.stdout.splitlines()
    assert before == ""
    assert "/dev/zero" in after


def test_code_of_ours_that_has_changed_is_noticed() -> None:
    known = forkable.own_files()
    assert forkable.outdated(known) == ""
    known[forkable.__file__] = (0, 0)
    assert "forkable.py has changed" in forkable.outdated(known)
