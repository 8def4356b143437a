"""A course from elsewhere may hold any code: its experiments run only after the learner said so."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.store import Progress


def is_bundled(root: Path) -> bool:
    """Whether this is the course that came with the program."""
    return root.resolve() == bundled_root().resolve()


def is_trusted(progress: Progress, root: Path) -> bool:
    """Whether the experiments of the course in `root` may run: the course's own always may."""
    return is_bundled(root) or progress.setting(_name(root)) == "yes"


def trust(progress: Progress, root: Path) -> None:
    """Remember that the learner trusts the course in `root`."""
    progress.set_setting(_name(root), "yes")


def _name(root: Path) -> str:
    return f"trust {root.resolve()}"
