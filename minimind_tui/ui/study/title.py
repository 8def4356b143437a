"""The row over a step: the path, how far it has been walked, the step."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.style import Style
from rich.text import Text

from minimind_tui.content.schema import Step
from minimind_tui.practice.walk import Walk, module_of
from minimind_tui.ui.tutor import Studies

MOST_MARKS = 12
"""A longer path shows the steps of the present module alone."""


def title(studies: Studies, walk: Walk, styles: Mapping[str, Style]) -> Text:
    """The row over the panes: the path, the step, how far it is."""
    course, language = studies.course, studies.language
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(walk.title.of(language), styles["markdown.h1"])
    if len(walk.steps) == 1:
        return text
    text.append(f"  {walk.index + 1}/{len(walk.steps)}  ")
    long = len(walk.steps) > MOST_MARKS
    if walk.path_id and long and walk.module in course.modules:
        text.append(course.modules[walk.module].title.of(language) + "  ", styles["muted"])
    done = studies.progress.done()
    for step in walk.steps:
        if not long or module_of(step) == walk.module:
            text.append(*_mark(step, walk.step, done, styles))
    text.append("  " + course.title_of(walk.step).of(language), styles["strong"])
    return text


def _mark(
    step: Step, present: Step, done: Collection[tuple[str, str]], styles: Mapping[str, Style]
) -> tuple[str, Style]:
    finished = (step.kind, step.ref) in done
    if step is present:
        return ("█" if finished else "▓"), styles["key"]
    return ("█", styles["good"]) if finished else ("░", styles["muted"])
