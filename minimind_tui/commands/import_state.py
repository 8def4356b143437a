"""`minimind-tui import FILE`: take in what `export` wrote on another machine; nothing is lost on either side."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError
from minimind_tui.practice.exchange import Taken, take_in
from minimind_tui.practice.state import LARGEST_STATE, StateError, decode
from minimind_tui.practice.store import Progress

WORDS = {
    "done": Text(zh="学完的步骤", en="steps done"),
    "prediction": Text(zh="预测", en="predictions"),
    "outcome": Text(zh="预测的结果", en="outcomes of predictions"),
    "answer": Text(zh="测验回答", en="quiz answers"),
    "review": Text(zh="复习", en="reviews"),
    "attempt": Text(zh="写代码的尝试", en="attempts at exercises"),
    "hint": Text(zh="看过的提示", en="hints read"),
    "spent": Text(zh="学习时间", en="times spent"),
    "place": Text(zh="学到哪里", en="places"),
    "setting": Text(zh="设置", en="settings"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `import`."""
    parser.add_argument("file", metavar="FILE", help="what `export` wrote; - for the input / export 写出的文件")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Merge the state of the file into this home; 0 when it is merged."""
    try:
        state = decode(_content(arguments.file), arguments.file)
        progress = Progress(home.database)
        try:
            taken = take_in(progress, home, state)
        finally:
            progress.close()
    except StateError as error:
        raise UsageError(error.message) from error
    print(said(taken).of(language))
    return 0


def said(taken: Taken) -> Text:
    """The changes that an import has made, in words."""
    if taken.nothing:
        return Text(zh="这个文件里的内容这里都有了。", en="All of it was here already.")
    found = [(WORDS[table], count) for table, count in taken.rows.items() if table in WORDS]
    found += [
        (word, count)
        for word, count in (
            (Text(zh="笔记", en="notes"), taken.notes),
            (Text(zh="练习代码", en="exercise files"), taken.exercises),
        )
        if count
    ]
    return Text(
        zh="导入了：" + "，".join(f"{word.zh} {count}" for word, count in found) + "。这里原有的都还在。",
        en="Imported: " + ", ".join(f"{word.en} {count}" for word, count in found) + ". What was here still is.",
    )


def _content(name: str) -> bytes:
    if name == "-":
        content = sys.stdin.buffer.read(LARGEST_STATE + 1)
        if len(content) > LARGEST_STATE:
            raise UsageError(_refused(name, "too large"))
        return content
    try:
        return read_bounded(Path(os.path.expanduser(name)), LARGEST_STATE)
    except OSError as error:
        raise UsageError(_refused(name, error.strerror or str(error))) from error


def _refused(name: str, reason: str) -> Text:
    return Text(
        zh=f"读不了 {name}：{reason}。要给出 minimind-tui export 写的文件，最大 {LARGEST_STATE // 10**6} MB。"
        "什么也没有改动。",
        en=f"Cannot read {name}: {reason}. Name a file that minimind-tui export wrote, of at most "
        f"{LARGEST_STATE // 10**6} MB. Nothing was changed.",
    )
