"""What thirty more experiments cost the tests: `python -m tests.benchmarks.growth [number]`.

Copies the project, and beside it once more with so many dummy experiments, each a copy of one that trains a small
language model, with its texts and its references. Runs in both what reads the whole course, and prints the processor's
seconds. How many claims are measured again is counted, not run: they are a fixed number, drawn anew each time.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from minimind_tui.content.roots import bundled_root

PATH, MODULE, LESSON, COPIED = "systematic", "attention", "mask", "causal-mask"
TESTS = (
    "tests/experiments/test_smoke.py",
    "tests/experiments/test_claims.py",
    "tests/content",
    "tests/faults/test_bad_courses.py",
    "tests/commands/test_check.py",
    "tests/test_layers.py",
)
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")
MEASURED_AGAIN = "test_the_claims_hold"
NOT_RUN = f"not {MEASURED_AGAIN} and not test_the_roadmap_is_whole"
"""The second knows how many hours our own course takes."""


def add_dummies(root: Path, number: int) -> None:
    """So many experiments more in the course in `root`, all of them in one module and at the end of one lesson."""
    names = [f"dummy-{index:02}" for index in range(number)]
    for folder in ("experiments", "lessons"):
        for file in sorted((root / folder / MODULE).glob(f"{COPIED}.*")):
            for name in names:
                text = file.read_text(encoding="utf-8").replace(f"{MODULE}/{COPIED}", f"{MODULE}/{name}")
                file.with_name(file.name.replace(COPIED, name)).write_text(text, encoding="utf-8")
    for file in (root / "lessons" / MODULE).glob(f"{LESSON}.*.md"):
        cards = "".join(f"\n:::experiment {MODULE}/{name}\n" for name in names)
        file.write_text(file.read_text(encoding="utf-8") + cards, encoding="utf-8")
    roadmap = root / "lessons" / "course.toml"
    listed = ", ".join(f'"{name}"' for name in (COPIED, *names))
    text = roadmap.read_text(encoding="utf-8").replace(f'"{COPIED}"', listed, 1)
    for longer in (MODULE, PATH):
        hours = re.compile(rf'(id = "{longer}".*?hours = )([\d.]+)', re.DOTALL)
        text = hours.sub(lambda found: f"{found[1]}{float(found[2]) + number / 60}", text, count=1)
    roadmap.write_text(text, encoding="utf-8")


def pytest_in(root: Path, *arguments: str) -> str:
    """What pytest prints in `root`. Raises CalledProcessError where a test fails."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def seconds(root: Path) -> float:
    """The processor's time for the tests in `root`, with all processes that they start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pytest_in(root, *TESTS, "-k", NOT_RUN)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(number: int) -> None:
    """Measure without and with the dummies."""
    with tempfile.TemporaryDirectory() as folder:
        for added in (0, number):
            root = Path(folder) / str(added)
            shutil.copytree(bundled_root(), root, ignore=LEFT_OUT)
            add_dummies(root, added)
            measured = pytest_in(root, TESTS[1], "-k", MEASURED_AGAIN, "--collect-only").count(MEASURED_AGAIN)
            print(f"{added} more: {seconds(root):.0f} s, {measured} runs whose claims are measured again", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 30)
