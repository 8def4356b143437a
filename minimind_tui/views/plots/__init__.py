"""The kinds of plots as they are drawn: one file for each kind of `content/plots.py`, of the same name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from minimind_tui.content.plots import Plot
from minimind_tui.views.plots.kind import PlotKind, Shown


@cache
def kind_named(tag: str) -> PlotKind[Any, Any]:
    """How plots of the kind `tag`, as a spec writes it, are drawn."""
    module = import_module(f"{__name__}.{tag.replace('-', '_')}")
    kind: PlotKind[Any, Any] = module.KIND
    return kind


def kind_of(plot: Plot) -> PlotKind[Any, Any]:
    """How plots of this kind are drawn."""
    return kind_named(plot.kind)


__all__ = ["PlotKind", "Shown", "kind_named", "kind_of"]
