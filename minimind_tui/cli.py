"""The command line: the same things as on the screen, without one. What is imported depends on the command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from minimind_tui import __version__
from minimind_tui.commands import check, data, doctor, run, runs, show, stop
from minimind_tui.commands.common import UsageError
from minimind_tui.home import Home
from minimind_tui.language import detect

COMMANDS = {"run": run, "runs": runs, "show": show, "stop": stop, "data": data, "check": check, "doctor": doctor}
BAD_USAGE = 2


class Parser(argparse.ArgumentParser):
    """argparse, with the way to the help in every refusal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to find out more."""
        print(f"{self.prog}: {message}\n{self.prog} --help", file=sys.stderr)
        sys.exit(BAD_USAGE)


def parser() -> argparse.ArgumentParser:
    """All that can be typed."""
    top = Parser(
        prog="minimind-tui",
        description="A terminal tutor for how a large language model is built and trained. "
        "Without a command it opens where you left off. / 在终端里学大语言模型怎样造、怎样练；不带命令就打开课程。",
    )
    top.add_argument("--version", action="version", version=f"minimind-tui {__version__}")
    top.add_argument("--lang", choices=["zh", "en"], help="the language, else the locale's / 语言，默认看系统")
    top.add_argument("--course", type=Path, metavar="DIR", help="another course's folder / 另一门课的文件夹")
    top.add_argument(
        "--trust", action="store_true", help="let that course run its experiments' code / 允许运行那门课的代码"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    commands.add_parser("quick-start", help="open the 30-minute path / 打开 30 分钟的快速开始")
    for command in COMMANDS.values():
        command.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the process's exit status."""
    chosen = parser().parse_args(arguments)
    language = detect(os.environ, chosen.lang)
    home = Home.from_environment()
    try:
        if chosen.command in COMMANDS:
            return int(COMMANDS[chosen.command].run(chosen, language, home))
        from minimind_tui.commands.tutor import run as open_tutor

        return open_tutor(chosen, language, home)
    except UsageError as error:
        print(error.message.of(language), file=sys.stderr)
        return BAD_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
