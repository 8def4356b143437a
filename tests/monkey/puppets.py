"""The course itself, all its texts and plots, with experiments that only pretend: a run takes a second, not a core.

And a learner who has been through it, so that a monkey finds every screen: runs to compare and to write with.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.store import Progress
from minimind_tui.run.launch import start
from minimind_tui.run.request import Request
from minimind_tui.run.watch import RunView
from tests.tiny import home_in, seen

CODE = """
import time
import tomllib
from pathlib import Path


def run(settings, record):
    plots = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["plots"]
    record.plan(STEPS)
    for step in range(1, STEPS + 1):
        for plot in plots:
            for name in {plot.get("metric", ""), *plot.get("names", {})}:
                if plot["kind"] in ("line", "bars") and name:
                    record.metric(step, **{name: 1 / step})
                elif plot["kind"] in ("layers", "layer-bars"):
                    record.layer(name, [1.0, 2.0, 3.0], step=step)
                elif plot["kind"] == "heatmap":
                    record.matrix(name, [[0.0, 1.0], [1.0, 0.0]], row_labels="ab", column_labels="ab", step=step)
        record.sample("a text", prompt="once", step=step)
        time.sleep(0.02)
    if any(plot["kind"] == "trace" for plot in plots):
        import torch

        from minimind_tui.nn.checkpoint import SavedModel, pack_model
        from minimind_tui.nn.config import ModelConfig
        from minimind_tui.nn.model import MiniMind
        from minimind_tui.nn.tokenizer import Characters

        code = "minimind_tui/nn/norm.py:RMSNorm"
        for name in ("first", "second"):
            record.tensor(name, torch.ones(2, 3), shape="T C", zh="有", en="there", code=code)
        config = ModelConfig(vocab_size=3, hidden_size=16, num_layers=1, num_heads=2, num_kv_heads=1, max_position=16)
        record.checkpoint.keep_model(1, pack_model(SavedModel(MiniMind(config).eval(), Characters("ab\\n"), 8, 1)))
"""
STEPS = 20
TRACE = "block/shape-tracer"
HAS_A_TRACE = "attention/code-guide"
"""The lesson that the walked learner has still to read; the shape tracer stands in it."""


def puppet_course(root: Path) -> Path:
    """A copy of the course in `root`."""
    source = bundled_root()
    for name in ("lessons", "experiments", "data"):
        shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for reference in load_course(root).experiments:
        (root / "experiments" / f"{reference}.py").write_text(CODE.replace("STEPS", str(STEPS)), encoding="utf-8")
    return root


def request(course: Course, experiment: str, seed: int) -> Request:
    """A run of an experiment as it is."""
    values = {parameter.name: parameter.default for parameter in course.experiments[experiment].parameters}
    return Request(experiment=experiment, course_root=str(course.root), parameters=values, seed=seed)


def walked_home(folder: Path, course: Course) -> Home:
    """The home of a learner who has done all but one lesson, with runs that have ended."""
    home = home_in(folder)
    runs = [
        start(home, request(course, experiment, seed))
        for experiment, seed in (("normalization/norm-training", 1), ("normalization/norm-training", 2), (TRACE, 1))
    ]
    progress = Progress(home.database)
    for path in course.paths.values():
        for step in path.steps:
            if step.ref != HAS_A_TRACE:
                progress.mark_done(step.kind, step.ref)
            else:
                progress.set_place(path.id, path.steps.index(step))
    progress.close()
    for run in runs:
        assert seen(RunView(home, run)) == "finished"
    return home
