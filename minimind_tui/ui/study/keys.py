"""The keys of the study screen; those of the lab work in the lesson, too."""

from __future__ import annotations

from textual.binding import Binding

from minimind_tui.ui.lab.pane import LabPane

KEYS = [
    Binding(
        "enter",
        "practise",
        "打开|Open",
        id="study.open",
        tooltip="打开这一步的测验、练习或卡片|Open the quiz, the exercise or the cards of this step",
    ),
    Binding(
        "n",
        "step(1)",
        "下一步|Next",
        id="study.next",
        tooltip="下一步；走到的课文记为已读|The next step; a lesson left behind counts as read",
    ),
    Binding(
        "S",
        "skip",
        "下一个模块|Next module",
        id="study.skip",
        tooltip="从模块开头的自测直接去下一个模块|From a module's self-test to the module after it",
    ),
    Binding(
        "p",
        "step(-1)",
        "上一步|Previous",
        id="study.previous",
        show=False,
        tooltip="上一步|The step before",
    ),
    Binding(
        "tab",
        "switch",
        "课文/实验|Lesson/lab",
        id="study.switch",
        show=False,
        tooltip="在课文和实验之间切换|Between lesson and lab",
    ),
    Binding(
        "1",
        "focus_pane('lesson')",
        show=False,
        id="study.lesson",
        description="课文|Lesson",
        tooltip="看课文|To the lesson",
    ),
    Binding(
        "2",
        "focus_pane('lab')",
        show=False,
        id="study.lab",
        description="实验|Lab",
        tooltip="看实验|To the lab",
    ),
    Binding(
        "z",
        "zoom",
        "放大|Zoom",
        id="study.zoom",
        show=False,
        tooltip="当前一栏占满屏幕，再按还原|This pane alone; again for both",
    ),
    *(
        Binding(
            binding.key,
            f"in_lab('{binding.action}')",
            binding.description,
            show=False,
            id=binding.id,
            tooltip=binding.tooltip,
        )
        for binding in LabPane.KEYS
    ),
    Binding(
        "N",
        "note",
        "笔记|Note",
        id="study.note",
        show=False,
        tooltip="这一步的笔记，/ 能搜到|Your note on this step; / finds it",
    ),
    Binding(
        "B",
        "break_it",
        "弄坏一处|Break it",
        id="study.break",
        tooltip="拿掉一个零件，健康的和弄坏的并排训练|Take a part out: healthy and broken train side by side",
    ),
    Binding("escape", "home", "主页|Home", id="study.home", tooltip="回到主页|Back home"),
]
