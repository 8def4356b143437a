"""`minimind-tui resume RUN`: let an interrupted run go on, and stay until it ends."""

from __future__ import annotations

import argparse

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, cannot_start, find_experiment, find_run, open_course
from minimind_tui.commands.launched import refuse_launcher
from minimind_tui.commands.run import require_trust, watch_to_the_end
from minimind_tui.run.launch import resume
from minimind_tui.run.runs import RunInfo
from minimind_tui.run.states import ACTIVE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `resume`."""
    parser.add_argument("run", metavar="RUN", help="its id, a part of it, or `last` / 编号、编号的一部分，或 last")
    parser.add_argument("--json", action="store_true", help="end with one JSON object / 最后一行输出 JSON")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Resume the run and follow it to its end: 0 finished, 1 failed, 130 interrupted."""
    course = open_course(arguments, home)
    info = find_run(home, arguments.run)
    experiment = find_experiment(course, info.experiment)
    require_trust(course, home, trusted=arguments.trust)
    refuse_launcher(home, info.id)

    def go_on() -> str:
        try:
            resumed = resume(home, info.id, course.root)
        except OSError as error:
            raise cannot_start(home, error) from error
        if not resumed:
            raise UsageError(_why_not(find_run(home, info.id)))
        return info.id

    return watch_to_the_end(home, experiment, language, go_on, as_json=arguments.json)


def _why_not(info: RunInfo) -> Text:
    """Why a run cannot be resumed, and what can be done instead."""
    if info.state in ACTIVE:
        return Text(
            zh=f"{info.id} 正在跑，不用接着跑。要停下：minimind-tui stop {info.id}",
            en=f"{info.id} is going on by itself. To stop it: minimind-tui stop {info.id}",
        )
    if info.state == "finished":
        return Text(
            zh=f"{info.id} 已经跑完。看结论：minimind-tui show {info.id}；再跑一次：minimind-tui run {info.experiment}",
            en=f"{info.id} has finished. Its findings: minimind-tui show {info.id}; "
            f"to run it once more: minimind-tui run {info.experiment}",
        )
    return Text(
        zh=f"{info.id} 没有存下进度，接不上。从头再跑：minimind-tui run {info.experiment}",
        en=f"{info.id} has kept nothing to go on from. To start anew: minimind-tui run {info.experiment}",
    )
