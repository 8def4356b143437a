"""What to do next in a lesson or a lab, in one sentence, from a few facts about where the learner is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from minimind_tui.content.schema import Experiment

Say = Callable[[str, str], str]
"""The sentence in the learner's language, from the Chinese and the English one."""


@dataclass(frozen=True)
class Facts:
    """Where the learner is."""

    kind: Literal["lesson", "experiment"]
    """What the step is."""
    pane: str
    """The one in use: `lesson` or `lab`."""
    read: bool
    """Whether the end of the text has been on the screen."""
    one_pane: bool
    """Whether the screen is too narrow for both panes."""
    has_run: bool
    """Whether there is a run in the lab."""
    has_experiments: bool
    """Whether there are any inside the lesson."""
    all_run: bool
    """Whether those were all run to their end, or run now."""
    to_run: Experiment | None
    """The experiment inside the lesson that waits for the reader."""
    predicts: bool
    """Whether that one asks for a prediction first."""


def guide(facts: Facts, onward: str, lab_says: Callable[[str], str], say: Say) -> str:
    """The sentence. `onward` leads to the next step; `lab_says` is what a run asks for, or its argument if nothing."""
    if facts.kind == "experiment":
        return lab_says(onward) + _other_pane(facts, say("看说明", "for the text"), say)
    if facts.pane == "lab":
        return _in_lab(facts, onward, lab_says, say)
    if facts.to_run is not None:
        return _to_run(facts, facts.to_run, onward, say)
    if not facts.read:
        return say("{lesson.page} 往下读", "{lesson.page} to read on")
    return say("读完了：", "Read. ") + onward


def _in_lab(facts: Facts, onward: str, lab_says: Callable[[str], str], say: Say) -> str:
    """What the run beside a lesson asks for, then back to the text or on."""
    if not facts.has_experiments:
        return say("{study.switch} 回到课文", "{study.switch} back to the lesson")
    if not facts.all_run or not facts.read:
        onward = say("{study.switch} 接着读课文", "{study.switch} to read on")
    return lab_says(onward) + _other_pane(facts, say("回到课文", "back to the lesson"), say)


def _other_pane(facts: Facts, what: str, say: Say) -> str:
    """The way to the pane that is not seen, for who does not know of it yet."""
    if facts.has_run or not facts.one_pane:
        return ""
    return say("；{study.switch} ", "; {study.switch} ") + what


def _to_run(facts: Facts, experiment: Experiment, onward: str, say: Say) -> str:
    """The experiment that waits; at the end of the text one may go on without it."""
    title = experiment.title
    sentence = (
        say(f"{{lab.run}} 先预测，再运行“{title.zh}”", f"{{lab.run}}: predict and run “{title.en}”")
        if facts.predicts
        else say(f"{{lab.run}} 运行“{title.zh}”", f"{{lab.run}}: run “{title.en}”")
    )
    return sentence + say("；或 ", ", or ") + onward if facts.read else sentence
