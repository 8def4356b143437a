"""Parameters and code that several experiments have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course, load_experiment
from minimind_tui.content.files import ContentError
from minimind_tui.content.lint.experiments import recorded_names
from tests.tiny import tiny_course

SHARED = """
format = 1
[[parameters]]
name = "size"
kind = "int"
label = { zh = "大小", en = "size" }
default = 3
full = 9
minimum = 1
[[parameters]]
name = "pace"
kind = "float"
label = { zh = "快慢", en = "pace" }
default = 0.5
[[parameters]]
name = "steps"
kind = "int"
label = { zh = "共用的步数", en = "shared steps" }
default = 100
"""


def spec(root: Path, *lines: str) -> Path:
    """The tiny experiment, which shares the parameters of `common.toml`."""
    (root / "experiments/common.toml").write_text(SHARED, encoding="utf-8")
    path = root / "experiments/small/count.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("seconds = 1\n", "seconds = 1\nshared = 'common'\n" + "\n".join(lines) + "\n", 1))
    return path


def test_shared_parameters_come_first_and_an_experiments_own_wins(tmp_path: Path) -> None:
    experiment = load_experiment(spec(tiny_course(tmp_path)))
    assert [(p.name, p.default, p.full) for p in experiment.parameters] == [
        ("size", 3, 9),
        ("pace", 0.5, None),
        ("steps", 5, 50),
    ]


def test_defaults_full_and_omit(tmp_path: Path) -> None:
    path = spec(tiny_course(tmp_path), "defaults = { size = 4 }", "full = { size = 20 }", "omit = ['pace']")
    size, steps = load_experiment(path).parameters
    assert (size.default, size.full, steps.name) == (4, 20, "steps")


def test_a_shared_parameter_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = spec(tiny_course(tmp_path), "omit = ['sise']")
    with pytest.raises(ContentError, match=r"common\.toml has no parameter sise"):
        load_experiment(path)


def test_a_missing_shared_file_disables_the_experiment_alone(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    spec(root)
    (root / "experiments/common.toml").unlink()
    course = load_course(root)
    assert "small/count" not in course.experiments
    assert any(problem.path.name == "common.toml" for problem in course.problems)
    assert "small/start" in course.lessons


def test_names_recorded_by_shared_code_count(tmp_path: Path) -> None:
    root = tiny_course(tmp_path, "from experiments.helpers import record_all\ndef run(settings, record): ...\n")
    code = root / "experiments/small/count.py"
    assert "total" in (recorded_names(code) or set()), "the run that lessons quote recorded it"
    code.with_name("count.reference.json").write_text('{"arms": [{"metrics": 3}]}', encoding="utf-8")
    assert "total" not in (recorded_names(code) or set())
    (root / "experiments/helpers.py").write_text("def record_all(record):\n    record.metric(1, total=2)\n")
    assert "total" in (recorded_names(code) or set())
    course = load_course(root)
    assert [path.name for path in course.sources("small/count")] == ["count.py", "helpers.py", "count.toml"]
