"""Why a run has no findings, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.run.ending import OUTPUT
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from minimind_tui.views.wrap import WrappedText, wrapped

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
