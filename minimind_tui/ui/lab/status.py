"""The lab in words: how the run stands, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Mapping

from rich.style import Style
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.plots import Plot
from minimind_tui.ui.lab.model import BROKEN, FINDINGS, SETUP, Lab
from minimind_tui.views.awaited import QUEUED, STARTING, awaited_in_words
from minimind_tui.views.findings import told_parameters
from minimind_tui.views.words import as_text, bar, seconds

VIEW_NAMES = {SETUP: Bilingual(zh="设计", en="design"), FINDINGS: Bilingual(zh="结论", en="findings")}
STOPPED = {
    "asked": Bilingual(zh="按要求停止", en="as asked"),
    "terminated": Bilingual(zh="收到结束信号", en="by a signal"),
    "killed": Bilingual(zh="没有按时停下，已强制结束", en="killed: it did not stop in time"),
}


def view_name(lab: Lab, view: str, language: Language) -> str:
    """The name of a view: the plot's title, or that of the design or the findings."""
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
        queued = lab.view is not None and lab.view.queued
        text.append("… ", styles["unsure"])
        text.append(QUEUED.of(language) if queued else STARTING.of(language), styles["unsure"])
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


def _has_begun(lab: Lab) -> bool:
    """Whether a running run has done more than to load PyTorch."""
    return lab.summary is not None and bool(lab.summary.progress(time.time()).arm)


def what_next(lab: Lab, visited: set[str], onward: str, language: Language) -> str:
    """The one thing to do now; keys are named by their bindings."""
    chinese = language == "zh"
    if lab.state == "":
        if lab.experiment.prediction:
            return "按 {lab.run}：先预测，再运行" if chinese else "Press {lab.run}: predict, then run"
        return "按 {lab.run} 运行" if chinese else "Press {lab.run} to run"
    if lab.behind and lab.view is not None and not lab.view.alive:
        return "正在读这次运行的记录，读完就画" if chinese else "Its log is being read; then comes the plot"
    if lab.state == "waiting" and lab.view is not None and lab.view.queued:
        return (
            "排队中：前一个实验跑完就开始。{lab.stop} 取消"
            if chinese
            else "Waiting for another run to end. {lab.stop} cancels"
        )
    if lab.state == "running" and lab.summary is not None and lab.summary.waits_for:
        return "那边一做好就开始。{lab.stop} 取消" if chinese else "It begins once that is made. {lab.stop} cancels"
    if lab.state == "waiting" or (lab.state == "running" and not _has_begun(lab)):
        return "马上开始。{lab.stop} 取消" if chinese else "It begins in a moment. {lab.stop} cancels"
    if lab.state == "running":
        return "正在运行，看图怎么变。{lab.stop} 停止" if chinese else "Running: watch the plot. {lab.stop} stops"
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
