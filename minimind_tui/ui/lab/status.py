"""The lab in words: how the run stands, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Mapping

from rich.style import Style
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import Plot
from minimind_tui.run.ending import OUTPUT
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.fields import as_text
from minimind_tui.ui.lab.findings import told_parameters
from minimind_tui.ui.lab.model import BROKEN, FINDINGS, SETUP, Lab
from minimind_tui.ui.lesson.wrap import WrappedText, wrapped
from minimind_tui.ui.words import bar, seconds

VIEW_NAMES = {SETUP: Bilingual(zh="设计", en="design"), FINDINGS: Bilingual(zh="结论", en="findings")}
STOPPED = {
    "asked": Bilingual(zh="按要求停止", en="as asked"),
    "terminated": Bilingual(zh="收到结束信号", en="by a signal"),
    "killed": Bilingual(zh="没有按时停下，已强制结束", en="killed: it did not stop in time"),
}
CAUSES = {
    "disk": Bilingual(
        zh="磁盘满了，写不下去。腾出空间再跑；minimind-tui clean 能清掉旧的运行。",
        en="the disk is full. Free some space and run it again; minimind-tui clean removes old runs.",
    ),
    "memory": Bilingual(
        zh="内存不够。关掉别的程序，或用 o 把参数改小。",
        en="memory ran out. Close other programs, or choose smaller parameters with o.",
    ),
    "text": Bilingual(
        zh="语料已经不是这次运行开始时的那个文本，接着练就是另一次训练了。把原来的文本放回下面这个文件再接着跑，或者重新跑一次。",
        en="its text is no longer the one that it began with, and to go on would be another training. Put the old text "
        "back into the file below and let it go on, or run it anew.",
    ),
    "device": Bilingual(
        zh="这台机器上的 PyTorch 用不了这个设备。按 o 把设备改成 auto，再跑一次。",
        en="PyTorch cannot use this device on this machine. Set the device to auto with o, and run it again.",
    ),
    "base": Bilingual(
        zh="它要从另一次运行做出来的东西开始，那一次没有做成。先让那一次接着跑（命令在下面），再跑这个实验。",
        en="it begins from what another run makes, and that run has not made it. Let that one go on first, by the "
        "command below; then run this one again.",
    ),
    "model": Bilingual(
        zh="它开始时用的模型或分词器不在了，或已经不是原来那一个，接着跑就是另一次实验了。重新跑一次，或选一个现有的"
        "（minimind-tui models 列出全部）。",
        en="the model or tokenizer that it began from is gone, or is another one by now, and to go on would be another "
        "experiment. Run it anew, or choose one that is there (minimind-tui models lists them).",
    ),
    "killed": Bilingual(
        zh="被强制结束：有人杀了它，或系统的内存不够。",
        en="it was killed: by somebody, or by the system because memory ran out.",
    ),
    "segfault": Bilingual(
        zh="某个库在本机代码里崩溃了（段错误）；下面是它当时的位置。",
        en="a library crashed in its native code (a segmentation fault); below is where it was.",
    ),
    "exit": Bilingual(
        zh="实验的代码自己退出了进程，没有跑完。",
        en="the experiment's own code left the process before it was done.",
    ),
}
"""What a screen can explain of an ending, and what to do about it."""


def view_name(lab: Lab, view: str, language: Language) -> str:
    """What a view is called."""
    plots: dict[str, Plot] = {plot.id: plot for plot in lab.experiment.plots}
    return plots[view].title.of(language) if view in plots else VIEW_NAMES[view].of(language)


def status(lab: Lab, language: Language, styles: Mapping[str, Style], width: int) -> Text:
    """One row: the state of the run in view, its progress, what was changed."""
    chinese = language == "zh"
    text = Text(no_wrap=True, overflow="ellipsis")
    if lab.state == "":
        text.append("还没运行过" if chinese else "not run yet", styles["muted"])
    elif lab.view is not None and lab.behind:
        text.append(
            ("正在读记录 " if chinese else "reading its log ") + f"{lab.view.fraction_read:.0%}", styles["muted"]
        )
    elif lab.state == "waiting":
        text.append("… 排队等空位" if chinese else "… waiting for a free slot", styles["unsure"])
    elif lab.state == "running":
        _running(text, lab, language, styles, width)
    elif lab.state == "finished":
        text.append("✓ 完成" if chinese else "✓ finished", styles["good"])
        summary = lab.summary
        if summary and summary.started_at and summary.ended_at:
            text.append("  " + seconds(summary.seconds(summary.ended_at), language), styles["muted"])
    elif lab.state == "stopped":
        text.append("■ 已停止" if chinese else "■ stopped", styles["unsure"])
        if lab.summary and lab.summary.reason in STOPPED:
            text.append("  " + STOPPED[lab.summary.reason].of(language), styles["muted"])
        if lab.summary and lab.summary.waits_for:
            name = inert(lab.summary.waits_for, 60)
            text.append(f"  {name} 还在跑" if chinese else f"  {name} goes on", styles["muted"])
    else:
        word = ("崩溃" if chinese else "crashed") if lab.state == "crashed" else ("出错" if chinese else "failed")
        text.append(f"✗ {word}", styles["bad"])
    if lab.summary and lab.state not in ("", "waiting"):
        text.append(f"  {'种子' if chinese else 'seed'} {lab.summary.seed}", styles["muted"])
        for name, value in told_parameters(lab.experiment, lab.summary.parameters).items():
            text.append("  " + inert(f"{name}={as_text(value)}", 40), styles["key"])  # type: ignore[arg-type]
    return text


def _running(text: Text, lab: Lab, language: Language, styles: Mapping[str, Style], width: int) -> None:
    assert lab.summary is not None
    assert lab.view is not None
    if lab.summary.waits_for:
        text.append("… ", styles["unsure"])
        text.append(awaited_in_words(lab.view, language))
        return
    progress = lab.summary.progress(time.time())
    labels = {arm.id: arm.label.of(language) for arm in lab.experiment.arms}
    text.append("▸ ", styles["key"])
    if not progress.arm:
        text.append("正在载入 PyTorch…" if language == "zh" else "loading PyTorch…")
        return
    text.append(labels.get(progress.arm, inert(progress.arm, 20)), styles["strong"])
    if progress.steps:
        text.append(f" {progress.step}/{progress.steps}")
    text.append(f"  {bar(progress.fraction, 10 if width >= 50 else 5)} {progress.fraction:.0%}")
    if progress.seconds_left is not None:
        left = seconds(max(1.0, round(progress.seconds_left)), language)
        text.append(f"  还要约 {left}" if language == "zh" else f"  about {left} left", styles["muted"])


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


def what_next(lab: Lab, visited: set[str], onward: str, language: Language) -> str:
    """The one thing to do now; keys are named by their bindings."""
    chinese = language == "zh"
    if lab.state == "":
        if lab.experiment.prediction:
            return "按 {lab.run}：先预测，再运行" if chinese else "Press {lab.run}: predict, then run"
        return "按 {lab.run} 运行" if chinese else "Press {lab.run} to run"
    if lab.behind and lab.view is not None and not lab.view.alive:
        return "正在读这次运行的记录，读完就画" if chinese else "Its log is being read; then comes the plot"
    if lab.state == "waiting":
        return (
            "排队中：前一个实验跑完就开始。{lab.stop} 取消"
            if chinese
            else "Waiting for another run to end. {lab.stop} cancels"
        )
    if lab.state == "running":
        return "正在运行，看曲线怎么走。{lab.stop} 停止" if chinese else "Running: watch the curves. {lab.stop} stops"
    if lab.kept is not None:
        step = lab.kept.step
        return (
            f"{{lab.run}} 从第 {step} 步接着跑，或从头跑"
            if chinese
            else f"{{lab.run}} to go on after step {step}, or start anew"
        )
    if lab.state in BROKEN:
        return (
            "{lab.run} 再跑一次，{lab.parameters} 改参数"
            if chinese
            else "{lab.run} to run again, {lab.parameters} to change parameters"
        )
    if lab.state == "stopped":
        return "已停止：{lab.run} 再跑一次" if chinese else "Stopped: {lab.run} to run it again"
    views = lab.views()
    if FINDINGS not in visited:
        index = views.index(lab.shown) if lab.shown in views else -1
        name = view_name(lab, views[(index + 1) % len(views)], language)
        return f"跑完了。{{lab.view}} 看{name}" if chinese else f"Done. {{lab.view}} for: {name}"
    return (
        f"{onward}；{{lab.parameters}} 改参数再试"
        if chinese
        else f"{onward}; {{lab.parameters}} to try other parameters"
    )


def failure(view: RunView, language: Language, styles: Mapping[str, Style]) -> WrappedText:
    """Why a run has no findings, and what to do about it."""
    chinese = language == "zh"
    text = wrapped("")
    summary = view.summary
    if view.state not in ENDINGS:
        text.append("跑完才有结论。" if chinese else "Findings come when the run has finished.", styles["muted"])
        return text
    if view.state == "stopped":
        text.append("这次运行没有跑完，所以没有结论。" if chinese else "This run was stopped: no findings.")
        return text
    text.append(("原因：" if chinese else "Reason: "), styles["bad"])
    if view.folder_gone:
        text.append("这次运行的文件夹不见了。r 再跑一次。" if chinese else "the run's folder is gone. r runs it again.")
        return text
    if summary.cause in CAUSES:
        text.append(CAUSES[summary.cause].of(language) + "\n  ")
    text.append(inert(summary.reason, 500) + "\n\n", styles["muted" if summary.cause in CAUSES else "strong"])
    for line in summary.log_tail:
        text.append(inert(line, 300) + "\n", styles["muted"])
    log = inert(str(view.folder / OUTPUT))
    text.append(f"\n完整输出在 {log}" if chinese else f"\nIts whole output: {log}")
    return text
