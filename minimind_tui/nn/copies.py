"""A learner's module as the checks of an exercise see it: whatever tensor they pass to it arrives as a copy.

So code that works in place, `x.mul_(2)` or `x += 1`, changes nothing that a check compares with afterwards. A copy of a
tensor that requires a gradient is no leaf, and passes its gradient on to the check's own.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from torch import Tensor

_state = threading.local()


class Judged(ModuleType):
    """A module whose functions, and whose classes' instances when they are called, get copies of tensors."""

    def __init__(self, code: ModuleType) -> None:
        super().__init__(code.__name__)
        self.__dict__["_code"] = code

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_code"], name)
        if isinstance(value, type):
            if value.__module__ == self.__name__ and "__call__" in dir(value):
                _give_copies_to_calls(value)
            return value
        return _with_copies(value) if callable(value) else value


@contextmanager
def as_given() -> Iterator[None]:
    """In this context the code gets the check's own tensors: for a task that demands that they are left alone."""
    before, _state.copies = _copies(), False
    try:
        yield
    finally:
        _state.copies = before


def copied(value: Any) -> Any:
    """`value` with each tensor in it, also within lists, tuples and dictionaries, replaced by a copy."""
    if isinstance(value, Tensor):
        return value.clone()
    if type(value) is list:
        return [copied(each) for each in value]
    if isinstance(value, tuple):
        parts = [copied(each) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if type(value) is dict:
        return {key: copied(each) for key, each in value.items()}
    return value


def _copies() -> bool:
    return getattr(_state, "copies", True)


def _with_copies(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, given copies where it is called from outside: what it calls in turn shares its tensors."""

    @functools.wraps(function, updated=())
    def called(*arguments: Any, **keywords: Any) -> Any:
        if not _copies():
            return function(*arguments, **keywords)
        arguments, keywords = copied(arguments), copied(keywords)
        with as_given():
            return function(*arguments, **keywords)

    return called


def _give_copies_to_calls(learners: type) -> None:
    call = learners.__call__
    if not hasattr(call, "__wrapped__"):
        setattr(learners, "__call__", _with_copies(call))  # noqa: B010 - a type checker allows no assignment
