"""Questions over a screen: what becomes of a run, and whether a course may run its code."""

from __future__ import annotations

from pathlib import Path

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from minimind_tui.base.inert import inert
from minimind_tui.content.schema import Experiment
from minimind_tui.run.checkpoint import Kept
from minimind_tui.run.stop import stop
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.views.wrap import WrappedText, wrapped


def append_key(text: WrappedText, key: str, sentence: str, style: Style) -> None:
    """A line of a dialog: a key and what it does."""
    text.append(f"\n{key:>5}  ", style)
    text.append(sentence)


class ResumeDialog(Dialog[bool]):
    """A run was interrupted: answers True to go on with it, False to start anew, nothing on Esc."""

    BINDINGS = [
        Binding(
            "g",
            "dismiss(True)",
            "接着跑|Go on",
            id="resume.go",
            tooltip="从存下的那一步接着跑|Go on from the step that was kept",
        ),
        Binding("a", "dismiss(False)", "从头跑|Anew", id="resume.anew", tooltip="重新跑一次|Start a new run"),
        Binding("escape", "dismiss", "不运行|Not now", id="resume.cancel", tooltip="先不运行|Do not run yet"),
    ]

    def __init__(self, experiment: Experiment, kept: Kept) -> None:
        super().__init__()
        self._experiment = experiment
        self._kept = kept

    def compose(self) -> ComposeResult:
        """Where it stands, and the three keys."""
        labels = {arm.id: arm.label.of(self.language) for arm in self._experiment.arms}
        arm, step = labels.get(self._kept.arm, inert(self._kept.arm, 20)), self._kept.step
        text = wrapped("")
        text.append(
            self.say("上一次没有跑完", "The last run was interrupted") + "\n", self.styles_by_name()["markdown.h1"]
        )
        for binding, chinese, english in (
            (
                "resume.go",
                f"从“{arm}”的第 {step} 步接着跑，曲线和没断过一样",
                f"go on after step {step} of “{arm}”: the curve is the one it would have been",
            ),
            ("resume.anew", "从头跑一次新的", "start a new run"),
            ("resume.cancel", "先不运行", "not now"),
        ):
            append_key(text, self.key_of(binding), self.say(chinese, english), self.styles_by_name()["key"])
        with Vertical(classes="dialog"):
            yield Prose(text)


class QuitDialog(Dialog[None]):
    """Runs are going on: leave them, stop them, or stay."""

    BINDINGS = [
        Binding(
            "l",
            "leave",
            "留着跑|Leave running",
            id="quit.leave",
            tooltip="退出，训练继续|Leave; the run goes on",
        ),
        Binding(
            "s",
            "stop",
            "停止并退出|Stop and quit",
            id="quit.stop",
            tooltip="停止训练再退出|Stop the run, then leave",
        ),
        Binding("escape", "dismiss", "不退出|Stay", id="quit.stay", tooltip="不退出|Stay here"),
    ]

    def __init__(self, runs: list[str]) -> None:
        super().__init__()
        self._runs = runs

    def compose(self) -> ComposeResult:
        """The question and its three keys."""
        count = len(self._runs)
        text = wrapped("")
        text.append(
            self.say(f"还有 {count} 个实验在跑。", f"{count} run{'s are' if count > 1 else ' is'} still going on."),
            self.styles_by_name()["markdown.h1"],
        )
        for binding, chinese, english in (
            (
                "quit.leave",
                "退出，让它继续跑；下次打开还能看到整条曲线",
                "leave and let it go on; the whole curve is here when you return",
            ),
            ("quit.stop", "先停止，再退出", "stop it, then leave"),
            ("quit.stay", "不退出", "stay"),
        ):
            append_key(text, self.key_of(binding), self.say(chinese, english), self.styles_by_name()["key"])
        with Vertical(classes="dialog"):
            yield Prose(text)

    def action_leave(self) -> None:
        """The workers outlive the app."""
        self.app.exit(0)

    def action_stop(self) -> None:
        """End every run, out of the event loop, then leave."""
        self.run_worker(self._stop_all, thread=True, exclusive=True, group="quit")

    def _stop_all(self) -> None:
        for run in self._runs:
            stop(self.tutor.home, run)
        self.app.call_from_thread(self.app.exit, 0)


class DeleteDialog(Dialog[bool]):
    """A run is to be deleted."""

    BINDINGS = [
        Binding("y", "dismiss(True)", "删除|Delete", id="delete.yes", tooltip="删除，找不回来|Delete it for good"),
        Binding("escape", "dismiss(False)", "不删|Keep", id="delete.no", tooltip="不删|Keep it"),
    ]

    def __init__(self, run: str) -> None:
        super().__init__()
        self._run = run

    def compose(self) -> ComposeResult:
        """Which run, and the two keys."""
        styles = self.styles_by_name()
        text = wrapped("")
        text.append(self.say("删除这次运行？", "Delete this run?") + "\n\n", styles["markdown.h1"])
        text.append(self._run + "\n")
        append_key(
            text,
            self.key_of("delete.yes"),
            self.say("删除；还在跑就先停止", "delete it; one that still runs is stopped"),
            styles["key"],
        )
        append_key(text, self.key_of("delete.no"), self.say("留着", "keep it"), styles["key"])
        with Vertical(classes="dialog"):
            yield Prose(text)


class TrustDialog(Dialog[bool]):
    """A course from elsewhere wants to run its code."""

    BINDINGS = [
        Binding("y", "dismiss(True)", "信任|Trust", id="trust.yes", tooltip="允许运行这门课的代码|Let it run its code"),
        Binding("escape", "dismiss(False)", "不运行|Not now", id="trust.no", tooltip="不运行|Do not run it"),
    ]

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def compose(self) -> ComposeResult:
        """What is asked, and the two keys."""
        text = wrapped("")
        text.append(
            self.say("这是一门外来的课程", "This course is from elsewhere") + "\n\n",
            self.styles_by_name()["markdown.h1"],
        )
        text.append(inert(str(self._root)) + "\n\n")
        text.append(
            self.say(
                "运行它的实验，就是在你的机器上运行它的代码。{trust.yes} 信任并运行，{trust.no} 不运行。"
                "信任的是现在这些文件，改动过会再问。",
                "To run its experiments is to run its code on your machine. "
                "{trust.yes} trusts and runs it, {trust.no} does not. "
                "You trust these files as they are: when one changes, you are asked again.",
            )
        )
        with Vertical(classes="dialog"):
            yield Prose(text)
