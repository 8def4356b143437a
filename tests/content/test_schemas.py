"""The JSON schemas for editors say what the typed tables say, and taplo finds a mistake by them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from minimind_tui.content.schemas import FILES, schema_of, written

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "lessons/schemas"
TAPLO = shutil.which("taplo", path=str(Path(sys.executable).parent))


def test_they_are_those_of_the_tables() -> None:
    """`make schemas` writes them anew."""
    assert {path.stem: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")} == {
        name: written(name) for name in FILES
    }


def test_every_table_of_the_course_has_its_schema() -> None:
    rules = tomllib.loads((ROOT / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    assert {Path(rule["schema"]["path"]).stem for rule in rules} == set(FILES)
    covered = {path for rule in rules for pattern in rule["include"] for path in ROOT.glob(pattern)}
    tables = {path for folder in ("lessons", "experiments") for path in (ROOT / folder).rglob("*.toml")}
    assert tables <= covered


def test_a_tuple_s_places_are_allowed_in_the_older_draft() -> None:
    words = schema_of("course")["$defs"]["Ready"]["properties"]["english_words"]
    pair = next(each for each in words["anyOf"] if each.get("type") == "array")
    assert (len(pair["items"]), pair["additionalItems"]) == (2, False)


@pytest.mark.skipif(TAPLO is None, reason="taplo is not installed")
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lessons/course.toml", "", ""),
        ("lessons/course.toml", "hours = ", "houres = "),
        ("experiments/block/train-your-own.toml", "", ""),
        ("experiments/block/train-your-own.toml", 'kind = "line"', 'kind = "lines"'),
        ("lessons/attention/module.toml", "minutes = ", 'minutes = "few" #'),
    ],
)
def test_taplo_marks_a_mistake(tmp_path: Path, name: str, old: str, new: str) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "lessons/schemas")
    shutil.copy(ROOT / ".taplo.toml", tmp_path)
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((ROOT / name).read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert TAPLO is not None
    done = subprocess.run([TAPLO, "check", name], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode == 0) == (old == new), done.stderr
