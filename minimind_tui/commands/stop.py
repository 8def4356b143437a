"""`minimind-tui stop RUN`: end a run from anywhere."""

from __future__ import annotations

import argparse

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import find_run
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `stop`."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("run", metavar="RUN", nargs="?", help="its id, or a part of it / 编号，或编号的一部分")
    which.add_argument("--all", action="store_true", help="every run that goes on / 所有还在跑的")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Stop the runs; the exit status is 0 also for one that had ended before."""
    if arguments.all:
        chosen = [info.id for info in list_runs(home) if info.state in ("waiting", "running")]
    else:
        chosen = [find_run(home, arguments.run).id]
    for run_id in chosen:
        stopped = stop(home, run_id)
        said = Text(zh="已停止", en="stopped") if stopped else Text(zh="早已结束", en="had ended before")
        print(f"{inert(run_id)}  {said.of(language)}")
    if not chosen:
        print(Text(zh="没有正在运行的实验。", en="Nothing is running.").of(language))
    return 0
