"""Which names a piece of code uses, by the modules they come from: an exercise forbids the answer itself.

Only what is written is read: whoever hides a name behind `getattr` cheats himself.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator


def forbidden_uses(source: str, forbidden: Collection[str]) -> list[tuple[str, int]]:
    """(name, line) wherever the code uses a forbidden name, or anything in a forbidden module.

    Raises SyntaxError, ValueError or RecursionError where the code cannot be parsed.
    """
    tree = ast.parse(source)
    found = {
        (rule, line)
        for name, line in _names(tree)
        for rule in forbidden
        if name == rule or name.startswith(rule + ".") or (name.endswith(".*") and rule.startswith(name[:-1]))
    }
    return sorted(found, key=lambda use: (use[1], use[0]))


def _names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every dotted name with its line, written out with its modules; `module.*` for all of one."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}", node.lineno
    for node in ast.walk(tree):
        name = _dotted(node)
        if name:
            first, dot, rest = name.partition(".")
            if first in known:
                yield known[first] + dot + rest, getattr(node, "lineno", 1)


def _dotted(node: ast.AST) -> str | None:
    """`a.b.c` as it is written; None where the node is no such name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
