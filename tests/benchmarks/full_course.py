"""A course of twenty full modules: each planned module of ours holds a copy of what a ready one holds."""

from __future__ import annotations

import re
import shutil
from itertools import cycle
from pathlib import Path

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Module

LEFT_OUT = shutil.ignore_patterns("__pycache__")


def full_course(folder: Path) -> Path:
    """Writes it into `folder`, which must be empty; the course's folder. Raises ValueError where it has a problem."""
    for part in ("lessons", "experiments"):
        shutil.copytree(bundled_root() / part, folder / part, ignore=LEFT_OUT)
    course = load_course(folder)
    ready = cycle(module for module in course.modules.values() if module.state == "ready")
    planned = [module for module in course.modules.values() if module.state == "planned"]
    roadmap = folder / "lessons" / "course.toml"
    text = roadmap.read_text(encoding="utf-8")
    for module, like in zip(planned, ready, strict=False):
        _copy(folder, like, module.id)
        names = ", ".join(f'"{name}"' for name in like.experiments)
        listed = re.compile(rf'(id = "{module.id}"\nnumber.*?state = )"planned"', re.DOTALL)
        text = listed.sub(rf'\1"ready"\nexperiments = [{names}]', text, count=1)
    roadmap.write_text(text, encoding="utf-8")
    full = load_course(folder)
    if full.problems or any(module.state != "ready" for module in full.modules.values()):
        raise ValueError(f"not a full course: {full.problems[:3]}")
    return folder


def _copy(folder: Path, like: Module, name: str) -> None:
    """The files of the module `like`, as those of the module `name`."""
    for part in ("lessons", "experiments"):
        there = folder / part / name
        shutil.copytree(folder / part / like.id, there, dirs_exist_ok=True)
        for file in (*there.glob("*.toml"), *there.glob("*.md")):
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(rf"\b{like.id}/(?=[a-z])", f"{name}/", text), encoding="utf-8")
