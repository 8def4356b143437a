"""What a file of an experiment imports of the course's own code, and where that lies; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def imports(code: str) -> list[str]:
    """The modules of `experiments`, `data` and `minimind_tui.nn` that `code` imports, and the packages they lie in.

    A name imported from a module is included too: it may itself be a module. Raises SyntaxError, ValueError,
    RecursionError or MemoryError where `code` is none.
    """
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] in ("experiments", "data") or parts[:2] == ["minimind_tui", "nn"]:
                found += [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [name for name in dict.fromkeys(found) if name != "minimind_tui"]


def file_of(module: str, roots: Iterable[Path]) -> Path | None:
    """The file of a module, in the first of the folders that has it; None where it is in none of them."""
    parts = module.split(".")
    places = (root.joinpath(*parts) for root in roots)
    files = (file for place in places for file in (place.with_suffix(".py"), place / "__init__.py"))
    return next((file for file in files if file.is_file()), None)
