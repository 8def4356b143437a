"""The promise that everything else rests on: the process of the screen never loads torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

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
    ["cli", "run.worker", "run.launch", "exercise.worker", "content.lint", "commands.run", "commands.check"],
)
def test_what_runs_without_a_screen_loads_nothing_heavy(module: str) -> None:
    assert loaded(f"import minimind_tui.{module}") == "[]"


def test_the_probe_itself_sees_torch() -> None:
    assert "torch" in loaded("import minimind_tui.nn.norm")


def test_no_test_is_imported_for_what_it_holds() -> None:
    """What several tests share lies in a module of its own: importing a test would bring all of it along."""
    folder = Path(__file__).parent
    for file in folder.rglob("*.py"):
        found = [
            node.module or "" for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.ImportFrom)
        ]
        assert not [name for name in found if name.rpartition(".")[2].startswith("test_")], file.relative_to(folder)
