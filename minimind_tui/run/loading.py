"""An experiment's code as a module, and where in it something went wrong."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from minimind_tui.content.roots import bundled_root

LONGEST_REASON = 2000
"""Characters of an exception's own words: the ending must fit into the room that is set aside for it."""


def load(source: Path, course: Path) -> ModuleType:
    """The module in `source`; what it imports of its course is found from now on. Raises what its code raises."""
    for root in (bundled_root(), course):
        sys.path.insert(0, str(root))
    spec = importlib.util.spec_from_file_location("experiment", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {source}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["experiment"] = module
    spec.loader.exec_module(module)
    return module


def reason(error: BaseException) -> str:
    """An error in a line: its kind, its words, and where in the experiment's own file it happened."""
    if getattr(error, "names_its_place", False):
        return str(error)[:LONGEST_REASON]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/experiments/" in frame.filename]
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:LONGEST_REASON]}{place}"
