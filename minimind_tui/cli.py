"""The command line: the same things as on the screen, without one. What is imported depends on the command."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from minimind_tui import __version__
from minimind_tui.base.errors import Refusal
from minimind_tui.base.home import Home
from minimind_tui.base.language import detect
from minimind_tui.base.text import Text
from minimind_tui.commands.common import INTERRUPTED

COMMANDS = {
    "run": "run an experiment without the screen / 不开界面，直接运行一个实验",
    "runs": "all runs, newest first / 所有运行，新的在前",
    "show": "one run: its plot and findings / 一次运行：图和结论",
    "resume": "let an interrupted run go on / 让中断的运行接着跑",
    "models": "what runs have made: models, tokenizers, and their descent / 做出来的模型、分词器和由来",
    "sample": "let a model that a run has kept write / 让一次运行存下的模型写字",
    "stop": "stop a run, or all of them / 停止一次运行，或全部",
    "clean": "remove old runs and what they made / 清理旧的运行和做出来的模型，告诉你腾出多少",
    "report": "what you have learned, as a Markdown report with plots / 学习报告：Markdown 加图",
    "export": "everything you did, as one file for another machine / 导出全部学习记录，带到另一台机器",
    "import": "take such a file in; nothing is lost on either side / 导入这样的文件，两边的都不丢",
    "glossary": "what a technical term means; without one, all terms / 术语是什么意思；不写就列出全部",
    "keys": "all keys, as a keys.toml to change / 所有按键，可改成自己的 keys.toml",
    "data": "texts to train on: list, get, add / 训练文本：列出、下载、加入",
    "exercise": "the exercises; check your code for one / 练习：列出，或检查你写的代码",
    "new": "the skeleton of a module, lesson, experiment or exercise / 新建模块、课文、实验或练习的骨架",
    "check": "find mistakes in a course's files / 检查课程文件有没有错",
    "doctor": "what works on this machine / 看看这台机器上什么能用",
}
MODULES = {"import": "import_state"}
"""The modules of those commands that are not named after them."""
FORMER_NAMES = {"drill": "exercise"}
"""What commands were called before, and are still called in a learner's scripts."""
FAILED, BAD_USAGE = 1, 2
NOTHING_TYPED = argparse.Namespace(command=None, lang=None, course=None, trust=False)
"""What the parser says of no arguments, which is how the app is opened: making the parser takes longer than that."""


class Parser(argparse.ArgumentParser):
    """argparse, with the way to the help in every refusal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to find out more."""
        print(f"{self.prog}: {message}\n{self.prog} --help", file=sys.stderr)
        sys.exit(BAD_USAGE)


class CommandParser(Parser):
    """The parser of one command, whose module is imported only when that command is typed."""

    def __init__(self, *, module: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Declare the command's arguments, then read them."""
        if self._module:
            imported(self._module).add_arguments(self)
        return super().parse_known_args(args, namespace)


def imported(command: str) -> ModuleType:
    """The module of a command: it has `add_arguments` and `run`."""
    return import_module(f"minimind_tui.commands.{MODULES.get(command, command)}")


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
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=CommandParser)
    commands.add_parser("quick-start", help="open the 30-minute path / 打开 30 分钟的快速开始")
    for command, sentence in COMMANDS.items():
        former = [old for old, new in FORMER_NAMES.items() if new == command]
        commands.add_parser(command, aliases=former, help=sentence, module=command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the process's exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the locale cannot write is no reason to stop
    language = detect(os.environ)
    try:
        chosen = parser().parse_args(arguments) if _typed(arguments) else NOTHING_TYPED
        language = detect(os.environ, chosen.lang or _only_english())
        home = Home.from_environment()
        command = FORMER_NAMES.get(chosen.command, chosen.command)
        if command in COMMANDS:
            status = int(imported(command).run(chosen, language, home))
        else:
            from minimind_tui.commands.tutor import run as open_tutor

            status = open_tutor(chosen, language, home)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except Refusal as error:
        print(error.message.of(language), file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads has seen enough
        _write_no_more()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF):
            raise
        _write_no_more()
        reason = Text(zh=f"写不出结果：{error.strerror}", en=f"cannot write the output: {error.strerror}")
        print(reason.of(language), file=sys.stderr)
        return FAILED


def _typed(arguments: Sequence[str] | None) -> bool:
    """Whether anything stands after the command's name."""
    return bool(sys.argv[1:] if arguments is None else arguments)


def _only_english() -> str | None:
    """`en` where the output cannot write Chinese, which would arrive as question marks."""
    stream = sys.stdout or sys.stderr
    try:
        "中".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "en"
    return None


def _write_no_more() -> None:
    """What is still in the buffers goes nowhere: at its end Python would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
