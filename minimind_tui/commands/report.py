"""`minimind-tui report [FILE]`: what was learned, as Markdown with plots."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, open_course
from minimind_tui.practice.store import Progress

DEFAULT = "minimind-report.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `report` takes."""
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        default=DEFAULT,
        help=f"{DEFAULT} by default; - for the output, without plots",
    )


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Write it."""
    from minimind_tui.views.report import make_report, write_report

    course = open_course(arguments, home)
    progress = Progress(home.database)
    if progress.warning is not None:
        print(progress.warning.of(language), file=sys.stderr)
    try:
        if arguments.file == "-":
            sys.stdout.write(make_report(course, progress, home, language, None).text)
            return 0
        path = Path(os.path.expanduser(arguments.file))
        try:
            count = write_report(course, progress, home, language, path)
        except OSError as error:
            raise UsageError(refused(path, error)) from error
    finally:
        progress.close()
    print(written(path, count).of(language))
    return 0


def written(path: Path, pictures: int) -> Text:
    """Where the report is now."""
    beside = f"{path.stem}-plots/"
    return Text(
        zh=f"报告写好了：{path}" + (f"，{pictures} 张图在 {beside} 里，一起上传。" if pictures else "。"),
        en=f"The report is in {path}" + (f"; plots: {pictures}, in {beside}. Share both." if pictures else "."),
    )


def refused(path: Path, error: OSError) -> Text:
    """Why the report could not be written."""
    if isinstance(error, FileExistsError):
        return Text(
            zh=f"{path} 已经有了，而且不是以前的报告。请换一个文件名。",
            en=f"{path} exists and is no earlier report. Choose another name.",
        )
    reason = error.strerror or error
    return Text(
        zh=f"写不了 {path}：{reason}。请换一个能写的文件夹，或检查磁盘空间。",
        en=f"Cannot write {path}: {reason}. Choose a folder that you can write, or check the disk's space.",
    )
