"""A course of one module, made in a folder: experiments without torch, so that a run takes no time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.content.tables import Value
from minimind_tui.run.launch import resume, start
from minimind_tui.run.request import Request, read_request
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from tests.budget import DEADLINE

COURSE = """
format = 1
title = { zh = "小课", en = "Tiny" }
[[tiers]]
id = "only"
title = { zh = "唯一", en = "Only" }
goal = { zh = "试试", en = "A trial" }
[[modules]]
id = "small"
number = 1
tier = "only"
title = { zh = "小模块", en = "Small module" }
question = { zh = "行吗？", en = "Does it work?" }
hours = 0.5
state = "ready"
experiments = ["count"]
[[paths]]
id = "quick-start"
title = { zh = "小路", en = "Small path" }
goal = { zh = "走一走", en = "A walk" }
hours = 0.5
state = "ready"
steps = [
  { kind = "lesson", ref = "small/start" },
  { kind = "experiment", ref = "small/count" },
]
"""

MODULE = """
format = 1
[[lessons]]
id = "start"
title = { zh = "开始", en = "Start here" }
minutes = 1
"""

SPEC = """
format = 1
id = "small/count"
title = { zh = "数数", en = "Counting" }
question = { zh = "数得对吗？", en = "Does it count?" }
fairness = { zh = "都一样", en = "All alike" }
factor = { name = "by", label = { zh = "每次加几", en = "added at each step" } }
seconds = 1
arms = [
  { id = "ones", label = { zh = "加一", en = "ones" }, set = { by = 1 } },
  { id = "twos", label = { zh = "加二", en = "twos" }, set = { by = 2 } },
]
[[plots]]
id = "total"
kind = "line"
metric = "total"
title = { zh = "总数", en = "total" }
[[parameters]]
name = "steps"
kind = "int"
label = { zh = "步数", en = "steps" }
default = 5
minimum = 1
maximum = 100000000
full = 50
[[claims]]
id = "twice"
text = { zh = "两倍：{measure:.1f}", en = "twice: {measure:.1f}" }
measure = "twos.total / ones.total"
holds_above = 1.9
holds_below = 2.1
"""

CODE = """
import random
def run(settings, record):
    record.plan(settings.steps)
    total = 0
    for step in range(1, settings.steps + 1):
        total += settings.by
        record.metric(step, total=total, luck=random.random())
    record.layer("sizes", [1.0, float("nan"), float("inf")])
    record.matrix("grid", [[0.0, 1.0]], row_labels=["r"], column_labels=["a", "b"])
    record.sample("written", prompt="given")
    record.reference("uniform", 3.0)
    record.note("备注", "a note")
"""

LESSON = "# {title}\n\n{{{{small/count: twos.total | .0f}}}} $x^2$\n\n## {more}\n\nn\n"


def tiny_course(root: Path, code: str = CODE) -> Path:
    """The course in `root`, its one experiment running `code`."""
    for folder in ("lessons/small", "experiments/small"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "lessons/course.toml").write_text(COURSE, encoding="utf-8")
    (root / "lessons/small/module.toml").write_text(MODULE, encoding="utf-8")
    for name in ("start", "count"):
        (root / f"lessons/small/{name}.zh.md").write_text(LESSON.format(title="标题", more="还有"), encoding="utf-8")
        (root / f"lessons/small/{name}.en.md").write_text(LESSON.format(title="Title", more="More"), encoding="utf-8")
    (root / "experiments/small/count.toml").write_text(SPEC, encoding="utf-8")
    (root / "experiments/small/count.py").write_text(code, encoding="utf-8")
    (root / "experiments/small/count.reference.json").write_text(
        '{"format": 1, "experiment": "small/count", "seed": 1, "parameters": {},'
        ' "arms": {"twos": {"metrics": {"total": 10.0}}}}',
        encoding="utf-8",
    )
    return root


def home_in(folder: Path) -> Home:
    """A home of its own."""
    return Home(folder / "data", folder / "cache", folder / "config")


def begin(home: Home, course: Path, *, seed: int = 1, **parameters: Value) -> RunView:
    """Start the tiny experiment."""
    request = Request(
        experiment="small/count", course_root=str(course), parameters={"steps": 5, **parameters}, seed=seed
    )
    return RunView(home, start(home, request))


def until(condition: Callable[[], bool], what: str, deadline: float = DEADLINE) -> None:
    """Wait for a condition."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, f"never came about: {what}"
        time.sleep(0.02)


def seen(view: RunView, *states: str) -> str:
    """Follow a run until it is in one of `states` (by default: until it has ended)."""

    def there() -> bool:
        view.poll()
        return view.state in (states or ENDINGS)

    until(there, f"{view.run_id} in {states or ENDINGS}, not {view.state}: {view.summary.reason}")
    return view.state


def resumed(home: Home, run_id: str) -> bool:
    """Let the run go on, with its own course open."""
    request = read_request(home.runs / run_id)
    assert request is not None
    return resume(home, run_id, Path(request.course_root))
