"""Real workers: what they record, how they end, and who outlives whom."""

from __future__ import annotations

import math
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from minimind_tui.run.records import Matrix, Sample
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop
from minimind_tui.run.watch import RunView
from tests.run.code import BROKEN, ENDLESS
from tests.tiny import begin, home_in, seen, tiny_course, until

pytestmark = pytest.mark.usefixtures("cold")

SWALLOWS = (
    ENDLESS.replace("        step += 1", "        try:\n            step += 1")
    .replace("        time.sleep(0.01)", "            time.sleep(0.01)\n        except Exception:\n            pass")
    .replace("        record", "            record")
)
DEAF = "import signal\n" + ENDLESS.replace(
    "    step = 0", "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    step = 0"
)
LOSES_IT = """
import time
class Careless:
    def __del__(self):
        time.sleep(2)  # an exception raised in here is printed and dropped
def run(settings, record):
    record.metric(1, total=1)
    record.note("x", "x")
    careless = Careless()
    del careless
    for step in range(2, 100000):
        record.metric(step, total=1)
        time.sleep(0.01)
"""


def test_what_was_recorded_comes_back(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path), seed=7)
    assert seen(view) == "finished"
    summary = view.summary
    ones, twos = summary.arms["ones"], summary.arms["twos"]
    assert (summary.experiment, summary.seed, summary.arm_order) == ("small/count", 7, ["ones", "twos"])
    assert list(twos.metrics["total"].values) == [2, 4, 6, 8, 10]
    assert list(twos.metrics["total"].steps) == [1, 2, 3, 4, 5]
    low, nan, infinite = twos.layers["sizes"]
    assert (low, math.isnan(nan), infinite) == (1.0, True, math.inf)
    assert twos.all(Matrix)[0].rows == [[0.0, 1.0]]
    assert [(sample.prompt, sample.text) for sample in twos.all(Sample)] == [("given", "written")]
    assert twos.references == {"uniform": 3.0}
    assert twos.notes[0].of("zh") == "备注"
    assert [(claim.id, claim.verdict, claim.values["measure"]) for claim in summary.claims] == [("twice", "holds", 2.0)]
    assert twos.settings == {"steps": 5, "by": 2}
    assert list(ones.metrics["luck"].values) == list(twos.metrics["luck"].values), "both arms drew the same numbers"
    assert summary.unreadable == 0
    assert [info.state for info in list_runs(home)] == ["finished"]


def test_what_it_writes_is_the_learners_alone(tmp_path: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path))
    seen(view)
    assert stat.S_IMODE(view.folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in view.folder.iterdir()}
    assert modes["events.jsonl"] == modes["request.json"] == modes["lock"] == 0


def test_a_broken_experiment_says_where(tmp_path: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, BROKEN))
    assert seen(view) == "failed"
    assert "no such thing" in view.summary.reason
    assert "count.py:5" in view.summary.reason
    assert any("before the fall" in line for line in view.summary.log_tail)
    assert view.summary.arms["ones"].metrics["total"].last == 1, "what was recorded before is kept"


def test_a_killed_worker_is_seen_as_crashed_by_everybody(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    seen(view, "running")
    until(lambda: view.poll() and bool(view.summary.arms.get("ones")), "a first step")
    os.kill(view.summary.pid, signal.SIGKILL)
    assert seen(view) == "crashed"
    assert [info.state for info in list_runs(home)] == ["crashed"]
    again = RunView(home, view.run_id)
    again.poll()
    assert again.state == "crashed"


@pytest.mark.parametrize(
    ("code", "how"), [(ENDLESS, "asked"), (SWALLOWS, "asked"), (DEAF, "killed"), (LOSES_IT, "asked")]
)
def test_stopping(tmp_path: Path, code: str, how: str) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, code))
    until(lambda: view.poll() and any(a.metrics for a in view.summary.arms.values()), "a first step")
    pid = view.summary.pid
    assert stop(home, view.run_id, grace=3.0)
    assert seen(view) == "stopped"
    assert view.summary.reason == how
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert not stop(home, view.run_id), "a second time there is nothing to stop"


def test_a_signal_from_outside_ends_it_in_order(tmp_path: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, ENDLESS))
    until(lambda: view.poll() and bool(view.summary.arms), "a first arm")
    os.kill(view.summary.pid, signal.SIGTERM)
    assert seen(view) == "stopped"
    assert view.summary.reason == "terminated"


def test_a_run_outlives_the_process_that_began_it(tmp_path: Path) -> None:
    home, course = home_in(tmp_path), tiny_course(tmp_path, ENDLESS)
    code = (
        "from pathlib import Path; from tests.tiny import *\n"
        f"view = begin(home_in(Path({str(tmp_path)!r})), Path({str(course)!r}))\n"
        "seen(view, 'running'); print(view.run_id)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    view = RunView(home, done.stdout.strip())
    view.poll()
    assert view.state == "running"
    assert os.getsid(view.summary.pid) != os.getsid(0), "a session of its own"
    assert stop(home, view.run_id)


def test_one_slot_and_two_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "1")
    home, course = home_in(tmp_path), tiny_course(tmp_path, ENDLESS)
    first = begin(home, course)
    until(lambda: first.poll() and bool(first.summary.arms), "the first to begin")
    second, third = begin(home, course), begin(home, course)
    until(lambda: len(list(home.queue.iterdir())) == 2, "two in the queue")
    assert [seen(view, "waiting") for view in (second, third)] == ["waiting", "waiting"]
    assert stop(home, second.run_id), "a waiting run can be stopped"
    assert seen(second) == "stopped"
    assert third.summary.started_at is None
    stop(home, first.run_id)
    assert seen(third, "running") == "running"
    stop(home, third.run_id)
