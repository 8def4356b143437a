"""The keys of the exercise screen."""

from __future__ import annotations

from textual.binding import Binding

KEYS = [
    Binding(
        "e",
        "edit",
        "写代码|Edit",
        id="exercise.edit",
        tooltip="用 $VISUAL、$EDITOR 或内置编辑器写|In $VISUAL, $EDITOR or the built-in editor",
    ),
    Binding(
        "i",
        "edit_here",
        "内置编辑器|Built-in editor",
        show=False,
        id="exercise.edit-here",
        tooltip="在这里写|Write it here",
    ),
    Binding(
        "ctrl+s",
        "save",
        "保存并检查|Save and check",
        id="exercise.save",
        priority=True,
        tooltip="保存并检查|Save and check",
    ),
    Binding("c,enter", "check", "检查|Check", id="exercise.check", tooltip="再检查一遍|Check again"),
    Binding(
        "h",
        "hint",
        "提示|Hint",
        id="exercise.hint",
        tooltip="下一条提示；三条之后是答案|A hint; after three the solution",
    ),
    Binding(
        "v",
        "solution",
        "对照答案|Solution",
        id="exercise.solution",
        tooltip="题目和参考答案之间切换|The task, or the solution beside your code",
    ),
    Binding(
        "T", "timer", "计时|Timer", show=False, id="exercise.timer", tooltip="面试计时，到点不打断|An interview's time"
    ),
    Binding(
        "x",
        "reset",
        "重来|Start over",
        show=False,
        id="exercise.reset",
        tooltip="回到起始文件；旧的会留着|The starter again; the old file is kept",
    ),
    Binding("n", "other(1)", "下一题|Next", show=False, id="exercise.next", tooltip="下一个练习|The next exercise"),
    Binding(
        "p",
        "other(-1)",
        "上一题|Previous",
        show=False,
        id="exercise.previous",
        tooltip="上一个练习|The one before",
    ),
    Binding(
        "tab",
        "switch",
        "题目/代码|Task/code",
        show=False,
        id="exercise.switch",
        tooltip="题目、代码、检查结果|Task, code, checks",
    ),
    Binding("1", "pane('task')", "题目|Task", show=False, id="exercise.task", tooltip="看题目|To the task"),
    Binding("2", "pane('code')", "代码|Code", show=False, id="exercise.code", tooltip="看代码|To the code"),
    Binding(
        "3", "pane('outcome')", "检查|Checks", show=False, id="exercise.outcome", tooltip="看检查结果|To the checks"
    ),
    Binding("escape", "app.pop_screen", "返回|Back", id="exercise.back", tooltip="返回|Back"),
]
