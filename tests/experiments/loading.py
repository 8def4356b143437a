"""An experiment's code as a module, and its settings, as its worker has them."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.recorder import Settings

MEASURED = {"device": "cpu", "precision": "fp32"}


@cache
def course() -> Course:
    """Our own, read once."""
    return load_course(bundled_root())


def code_of(ref: str) -> ModuleType:
    """A fresh module of the code of `module/name`."""
    spec = importlib.util.spec_from_file_location(ref.rpartition("/")[2].replace("-", "_"), course().source(ref))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def defaults_of(ref: str, **changes: Any) -> Settings:
    """The defaults of `module/name`, with the factor and other changes; what a worker would measure is `MEASURED`."""
    parameters = course().experiments[ref].parameters
    defaults = {each.name: MEASURED.get(each.name, each.default) for each in parameters}
    return Settings({"seed": 1, **defaults, **changes})
