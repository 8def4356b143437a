"""Static checks of a learner's file: it can be parsed, defines the required names and uses no forbidden ones.

A file that is refused here has run nothing.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.encoding import decoded
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.content.files import LARGEST_FILE
from minimind_tui.content.forbidden import forbidden_uses

Finding = tuple[Text, int | None]
"""A problem, and the line of the file that it is about."""


def read_code(path: Path) -> str | Finding:
    """The content of the file as Python reads it, or the reason why it cannot be read."""
    try:
        return decoded(read_bounded(path, LARGEST_FILE))
    except SyntaxError as error:
        return cannot_read(error), error.lineno
    except OSError as error:
        reason = error.strerror or str(error)
        return Text(zh=f"读不了：{reason}", en=f"cannot be read: {reason}"), None


def cannot_read(error: SyntaxError) -> Text:
    """Python's reason why the bytes of a file are no text."""
    what = inert(error.msg or "", 200)
    return Text(zh=f"Python 读不了这个文件：{what}", en=f"Python cannot read this file: {what}")


def unfit(source: str, forbidden: Collection[str]) -> Finding | None:
    """The reason why the code may not be run; None if it may."""
    try:
        uses = forbidden_uses(source, forbidden)
    except SyntaxError as error:
        what = inert(error.msg or "", 200)
        return Text(zh=f"语法错误，Python 读不下去：{what}", en=f"A syntax error, Python cannot read on: {what}"), (
            error.lineno
        )
    except (ValueError, RecursionError, MemoryError) as error:
        what = inert(str(error), 200)
        return Text(zh=f"Python 读不了这个文件：{what}", en=f"Python cannot read this file: {what}"), None
    for name, line in uses:
        return forbidden_use(name), line
    return None


def forbidden_use(name: str) -> Text:
    """The sentence that an exercise forbids `name`."""
    if name.split(".")[0] == "minimind_tui":
        return Text(
            zh="用了课程自己的实现 minimind_tui：这里要你自己写，把它去掉。",
            en="This uses the course's own code, minimind_tui: here you write it yourself. Take it out.",
        )
    return Text(
        zh=f"用了 {name}：它正是要你自己写的东西，换成自己的代码。",
        en=f"This uses {name}, which is what you are to write: put your own code in its place.",
    )


def missing(source: str, symbols: Iterable[str]) -> Finding:
    """The problem of required names that a file does not define: commented out, renamed, or missing."""
    name = next(iter(symbols))
    commented = re.search(rf"^[ \t]*#[#\s]*(?:(?:def|class)\s+{name}\b|{name}\s*=)", source, re.MULTILINE)
    if commented:
        line = source.count("\n", 0, commented.start()) + 1
        return Text(
            zh=f"没有 {name}：它被注释掉了，去掉前面的 #。",
            en=f"There is no {name}: it is commented out. Take the # away.",
        ), line
    defined = _defined(source)
    nested = next((place for known, place, top in defined if known == name and not top), None)
    if nested is not None:
        return Text(
            zh=f"{name} 写在别的函数或类里面了：把它移到最外层，不缩进。",
            en=f"{name} stands inside another function or class: move it out, to the margin.",
        ), nested
    close = difflib.get_close_matches(name, [known for known, _, top in defined if top], n=1, cutoff=0.6)
    if close:
        line = next(place for known, place, _ in defined if known == close[0])
        return Text(
            zh=f"没有 {name}，只有 {close[0]}：是不是改了名字？检查按名字找 {name}。",
            en=f"There is no {name}, only {close[0]}: was it renamed? The checks ask for {name}.",
        ), line
    return Text(
        zh=f"没有 {name}：它被删掉或改名了。照起始文件里的签名写回来。",
        en=f"There is no {name}: it was deleted or renamed. Write it again with the starter's signature.",
    ), None


def _defined(source: str) -> list[tuple[str, int, bool]]:
    """(name, line, whether it stands at the margin) of all functions and classes."""
    tree = ast.parse(source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [(node.name, node.lineno, node.col_offset == 0) for node in ast.walk(tree) if isinstance(node, kinds)]
