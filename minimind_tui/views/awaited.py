"""What a run waits for, in words."""

from __future__ import annotations

import time

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView

QUEUED = Text(zh="排队等空位", en="waiting for a free slot")
STARTING = Text(zh="正在启动", en="starting")


def awaited_in_words(view: RunView, language: Language) -> str:
    """What a run waits for, and how far that is: "small/base is being made: step 120 of 600"."""
    maker = view.at_work
    summary = maker.summary
    name = inert(summary.experiment or maker.run_id, 80)
    progress = summary.progress(time.time())
    if maker.state in ENDINGS:
        return f"{name} 做好了，排队等空位" if language == "zh" else f"{name} is made: waiting for a free slot"
    if maker.state == "waiting" or not progress.steps:
        return f"正在做 {name}，它要从那里开始" if language == "zh" else f"{name} is being made, which it begins from"
    if language == "zh":
        return f"正在做 {name}：第 {progress.step} 步，共 {progress.steps} 步"
    return f"{name} is being made: step {progress.step} of {progress.steps}"
