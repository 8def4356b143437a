"""`minimind-tui export FILE`: everything that the learner did, as one readable file for another machine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from minimind_tui.base.bounded import open_regular
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError
from minimind_tui.practice.exchange import state_of
from minimind_tui.practice.state import FORMAT, ROWS, encode
from minimind_tui.practice.store import Progress

START = f'{{\n  "format": "{FORMAT}"'.encode()
"""The first bytes of every exported file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `export`."""
    parser.add_argument("file", metavar="FILE", help="such as minimind.json; - for the output / 如 minimind.json")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Write the state to the file; 0 when it is written."""
    progress = Progress(home.database)
    if progress.warning is not None:
        print(progress.warning.of(language), file=sys.stderr)
    state = state_of(progress, home)
    progress.close()
    content = encode(state)
    if arguments.file == "-":
        sys.stdout.write(content.decode())
        return 0
    path = Path(os.path.expanduser(arguments.file))
    write_own(path, content, START)
    rows = sum(len(getattr(state.tables, name)) for name in ROWS)
    text = Text(
        zh=f"已导出到 {path}：{rows} 条记录，{len(state.notes)} 篇笔记，{len(state.exercises)} 份练习代码。"
        f"在另一台机器上：minimind-tui import {path.name}",
        en=f"Exported to {path}: records {rows}, notes {len(state.notes)}, exercise files {len(state.exercises)}. "
        f"On the other machine: minimind-tui import {path.name}",
    )
    print(text.of(language))
    return 0


def write_own(path: Path, content: bytes, start: bytes) -> None:
    """Write a file of the learner's choice. One that is there and does not begin with `start` is not ours: refused."""
    try:
        if path.exists():
            with open_regular(path, 2**62) as file:
                if file.read(len(start)) not in (start, b""):
                    raise UsageError(
                        Text(
                            zh=f"{path} 已经有了，而且不是这里写的文件。请换一个文件名。",
                            en=f"{path} exists and was not written by this command. Choose another name.",
                        )
                    )
        write_atomically(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            Text(
                zh=f"写不了 {path}：{reason}。请换一个能写的文件夹，或检查磁盘空间。",
                en=f"Cannot write {path}: {reason}. Choose a folder that you can write, or check the disk's space.",
            )
        ) from error
