"""What a kind of data set is: how its rows are typed, recognised and judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.content.schema import DataKind
from minimind_tui.datasets.faults import Fault

Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of data set: a file of JSON lines, each of which is a `row`.

    A struct's fields are what is read; further ones in a file are ignored.
    """

    name: DataKind
    word: Text
    """What a person calls it."""
    keys: frozenset[str]
    """The fields by which its rows are recognised."""
    row: type[Row]
    sense: Callable[[Row], Fault | None]
    """What makes no sense in a row whose fields are all of the right types; None where all does."""
