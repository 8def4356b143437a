"""`minimind-tui new KIND NAME`: the skeleton of something in a course, which `check` refuses until it is filled."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.commands.common import UsageError, open_course
from minimind_tui.content import skeleton
from minimind_tui.content.course import Course

KINDS = ("module", "lesson", "experiment", "exercise")
NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `new`."""
    parser.add_argument("kind", choices=KINDS, help="what to begin / 新建什么")
    parser.add_argument("name", help="MODULE, or MODULE/NAME / 模块，或 模块/名字")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Write the files and say which, and what is left to do by hand."""
    course = open_course(arguments)
    if course.root.name == "_bundled":
        raise UsageError(
            Text(
                zh="安装好的课程不在这里改：用 --course 指向你自己的课程，或在项目的代码仓库里运行。",
                en="The installed course is not changed where it lies: name your own by --course, or use a checkout.",
            )
        )
    module, name = _names(course, arguments.kind, arguments.name)
    files = _files(course, arguments.kind, module, name)
    there = [path for path, content in files.items() if path.exists() and not content.startswith("\n")]
    if there:
        raise UsageError(Text(zh=f"已经有了：{there[0]}", en=f"it is there already: {there[0]}"))
    for path, content in files.items():
        grows = path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        print(("~ " if grows else "+ ") + inert(str(path.relative_to(course.root))))
    print(_left(arguments.kind, module, name).of(language))
    return 0


def _names(course: Course, kind: str, given: str) -> tuple[str, str]:
    """The module and the name in it. Raises UsageError for names that cannot be, and for a module that is not there."""
    module, _, name = given.partition("/")
    wanted = [module] if kind == "module" else [module, name]
    if not all(NAME.fullmatch(each) for each in wanted) or (kind == "module" and "/" in given):
        form = "attention" if kind == "module" else "attention/my-name"
        raise UsageError(
            Text(
                zh=f"{given!r} 不行：写成 {form} 这样，小写字母、数字、连字符",
                en=f"{given!r} will not do: like {form}, in lower case letters, digits and hyphens",
            )
        )
    if module not in course.modules:
        raise UsageError(
            Text(
                zh=f"没有模块 {module}。先在 lessons/course.toml 里写上它；现有：{', '.join(course.modules)}",
                en=f"there is no module {module}. Name it in lessons/course.toml first; there are "
                f"{', '.join(course.modules)}",
            )
        )
    return module, name


def _files(course: Course, kind: str, module: str, name: str) -> dict[Path, str]:
    """The content of each file to write. Content that begins with an empty line is appended to the file."""
    lessons, experiments = course.root / "lessons" / module, course.root / "experiments" / module
    texts = {language: skeleton.lesson(language) for language in LANGUAGES}
    if kind == "module":
        names = course.ready.lessons if course.ready else []
        found = {lessons / "module.toml": skeleton.MODULE + "".join(map(skeleton.lesson_row, names))}
        return found | {lessons / f"{each}.{code}.md": text for each in names for code, text in texts.items()}
    if kind == "lesson":
        found = {lessons / f"{name}.{code}.md": text for code, text in texts.items()}
        return {**found, lessons / "module.toml": skeleton.lesson_row(name)}
    if kind == "experiment":
        found = {lessons / f"{name}.{code}.md": text for code, text in texts.items()}
        spec = skeleton.experiment_spec(f"{module}/{name}")
        return {experiments / f"{name}.toml": spec, experiments / f"{name}.py": skeleton.EXPERIMENT_CODE, **found}
    folder = lessons / "exercises" / name
    parts = {"starter": skeleton.STARTER, "solution": skeleton.SOLUTION, "check": skeleton.CHECK}
    found = {folder / f"{part}.py": code for part, code in parts.items()}
    return {**found, lessons / "exercises.toml": skeleton.exercise_row(name)}


def _write(path: Path, content: str) -> None:
    """Write a file, or add a row to a table."""
    if not content.startswith("\n"):
        path.write_text(content, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8") if path.exists() else skeleton.MODULE
    path.write_text(before.rstrip("\n") + "\n" + content, encoding="utf-8")


def _left(kind: str, module: str, name: str) -> Text:
    """The steps that remain to be done by hand, in words."""
    if kind == "experiment":
        return Text(
            zh=f"再把 {name!r} 写进 lessons/course.toml 里 {module} 的 experiments；minimind-tui check 会说还缺什么，"
            "最后 make claims",
            en=f"Now add {name!r} to the experiments of {module} in lessons/course.toml; minimind-tui check says what "
            "is missing, make claims comes last",
        )
    if kind == "module":
        return Text(
            zh=f"写好以后，在 lessons/course.toml 里把 {module} 的 state 改成 ready；minimind-tui check 会说还缺什么",
            en=f'Once it is written, set state = "ready" for {module} in lessons/course.toml; minimind-tui check says '
            "what is missing",
        )
    return Text(zh="minimind-tui check 会说还缺什么", en="minimind-tui check says what is missing")
