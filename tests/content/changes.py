"""A course with one thing changed, and what is said of it."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.content.course import load_course
from minimind_tui.content.lint import lint


def words(root: Path) -> str:
    """All that the linter says of the course in `root`."""
    return "\n".join(f"{problem.path.name} {problem.message.en}" for problem in lint(load_course(root)))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
