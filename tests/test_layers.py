"""The promise that everything else rests on: the process of the screen never loads torch. And what experiments may use.

The linter of imports holds the product to its floors; it passes over a folder with a hyphen in its name, which the
experiments have.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from minimind_tui.content.roots import bundled_root

COMMANDS = Path(__file__).parents[1] / "minimind_tui/commands"
EXPERIMENTS = bundled_root() / "experiments"
FOR_EXPERIMENTS = (
    "torch",
    "minimind_tui.nn",
    "minimind_tui.run.recorder",
    "minimind_tui.run.records",
    "minimind_tui.datasets",
    "data",
    "experiments",
)
"""With the standard library, all that an experiment may import: what a learner is to know before reading one."""

LOADED = "; import sys; print(sorted({name.partition('.')[0] for name in sys.modules} & {'torch', 'numpy', 'textual'}))"


def loaded(statement: str) -> str:
    """Which of the heavy libraries a fresh interpreter has loaded after `statement`."""
    done = subprocess.run([sys.executable, "-c", statement + LOADED], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_screen_loads_neither_torch_nor_numpy() -> None:
    modules = "app lab.pane screens.study screens.home screens.runs screens.roadmap screens.compare screens.finish"
    statement = "import " + ", ".join(f"minimind_tui.ui.{name}" for name in modules.split())
    assert loaded(statement) == "['textual']"


@pytest.mark.parametrize(
    "module",
    ["cli", "run.worker", "run.launch", "exercise.worker", "sampler.worker", "content.lint"]
    + [f"commands.{file.stem}" for file in COMMANDS.glob("[a-z]*.py") if file.stem not in ("tutor", "keys")],
)
def test_what_runs_without_a_screen_loads_nothing_heavy(module: str) -> None:
    assert loaded(f"import minimind_tui.{module}") == "[]"


def test_a_run_is_written_on_paper_without_a_screen() -> None:
    assert loaded("import minimind_tui.views.paper, minimind_tui.views.report") == "[]"


def test_the_probe_itself_sees_torch() -> None:
    assert "torch" in loaded("import minimind_tui.nn.norm")


def modules(code: str | bytes) -> Iterator[str]:
    """All modules that `code` imports from, anywhere in it; a relative import's begins with a point."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def beyond_what_an_experiment_may_use(code: str | bytes) -> list[str]:
    """The modules that `code` should not import."""
    allowed = [f"{name}." for name in FOR_EXPERIMENTS]
    return [
        module
        for module in modules(code)
        if not f"{module}.".startswith(tuple(allowed)) and module.partition(".")[0] not in sys.stdlib_module_names
    ]


def test_an_experiment_uses_the_parts_the_recorder_and_the_data() -> None:
    files = list(EXPERIMENTS.rglob("*.py"))
    assert any("-" in file.parent.name for file in files), "what the linter would pass over"
    for file in files:
        assert not beyond_what_an_experiment_may_use(file.read_bytes()), file.relative_to(EXPERIMENTS)


@pytest.mark.parametrize(
    "code",
    [
        "import minimind_tui.ui.app",
        "from minimind_tui.run.recorders import Recorder",
        "from minimind_tui import run",
        "def f():\n    from textual.app import App",
        "from . import language_model",
    ],
)
def test_what_an_experiment_may_not_use_is_seen(code: str) -> None:
    assert beyond_what_an_experiment_may_use(code)
    assert not beyond_what_an_experiment_may_use("import math, torch.nn\nfrom minimind_tui.nn.norm import RMSNorm")


def test_no_test_is_imported_for_what_it_holds() -> None:
    """What several tests share lies in a module of its own: importing a test would bring all of it along."""
    folder = Path(__file__).parent
    for file in folder.rglob("*.py"):
        found = [name for name in modules(file.read_bytes()) if name.rpartition(".")[2].startswith("test_")]
        assert not found, file.relative_to(folder)
