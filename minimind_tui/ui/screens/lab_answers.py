"""Which screen or dialog answers each question of the lab."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from minimind_tui.ui.lab.questions import (
    Asked,
    GoOnOrAnew,
    MayRun,
    Question,
    ShowSources,
    ShowSymbol,
    WhatIsExpected,
    WhichParameters,
)
from minimind_tui.ui.tutor import Tutor


def open_for(tutor: Tutor, asked: Asked) -> None:
    """Open the screen that answers; its answer goes back to the lab."""
    tutor.push_screen(_screen(asked.question), asked.answer)


def _screen(question: Question) -> Screen[Any]:
    """Imported when they are asked for: the first screen of the tutor needs none of them."""
    if isinstance(question, MayRun | GoOnOrAnew):
        from minimind_tui.ui.screens.dialogs import ResumeDialog, TrustDialog

        if isinstance(question, MayRun):
            return TrustDialog(question.folder)
        return ResumeDialog(question.experiment, question.kept)
    if isinstance(question, WhatIsExpected):
        from minimind_tui.ui.screens.prediction import PredictionDialog

        return PredictionDialog(question.prediction)
    if isinstance(question, WhichParameters):
        from minimind_tui.ui.screens.parameters import ParametersDialog

        return ParametersDialog(question.fields, question.refuse, question.tries)
    if isinstance(question, ShowSources):
        from minimind_tui.ui.screens.source import SourceScreen

        return SourceScreen(question.files)
    if isinstance(question, ShowSymbol):
        from minimind_tui.ui.screens.symbol import SymbolScreen

        return SymbolScreen(question.code)
    from minimind_tui.ui.screens.writing import WritingScreen

    return WritingScreen(question.folder)
