"""Break it: a key on the study screen takes a part out of a healthy model and trains both side by side.

What can be broken, and what to watch then, stands in the experiment's own file.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment, Parameter, Step
from minimind_tui.practice.walk import Walk
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.ui.screens.study import StudyScreen
from minimind_tui.ui.tutor import Tutor
from minimind_tui.views.wrap import wrapped

BREAK_IT = "block/break-it"
LETTERS = "abcdefgh"


def damages(course: Course) -> Parameter | None:
    """The parameter of the course's own experiment that says what is broken; None in a course without one."""
    spec = course.experiments.get(BREAK_IT)
    found = [parameter for parameter in spec.parameters if parameter.says] if spec else []
    return found[0] if found else None


def ask(app: Tutor) -> None:
    """Let the learner choose what to break, then break it; Esc comes back to where it was asked."""
    parameter = damages(app.course)
    if parameter is not None and not isinstance(app.screen, BreakItDialog):
        app.push_screen(BreakItDialog(parameter), lambda damage: _break(app, damage))


def _break(app: Tutor, damage: str | None) -> None:
    if damage is None:
        return
    if isinstance(app.screen, BreakItScreen):
        app.screen.break_another(damage)
    else:
        app.push_screen(BreakItScreen(app.course.experiments[BREAK_IT], damage))


class BreakItDialog(Dialog[str]):
    """Asks what to break; answers the choice, or nothing on Esc."""

    PARTS = (Choices,)
    BINDINGS = [
        Binding("escape", "dismiss", "算了|Not now", id="break.cancel", tooltip="什么也不弄坏|Break nothing"),
        *(Binding(letter, f"pick({index})", show=False) for index, letter in enumerate(LETTERS)),
    ]

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._parameter = parameter

    def compose(self) -> ComposeResult:
        """One line a damage: its letter, what it is and what to watch."""
        styles = self.styles_by_name()
        with Vertical(classes="dialog"):
            yield Prose(wrapped(self.say("弄坏一处", "Break it"), style=str(styles["markdown.h1"])))
            yield Prose(
                wrapped(
                    self.say(
                        "健康的模型和弄坏的模型并排训练，画在一张图里。弄坏哪一处？",
                        "The healthy model and the broken one train side by side, in one plot. Which part?",
                    )
                ),
                classes="dialog-question",
            )
            options = []
            for letter, choice in zip(LETTERS, self._parameter.choices, strict=False):
                said = self._parameter.says.get(choice)
                row = wrapped("")
                row.append(f"{letter}  ", styles["key"])
                row.append(said.of(self.language) if said else choice)
                options.append(Option(row, id=choice))
            yield Choices(*options)
            yield Prose(
                wrapped(
                    self.say(
                        "字母或 {choices.open} 选定并运行，{break.cancel} 算了",
                        "A letter, or {choices.open}, breaks it and runs; {break.cancel} not now",
                    ),
                    style=str(styles["muted"]),
                )
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close the dialog with the chosen damage."""
        self.dismiss(event.option.id)

    def action_pick(self, index: int) -> None:
        """A letter chooses at once."""
        if index < min(len(self._parameter.choices), len(LETTERS)):
            self.dismiss(self._parameter.choices[index])


class BreakItScreen(StudyScreen):
    """The experiment over the lesson it was asked for in; Esc goes back there."""

    BINDINGS = [
        Binding("escape", "back", "返回|Back", id="break.back", tooltip="回到原来的地方|Back to where you were")
    ]

    def __init__(self, experiment: Experiment, damage: str) -> None:
        super().__init__(Walk(experiment.title, [Step(kind="experiment", ref=experiment.id)]))
        self._damage = damage

    def begin(self) -> None:
        """Open the lab, then break what was chosen."""
        super().begin()
        self.break_another(self._damage)

    def break_another(self, damage: str) -> None:
        """Start at once, beside what may still be running."""
        parameter = damages(self.tutor.course)
        if parameter is not None:
            self._damage = damage
            self.action_focus_pane("lab")
            self.lab.begin_with({parameter.name: damage})

    def onward(self) -> str:
        """Another damage, or back."""
        return self.say(
            "{study.break} 换一处弄坏，{break.back} 返回",
            "{study.break} to break another part, {break.back} to go back",
        )

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.app.pop_screen()

    def action_home(self) -> None:
        """The end of this one step leads back as well."""
        self.action_back()
