"""What an exercise screen says: the row over it, the task with its hints, what the checks found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.exercise.checker import Outcome
from minimind_tui.practice.exercises import CourseExercise, Standing, outcome_lines
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.wrap import wrapped

if TYPE_CHECKING:
    from minimind_tui.ui.app import TutorApp


def title(
    app: TutorApp, chosen: CourseExercise, place: str, stands: Standing, left: float | None, saved: bool | None
) -> Text:
    """The row over the panes. `left` is the time on the timer, in seconds; `saved` is None while nobody types."""
    styles = rich_styles(app)
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(chosen.exercise.title.of(app.language), styles["markdown.h1"])
    text.append(f"  {place}  ")
    if stands.passed:
        text.append(app.say("✓ 已通过  ", "✓ passed  "), styles["good"])
    if stands.attempts:
        tries = "1 try" if stands.attempts == 1 else f"{stands.attempts} tries"
        text.append(app.say(f"试过 {stands.attempts} 次  ", f"{tries}  "), styles["muted"])
    if left is not None:
        minutes, seconds = divmod(abs(round(left)), 60)
        over = app.say("超时 ", "over by ") if left < 0 else ""
        text.append(f"{over}{minutes}:{seconds:02d}  ", styles["bad" if left < 0 else "unsure"])
    if saved is not None:
        word = app.say("已存", "saved") if saved else app.say("未存", "not saved yet")
        text.append(word, styles["good" if saved else "unsure"])
    return text


def task(app: TutorApp, chosen: CourseExercise, hints: int) -> str:
    """The task and the hints that were taken, as markdown."""
    parts = [chosen.exercise.task.of(app.language)]
    for number, hint in enumerate(chosen.exercise.hints[:hints], 1):
        parts.append(app.say(f"## 提示 {number}", f"## Hint {number}") + "\n\n" + hint.of(app.language))
    return "\n\n".join(parts)


def outcome_title(app: TutorApp, outcome: Outcome | None, *, checking: bool, stale: bool) -> str:
    """How many checks pass."""
    if checking:
        return app.say("3 检查中…", "3 Checking…")
    if outcome is None:
        return app.say("3 检查", "3 Checks")
    passed, total = sum(case.verdict == "passed" for case in outcome.cases), len(outcome.cases)
    said = app.say("3 检查", "3 Checks")
    if total:  # a file that Python cannot read gets to no check
        said += app.say(f"：通过 {passed}/{total}", f": {passed}/{total} pass")
    return said + app.say("，代码改过了", ", the code has changed") if stale else said


def outcome_text(app: TutorApp, outcome: Outcome | None) -> RenderableType:
    """Every check, and what differs where it fails."""
    styles = rich_styles(app)
    if outcome is None:
        return wrapped(app.say("还没检查过。", "Not checked yet."), style=str(styles["muted"]))
    rows: list[RenderableType] = []
    for mark, text, line in outcome_lines(outcome):
        row = wrapped("")
        if mark != " ":
            row.append(f"{mark} ", styles["good" if mark == "✓" else "bad"])
        if line is not None:
            row.append(app.say(f"第 {line} 行：", f"Line {line}: "), styles["unsure"])
        row.append(inert(text.of(app.language)), "" if mark != " " else styles["muted"])
        rows.append(row if mark != " " else Padding(row, (0, 0, 0, 2)))
    if outcome.printed:
        rows += [Text(app.say("打印的", "Printed"), styles["markdown.h2"]), Text(inert(outcome.printed.rstrip()))]
    return Group(*rows)
