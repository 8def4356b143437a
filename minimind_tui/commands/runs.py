"""`minimind-tui runs`: the history."""

from __future__ import annotations

import argparse
import time

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert, json_line
from minimind_tui.base.text import Language
from minimind_tui.run.events import finite
from minimind_tui.run.runs import list_runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `runs`."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line / 每行一个 JSON")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print one line a run."""
    runs = list_runs(home)
    for info in runs:
        if arguments.json:
            content = {
                "run": info.id, "experiment": info.experiment, "state": info.state, "seed": info.seed,
                "parameters": info.parameters, "created": info.created, "seconds": info.seconds,
            }  # fmt: skip
            print(json_line(finite(content)))
        else:
            moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.created))
            taken = "" if info.seconds is None else f"{info.seconds:.1f} s"
            print(inert(f"{info.id}  {moment}  {info.state:<9}{taken:>9}  {info.experiment}"))
    if not runs and not arguments.json:
        print("还没有运行过实验。" if language == "zh" else "No experiment has been run yet.")
    return 0
