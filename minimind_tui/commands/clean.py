"""`minimind-tui clean`: remove old runs. It says what it would free, and removes only when told to."""

from __future__ import annotations

import argparse
import sys
import time

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import find_run
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.stop import delete, size_of

DAY_SECONDS = 24 * 3600
DEFAULT_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `clean`."""
    parser.add_argument("run", metavar="RUN", nargs="*", help="these runs; one that goes on is stopped / 指定的运行")
    parser.add_argument(
        "--days",
        type=int,
        default=DEFAULT_DAYS,
        metavar="N",
        help=f"else those that ended more than N days ago, {DEFAULT_DAYS} by default / 否则是 N 天前的",
    )
    parser.add_argument("--yes", action="store_true", help="remove them / 真的删除")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """List what is chosen and its size; with --yes remove it. 1 where something could not be removed."""
    if arguments.run:
        chosen = [find_run(home, name) for name in arguments.run]
    else:
        before = time.time() - arguments.days * DAY_SECONDS
        chosen = [run for run in list_runs(home) if run.state in ENDINGS and run.created < before]
    if not chosen:
        print(Text(zh="没有可清理的运行。", en="There is nothing to clean.").of(language))
        return 0
    freed, kept = 0, 0
    for info in chosen:
        try:
            size = delete(home, info.id) if arguments.yes else size_of(home.runs / info.id)
        except OSError as error:
            print(f"{inert(info.id)}: {inert(error.strerror or str(error))}", file=sys.stderr)
            kept += 1
            continue
        freed += size
        _say(info, size)
    count, amount = len(chosen) - kept, f"{freed / 1e6:,.1f} MB"
    runs = f"{count} run" if count == 1 else f"{count} runs"
    if arguments.yes:
        print(Text(zh=f"删了 {count} 次运行，腾出 {amount}", en=f"{runs} removed, {amount} freed").of(language))
    else:
        print(
            Text(
                zh=f"{count} 次运行，删掉会腾出 {amount}。加上 --yes 才真的删除。",
                en=f"{runs} would be removed, {amount} freed. Nothing is removed without --yes.",
            ).of(language)
        )
    return 1 if kept else 0


def _say(info: RunInfo, size: int) -> None:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.created))
    print(f"{inert(info.id)}  {moment}  {info.state:<9}{size / 1e6:>9,.1f} MB")
