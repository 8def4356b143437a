"""`minimind-tui keys`: every key with what it does, as a keys.toml that one can change."""

from __future__ import annotations

import argparse
import sys

import msgspec

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.views.words import pick


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Declare the arguments of `keys`: none."""


def run(_: argparse.Namespace, language: Language, home: Home) -> int:
    """Print all keys as TOML; problems of the learner's keys.toml go to standard error, with exit status 1."""
    from minimind_tui.ui.keymap import declared, read_keymap

    own = read_keymap(home.keys)
    head = Text(
        zh=f"存成 {home.keys}，去掉要改的那几行开头的 #。\n"
        "# 几个按键用逗号隔开；可以写 n、N、f2、left、space、ctrl+x 这样的。",
        en=f"Save this as {home.keys} and take the # off the lines that you change.\n"
        "# Several keys stand with commas between them: n, N, f2, left, space, ctrl+x.",
    )
    print(f"# {head.of(language)}")
    group = ""
    for name, (binding, _owners) in declared().items():
        if name.partition(".")[0] != group:
            group = name.partition(".")[0]
            print()
        word, sentence = pick(binding.description, language), pick(binding.tooltip, language)
        keys = own.keys.get(name)
        line = f"{written(name)} = {written(keys or binding.key)}"
        print(f"{'' if keys else '# '}{line:<44} # {word}{'：' if language == 'zh' else ': '}{sentence}")
    for problem in own.problems:
        print(problem.of(language), file=sys.stderr)
    return 1 if own.problems else 0


def written(text: str) -> str:
    """`text` as a quoted string of TOML."""
    return msgspec.json.encode(text).decode()
