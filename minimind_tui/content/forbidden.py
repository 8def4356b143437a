"""Which names a piece of code uses, by the modules they come from: an exercise forbids the answer itself.

Only what is written is read, `getattr(torch, "softmax")` and `__import__("torch")` too. A name that is put together
while the code runs is refused when it is used: see `exercise/guard.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

LOOKUPS = ("getattr", "__import__", "importlib.import_module")
"""Functions that return an object for a name given as a string."""


def forbidden_uses(source: str, forbidden: Collection[str]) -> list[tuple[str, int]]:
    """(name, line) wherever the code uses a forbidden name, or anything in a forbidden module.

    Raises SyntaxError, ValueError or RecursionError where the code cannot be parsed.
    """
    tree = ast.parse(source)
    found = {
        (rule, line) for name, line in _names(tree) for rule in forbidden if name == rule or name.startswith(rule + ".")
    }
    return sorted(found, key=lambda use: (use[1], use[0]))


def _names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(full dotted name, line) of every name used in the code.

    `from torch import *` uses nothing by itself; a name that the code does not define may then be torch's.
    """
    known: dict[str, str] = {name: name for name in ("__import__", "getattr")}
    nodes = [*ast.walk(tree)]
    stars: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == "*":
                    stars.append(node.module)
                    yield node.module, node.lineno
                    continue
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}", node.lineno
    for node in nodes:  # F = torch.nn.functional
        if isinstance(node, ast.Assign) and (name := _meant(node.value, known)):
            known.update((target.id, name) for target in node.targets if isinstance(target, ast.Name))
    for node in nodes:
        if name := _meant(node, known):
            yield name, getattr(node, "lineno", 1)
    own = {*known, *_defined(nodes)} if stars else set()
    for module in stars:
        theirs = {each.id: f"{module}.{each.id}" for each in nodes if isinstance(each, ast.Name) and each.id not in own}
        for node in nodes:
            if name := _meant(node, theirs):
                yield name, getattr(node, "lineno", 1)


def _defined(nodes: list[ast.AST]) -> Iterator[str]:
    """The names that the code itself gives to something."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _meant(node: ast.AST, known: dict[str, str]) -> str | None:
    """The full dotted name that an expression refers to; None for an expression that is not a name."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and (called := _meant(node.func, known)) in LOOKUPS:
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if not texts:
                return None
            parts.append(texts[0])
            if called != "getattr":
                break
            node = node.args[0]
        elif isinstance(node, ast.Name) and node.id in known:
            parts.append(known[node.id])
            break
        else:
            return None
    return ".".join(reversed(parts))
