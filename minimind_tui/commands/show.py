"""`minimind-tui show RUN`: one run, with its plot and its findings."""

from __future__ import annotations

import argparse

from minimind_tui.base.home import Home
from minimind_tui.base.inert import json_line
from minimind_tui.base.text import Language
from minimind_tui.commands.common import find_run, open_course
from minimind_tui.commands.run import as_object
from minimind_tui.run.events import finite
from minimind_tui.run.watch import RunView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `show`."""
    parser.add_argument("run", metavar="RUN", help="its id, a part of it, or `last` / 编号、编号的一部分，或 last")
    parser.add_argument("--json", action="store_true", help="as one JSON object / 输出 JSON")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print the run; 0 when it is printed."""
    view = RunView(home, find_run(home, arguments.run).id)
    view.poll()
    if arguments.json:
        print(json_line(finite(as_object(view))))
        return 0
    from minimind_tui.views.paper import print_report

    course = open_course(arguments, home)
    print_report(view, course.experiments.get(view.summary.experiment), language)
    return 0
