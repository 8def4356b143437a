"""What pip installs: one package with the whole course inside, working from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the sdist, built with what is installed: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_wheel_installs_one_package_with_the_course_in_it(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"minimind_tui"}
    for name in (
        "minimind_tui/_bundled/lessons/course.toml",
        "minimind_tui/_bundled/lessons/position/quick-why.zh.md",
        "minimind_tui/_bundled/experiments/normalization/gradient-flow.py",
        "minimind_tui/_bundled/experiments/normalization/gradient-flow.reference.json",
        "minimind_tui/_bundled/data/tinytales/zh.toml",
        "minimind_tui/ui/app.tcss",
        "minimind_tui/py.typed",
    ):
        assert name in names


def test_the_sdist_has_what_is_needed_to_build_and_test(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"lessons/course.toml", "tests/tiny.py", "Makefile", "constraints.txt", "LICENSE"} <= names
    assert not any(name.startswith((".venv", ".git/")) for name in names)


def test_the_wheel_works_in_a_clean_environment_from_any_folder(built: Path, tmp_path: Path) -> None:
    """A new venv that holds the wheel alone; its libraries are those of this environment, by a .pth file."""
    (wheel,) = built.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True)
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    here = Path(pytest.__file__).parents[1]
    for entry in here.iterdir():
        ours = "minimind" in entry.name or entry.suffix == ".pth"
        if not ours and entry.name != "__pycache__":
            (libraries / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(str(libraries), encoding="utf-8")

    command = str(tmp_path / "venv" / "bin" / "minimind-tui")
    environment = {"PATH": os.environ["PATH"], "MINIMIND_TUI_HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def run(*arguments: str) -> str:
        done = subprocess.run([command, *arguments], cwd=elsewhere, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    assert "21 modules" in run("check")
    found = json.loads(run("run", "position/permutation", "--json").splitlines()[-1])
    assert found["outcome"] == "finished"
    assert {claim["verdict"] for claim in found["claims"]} == {"holds"}
    ran_in = [python, "-c", "import minimind_tui.content.roots as r; print(r.bundled_root())"]
    where = subprocess.run(ran_in, cwd=elsewhere, check=True, capture_output=True, text=True).stdout
    assert str(site) in where
