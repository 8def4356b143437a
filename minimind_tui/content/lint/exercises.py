"""Lint of a module's exercises: their files exist and use the same names. No code is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem, read_text
from minimind_tui.content.forbidden import forbidden_uses
from minimind_tui.content.lint.drawing import markdown_problems
from minimind_tui.content.lint.quiz import repeated
from minimind_tui.content.practice import Exercise, Part

PARTS: tuple[Part, ...] = get_args(Part)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def exercise_problems(course: Course, module: str, exercises: Sequence[Exercise]) -> Iterator[Problem]:
    """What is wrong with the exercises of a module, and with the files of each."""
    path = course.practice_file(module, "exercises")
    yield from repeated(path, "exercises", [exercise.id for exercise in exercises])
    for index, exercise in enumerate(exercises):
        yield from markdown_problems(path, f".exercises[{index}]", exercise.task, *exercise.hints)
        for part in PARTS:
            yield from _part_problems(course, module, exercise, part)


def _part_problems(course: Course, module: str, exercise: Exercise, part: Part) -> Iterator[Problem]:
    try:
        path = course.exercise_file(module, exercise.id, part)
        source = read_text(path)
    except ContentError as error:
        yield error.problem
        return
    try:
        body = ast.parse(source).body
        uses = forbidden_uses(source, exercise.forbidden)
    except UNREADABLE as error:
        yield Problem(path, getattr(error, "lineno", None), Text(zh="有语法错误", en="cannot be parsed"))
        return
    if part == "check":
        yield from _check_problems(path, body)
        return
    for symbol in exercise.symbols:
        if symbol not in _defined(body):
            yield Problem(path, None, Text(zh=f"没有定义 {symbol}", en=f"does not define {symbol}"))
    for name, line in uses:
        yield Problem(path, line, Text(zh=f"用了禁止的 {name}", en=f"uses {name}, which is forbidden"))


def _defined(body: list[ast.stmt]) -> set[str]:
    """The names that a file defines at its top level."""
    names = set()
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def _check_problems(path: Path, body: list[ast.stmt]) -> Iterator[Problem]:
    checks = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")]
    if not checks:
        yield Problem(path, None, Text(zh="没有 check_ 开头的函数", en="has no function whose name begins with check_"))
    for node in checks:
        title = (ast.get_docstring(node) or "").partition("\n")[0]
        zh, _, en = (part.strip() for part in title.partition("|"))
        if not (zh and en):
            yield Problem(
                path,
                node.lineno,
                Text(
                    zh=f"{node.name} 的文档字符串第一行要写成 中文|English",
                    en=f"{node.name}: the first line of its docstring is its title, 中文|English",
                ),
            )
        if len(node.args.args) != 1 or node.args.kwonlyargs:
            yield Problem(
                path,
                node.lineno,
                Text(zh=f"{node.name} 只收一个参数：code", en=f"{node.name} takes one argument: code"),
            )
