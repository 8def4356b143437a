"""The kinds of plots as they are drawn: one file for each kind of `content/plots.py`, of the same name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from minimind_tui.content.plots import Plot
from minimind_tui.views.plots.kind import PlotKind, Shown


@cache
def _kind(tag: str) -> PlotKind[Any, Any]:
    module = import_module(f"{__name__}.{tag.replace('-', '_')}")
    kind: PlotKind[Any, Any] = module.KIND
    return kind


def kind_of(plot: Plot) -> PlotKind[Any, Any]:
    """How plots of this kind are drawn."""
    return _kind(plot.kind)


__all__ = ["PlotKind", "Shown", "kind_of"]
