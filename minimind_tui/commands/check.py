"""`minimind-tui check`: the course's linter."""

from __future__ import annotations

import argparse
import os

from minimind_tui.commands.common import open_course
from minimind_tui.content.inert import inert
from minimind_tui.content.schema import Language
from minimind_tui.home import Home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print each problem with its place and its fix; 1 where there is one."""
    from minimind_tui.content.lint import lint

    course = open_course(arguments)
    problems = lint(course)
    for problem in problems:
        place = inert(os.path.relpath(problem.path, course.root))
        print(f"{place}{f':{problem.line}' if problem.line else ''}: {problem.message.of(language)}")
    texts, experiments = len(course.lessons) + len(course.experiments), len(course.experiments)
    if language == "zh":
        print(f"{len(course.modules)} 个模块，{texts} 篇课文，{experiments} 个实验，{len(problems)} 个问题")
    else:
        print(f"{len(course.modules)} modules, {texts} texts, {experiments} experiments, {len(problems)} problems")
    return 1 if problems else 0
