"""Helpers of several commands: errors, the course, an experiment or a run by its name."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from minimind_tui.base.errors import Refusal
from minimind_tui.base.home import Home, is_text
from minimind_tui.base.text import Text
from minimind_tui.content.course import Course, CourseError, load_course
from minimind_tui.content.kept import open_kept
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Experiment

if TYPE_CHECKING:
    import argparse

    from minimind_tui.run.runs import RunInfo

FAILED = 1
"""The exit status where a command could not do what it should."""
BAD_USAGE = 2
"""The exit status where what was typed cannot be done."""
INTERRUPTED = 130
"""The exit status after ctrl+c or SIGTERM."""


class UsageError(Refusal):
    """The command cannot be done as asked; `message` names the fix. Exit status 2."""


def cannot_start(home: Home, error: OSError) -> UsageError:
    """The error that a run could not be started, with the reason and the folder to check."""
    reason = error.strerror or error
    return UsageError(
        Text(
            zh=f"启动不了：{reason}。检查 {home.runs} 所在磁盘的空间和权限；minimind-tui clean 能清掉旧的运行。",
            en=f"Cannot start: {reason}. Check the space and permissions of {home.runs}; "
            "minimind-tui clean removes old runs.",
        )
    )


def open_course(arguments: argparse.Namespace, home: Home | None = None) -> Course:
    """The course that `--course` names, else the bundled one; with a home, as it is kept there."""
    root = Path(os.path.expanduser(arguments.course)).absolute() if arguments.course else bundled_root()
    if not is_text(root):
        raise UsageError(
            Text(
                zh=f"课程文件夹的名字不是 UTF-8：{root}。请给它改个名字。",
                en=f"The name of the course's folder is not UTF-8: {root}. Rename it.",
            )
        )
    try:
        return load_course(root) if home is None else open_kept(root, home.cache)
    except CourseError as error:
        raise UsageError(error.message) from error


def find_experiment(course: Course, name: str) -> Experiment:
    """An experiment by its id, or by its name alone where that is clear."""
    if name in course.experiments:
        return course.experiments[name]
    named = [spec for ref, spec in course.experiments.items() if ref.partition("/")[2] == name]
    if len(named) == 1:
        return named[0]
    close = difflib.get_close_matches(name, [*course.experiments], n=1, cutoff=0.4)
    listing = "\n  ".join(course.experiments)
    raise UsageError(
        Text(
            zh=f"没有实验 {name}。" + (f"是不是 {close[0]}？" if close else "") + f" 可以运行：\n  {listing}",
            en=f"There is no experiment {name}. "
            + (f"Did you mean {close[0]}? " if close else "")
            + f"You can run:\n  {listing}",
        )
    )


def find_run(home: Home, name: str) -> RunInfo:
    """A run by its id, a part of it, or `last`."""
    from minimind_tui.run.runs import list_runs  # opening the app needs none

    runs = list_runs(home)
    if name == "last" and runs:
        return runs[0]
    found = [run for run in runs if run.id == name] or [run for run in runs if name and name in run.id]
    if len(found) == 1:
        return found[0]
    if found:
        listing = "\n  ".join(run.id for run in found[:10])
        raise UsageError(
            Text(zh=f"{name} 指的是哪一次？\n  {listing}", en=f"{name} fits several runs; name one:\n  {listing}")
        )
    raise UsageError(
        Text(
            zh=f"没有运行记录 {name}。用 minimind-tui runs 查看全部。",
            en=f"There is no run {name}. minimind-tui runs lists them all.",
        )
    )
