"""The question before an experiment's first run: what will happen, and how sure is the learner."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from minimind_tui.content.schema import Prediction
from minimind_tui.practice.calibration import FAIRLY_SURE, SKIPPED, Said
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.lab.prediction import SURENESS, sureness
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.views.wrap import wrapped

CHANCES = list(SURENESS)


class PredictionDialog(Dialog[Said]):
    """Answers what the learner commits to, `SKIPPED` as its choice where that is nothing; no answer on Esc.

    How sure one is stands under the choices from the start, so that a letter and Enter are enough.
    """

    PARTS = (Choices,)
    BINDINGS = [
        Binding("escape", "dismiss", "不运行|Not now", id="prediction.cancel", tooltip="先不运行|Do not run yet"),
        Binding(
            "left,h", "surer(-1)", "没那么有把握|Less sure", id="prediction.less", tooltip="没那么有把握|Less sure",
            priority=True,
        ),
        Binding(
            "right,l", "surer(1)", "更有把握|More sure", id="prediction.more", tooltip="更有把握|More sure",
            priority=True,
        ),
        *(Binding(letter, f"pick({index})", show=False) for index, letter in enumerate("abcde")),
    ]  # fmt: skip

    def __init__(self, prediction: Prediction) -> None:
        super().__init__()
        self._prediction = prediction
        self._chance = FAIRLY_SURE

    def compose(self) -> ComposeResult:
        """The question and the choices, the last one for those who will not guess; how sure; the keys."""
        styles = self.styles_by_name()
        with Vertical(classes="dialog"):
            yield Prose(
                wrapped(self.say("先预测，再运行", "Predict first, then run"), style=str(styles["markdown.h1"]))
            )
            yield Prose(wrapped(self._prediction.question.of(self.language)), classes="dialog-question")
            options = []
            for letter, choice in zip("abcde", self._prediction.choices, strict=False):
                row = wrapped("")
                row.append(f"{letter}  ", styles["key"])
                row.append(choice.text.of(self.language))
                options.append(Option(row, id=choice.id))
            options.append(
                Option(Text(self.say("跳过，直接运行", "Skip, just run"), style=styles["muted"]), id="-skip")
            )
            yield Choices(*options)
            yield Prose(self._how_sure(), id="prediction-sure")
            yield Prose(
                Text(
                    self.say(
                        "↑↓ 选择，{prediction.less}{prediction.more} 有多大把握，"
                        "{choices.open} 确认并运行，{prediction.cancel} 先不运行",
                        "↑↓ choose, {prediction.less}{prediction.more} how sure, "
                        "{choices.open} to commit and run, {prediction.cancel} not now",
                    ),
                    style=styles["muted"],
                )
            )

    def _how_sure(self) -> Text:
        styles = self.styles_by_name()
        row = Text(self.say("把握：", "How sure: "), no_wrap=True)
        at = CHANCES.index(self._chance)
        row.append("‹ " if at else "  ", styles["key"])
        row.append(sureness(self._chance, self.language), styles["strong"])
        row.append(" ›" if at + 1 < len(CHANCES) else "", styles["key"])
        return row

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Commit to the chosen prediction."""
        choice = event.option.id or SKIPPED
        self.dismiss(Said(SKIPPED if choice == "-skip" else choice, self._chance))

    def action_surer(self, by: int) -> None:
        """The next word for how sure one is, or the one before."""
        at = CHANCES.index(self._chance) + by
        self._chance = CHANCES[max(0, min(at, len(CHANCES) - 1))]
        self.query_one("#prediction-sure", Prose).update(self._how_sure())

    def action_pick(self, index: int) -> None:
        """A letter puts the cursor on its choice; Enter commits."""
        if index < len(self._prediction.choices):
            self.query_one(Choices).highlighted = index
