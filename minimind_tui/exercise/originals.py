"""PyTorch as the checks need it: what a learner's code puts in the place of PyTorch's own is found and undone."""

from __future__ import annotations

import builtins
import math
import sys
from typing import Any

NAMES = ("torch", "torch.nn", "torch.nn.functional", "torch.Tensor", "torch.nn.Module", "torch.nn.Parameter")


class Originals:
    """A snapshot. `library` are the folders of what is installed: what code there changes is PyTorch's own doing.

    `torch.compile` puts its own functions in the place of others, for one. A name that nothing had before, such as a
    new method of Tensor, is the learner's own affair.
    """

    def __init__(self, library: tuple[str, ...]) -> None:
        self._library = library
        self._owners = [(name, owner) for name in NAMES if (owner := found(name)) is not None]
        self._owners += [("builtins", builtins), ("math", math)]
        self._before = [dict(vars(owner)) for _, owner in self._owners]

    def restore(self) -> str | None:
        """Undo every change; returns the name of one changed thing, or None."""
        first = None
        for (label, owner), before in zip(self._owners, self._before, strict=True):
            now = dict(vars(owner))
            for name, value in {**before, **now}.items():
                if not _counts(name, value) or (name in before and now.get(name) is before[name]):
                    continue
                if name in now and self._is_library(now[name]):
                    before[name] = now[name]
                elif name in before:
                    setattr(owner, name, before[name])
                    first = first or f"{label}.{name}"
                elif _is_inherited(owner, name):
                    delattr(owner, name)
                    first = first or f"{label}.{name}"
        return first

    def _is_library(self, value: object) -> bool:
        code = getattr(value, "__code__", None)
        return code is not None and code.co_filename.startswith(self._library)


def _counts(name: str, value: object) -> bool:
    """Whether a name is public, or an operator: the others are the bookkeeping of PyTorch, pickle and such."""
    return not name.startswith("_") or (name.startswith("__") and callable(value))


def _is_inherited(owner: object, name: str) -> bool:
    """Whether a class would have the name without defining it."""
    return isinstance(owner, type) and any(name in vars(base) for base in owner.__mro__[1:])


def found(name: str) -> Any:
    """The module or the class with this dotted name; None where it is not loaded."""
    parent, _, last = name.rpartition(".")
    return sys.modules.get(name) or getattr(sys.modules.get(parent), last, None)
