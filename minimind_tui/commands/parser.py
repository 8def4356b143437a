"""All that can be typed: the commands and their sentences. A command's module is imported when it is typed."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from minimind_tui import __version__
from minimind_tui.commands.common import BAD_USAGE

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
            module_of(self._module).add_arguments(self)
        return super().parse_known_args(args, namespace)


def module_of(command: str) -> ModuleType:
    """The module of a command, by its name of today or its former one: it has `add_arguments` and `run`."""
    command = FORMER_NAMES.get(command, command)
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
