"""What an exercise screen says: the row over it, the task with its hints, what the checks found, what to do next."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.exercise.checker import Outcome
from minimind_tui.practice.exercise_session import ExerciseSession, State
from minimind_tui.practice.exercises import CourseExercise, outcome_lines, trained_in
from minimind_tui.ui.style import rich_styles
from minimind_tui.ui.tutor import Tutor
from minimind_tui.views.wrap import wrapped

SENTENCES: dict[State, Bilingual] = {
    State.UNAVAILABLE: Bilingual(zh="{exercise.back} 返回", en="{exercise.back} back"),
    State.WRITING: Bilingual(
        zh="写吧：{exercise.save} 保存并检查，Esc 写完",
        en="Write: {exercise.save} saves and checks, Esc when done",
    ),
    State.CHECKING: Bilingual(zh="检查中…", en="Checking…"),
    State.READING: Bilingual(
        zh="{lesson.page} 往下读；{exercise.edit} 动手写", en="{lesson.page} to read on; {exercise.edit} to write it"
    ),
    State.UNCHECKED: Bilingual(
        zh="{exercise.edit} 写代码，存了就检查；{exercise.check} 检查现在的",
        en="{exercise.edit} to write: saving checks it; {exercise.check} to check it as it is",
    ),
    State.PASSED_AND_COMPARED: Bilingual(
        zh="{exercise.next} 下一个练习，{exercise.back} 返回",
        en="{exercise.next} for the next exercise, {exercise.back} back",
    ),
    State.PASSED: Bilingual(
        zh="通过了！{exercise.solution} 对照参考答案，{exercise.next} 下一题",
        en="Passed! {exercise.solution} for the solution beside yours, {exercise.next} for the next",
    ),
    State.SOLUTION_SHOWN: Bilingual(
        zh="{exercise.edit} 自己写一遍；{exercise.solution} 回到题目",
        en="{exercise.edit} to write it yourself; {exercise.solution} for the task",
    ),
    State.SOLUTION_KNOWN: Bilingual(
        zh="{exercise.edit} 接着改；{exercise.solution} 看答案",
        en="{exercise.edit} to mend it; {exercise.solution} for the solution",
    ),
    State.FAILED: Bilingual(
        zh="{exercise.edit} 接着改；{exercise.hint} 要一条提示",
        en="{exercise.edit} to mend it; {exercise.hint} for a hint",
    ),
    State.HINTS_TAKEN: Bilingual(
        zh="{exercise.edit} 接着改；{exercise.hint} 看答案",
        en="{exercise.edit} to mend it; {exercise.hint} for the solution",
    ),
}
"""What the foot of the screen says in each state; `{exercise.edit}` is the key of that binding."""


def title(app: Tutor, session: ExerciseSession, saved: bool | None) -> Text:
    """The row over the panes; `saved` is None while nobody types."""
    styles, stands, left = rich_styles(app), session.standing, session.seconds_left
    text = Text(no_wrap=True, overflow="ellipsis")
    if session.chosen is None:
        return text
    number, total = session.position
    text.append(session.chosen.exercise.title.of(app.language), styles["markdown.h1"])
    text.append(f"  {number}/{total}  ")
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


def task(app: Tutor, chosen: CourseExercise, hints: int) -> str:
    """The task and the hints that were taken, as markdown."""
    parts = [chosen.exercise.task.of(app.language)]
    for number, hint in enumerate(chosen.exercise.hints[:hints], 1):
        parts.append(app.say(f"## 提示 {number}", f"## Hint {number}") + "\n\n" + hint.of(app.language))
    return "\n\n".join(parts)


def outcome_title(app: Tutor, session: ExerciseSession) -> str:
    """The title of the pane of checks: how many of them pass."""
    outcome = session.outcome
    if session.checking:
        return app.say("3 检查中…", "3 Checking…")
    if outcome is None:
        return app.say("3 检查", "3 Checks")
    passed, total = sum(case.verdict == "passed" for case in outcome.cases), len(outcome.cases)
    said = app.say("3 检查", "3 Checks")
    if total:  # a file that Python cannot read gets to no check
        said += app.say(f"：通过 {passed}/{total}", f": {passed}/{total} pass")
    return said + app.say("，代码改过了", ", the code has changed") if session.stale else said


def outcome_text(app: Tutor, session: ExerciseSession) -> RenderableType:
    """Every check, and what differs where it fails; or why there is nothing to check."""
    styles = rich_styles(app)
    outcome = session.outcome if session.trouble is None else Outcome(problem=session.trouble)
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
    onward = trained_in(app.course, session.ref) if outcome.passed and not session.stale else None
    if onward is not None:
        rows.append(Padding(wrapped(onward.of(app.language)), (1, 0, 0, 0)))
    if outcome.printed:
        rows += [Text(app.say("打印的", "Printed"), styles["markdown.h2"]), Text(inert(outcome.printed.rstrip()))]
    return Group(*rows)
