"""The folder of the course that comes with the program; no other module computes it."""

from __future__ import annotations

from pathlib import Path


def bundled_root() -> Path:
    """The folder that holds `lessons/`, `experiments/` and `data/`.

    Inside an installed package it is `minimind_tui/_bundled`, in a checkout the checkout itself.
    """
    package = Path(__file__).resolve().parent.parent
    bundled = package / "_bundled"
    return bundled if bundled.is_dir() else package.parent
