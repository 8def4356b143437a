"""The keys that work on every screen."""

from __future__ import annotations

from textual.binding import Binding

EVERYWHERE = [
    Binding(
        "question_mark,f1",
        "help",
        "帮助|Help",
        id="app.help",
        tooltip="这里能用的所有按键|Every key that works here",
    ),
    Binding(
        "q",
        "leave",
        "退出|Quit",
        id="app.quit",
        tooltip="退出；训练可以留着继续跑|Leave; a run may go on without you",
    ),
    Binding(
        "left_square_bracket",
        "go('roadmap')",
        "路线图|Roadmap",
        show=False,
        id="app.roadmap",
        tooltip="整门课的路线图|The whole course",
    ),
    Binding(
        "R",
        "go('runs')",
        "运行记录|Runs",
        show=False,
        id="app.runs",
        tooltip="所有运行；可比较两次|All runs; compare two",
    ),
    Binding(
        "E",
        "go('practice')",
        "练习|Practice",
        show=False,
        id="app.practice",
        tooltip="复习、测验、写代码、算一算|Review, quizzes, exercises, sums",
    ),
    Binding(
        "slash",
        "go('search')",
        "搜索|Search",
        show=False,
        id="app.search",
        tooltip="在课文、测验、笔记里找|Find words in lessons, quizzes, notes",
    ),
    Binding(
        "P",
        "go('progress')",
        "进度|Progress",
        show=False,
        id="app.progress",
        tooltip="学到哪里，还差什么；写报告|What is done, what is missing; a report",
    ),
    Binding(
        "L",
        "language",
        "English|中文",
        show=False,
        id="app.language",
        tooltip="换语言|Switch the language",
    ),
    Binding(
        "t",
        "theme",
        "主题|Theme",
        show=False,
        id="app.theme",
        tooltip="深色、浅色、16 色|Dark, light, 16 colours",
    ),
    Binding(
        "ctrl+p",
        "command_palette",
        "命令|Palette",
        show=False,
        id="app.palette",
        tooltip="按名字找命令|Find a command by its name",
    ),
    Binding(
        "ctrl+l",
        "redraw",
        "重画|Redraw",
        show=False,
        id="app.redraw",
        tooltip="屏幕被别的程序写乱时|When another program wrote over the screen",
    ),
    Binding(
        "ctrl+z",
        "suspend_process",
        "挂起|Suspend",
        show=False,
        id="app.suspend",
        tooltip="回到 shell；输入 fg 再回来|Back to the shell; type fg to return",
    ),
    Binding("ctrl+q", "leave", show=False, priority=True),
]
