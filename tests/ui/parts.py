"""The widgets of a screen whose keys could clash unseen."""

from __future__ import annotations

from minimind_tui.ui.keymap import PACKAGE, parts_of


def undeclared(mounted: set[tuple[type, type]]) -> set[tuple[str, str]]:
    """Of (screen, widget) those where the widget has bindings of ours and the screen does not declare it."""
    return {
        (screen.__name__, widget.__name__)
        for screen, widget in mounted
        if any(kind.__module__.startswith(PACKAGE) and "BINDINGS" in vars(kind) for kind in widget.__mro__)
        and widget not in parts_of(screen)
    }
