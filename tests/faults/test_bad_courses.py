"""Bad course files: one broken file disables itself alone, and is named with the line to mend."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from minimind_tui.base.text import LANGUAGES
from minimind_tui.content.course import Course, CourseError, load_course
from minimind_tui.content.files import Problem
from minimind_tui.content.lint import lint
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.calibration import Said
from minimind_tui.run.claims import judge
from minimind_tui.run.reference import find_reference
from minimind_tui.ui.lab.fields import fields
from minimind_tui.ui.lab.setup import setup_view
from minimind_tui.ui.lab.words import findings
from minimind_tui.views.marks import MARKS
from minimind_tui.views.paper import PLAIN
from tests.budget import cases, is_nightly
from tests.faults.fields import FIELD, WRONG, instead
from tests.faults.mutations import altered, as_toml, damaged, must_name, patience
from tests.faults.reading import draw_plots
from tests.tiny import tiny_course


class Copy(Course):
    """A course that a failed case does not write out in full."""

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text("course")


FEW = ("basics", "block")
"""The modules of the course that is damaged: between them they have nearly every kind of plot and parameter.

To look through the whole course takes seconds, and more with each new module: that is done at night.
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A copy of our own course, to be damaged one file at a time. Its flaws are the business of `tests/content`."""
    root = tmp_path_factory.mktemp("course")
    for name in ("lessons", "experiments", "data"):
        shutil.copytree(bundled_root() / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    if not is_nightly():
        reduce_to(root, FEW)
    whole = load_course(root)
    assert whole.problems == []
    return Copy(**vars(whole))


def reduce_to(root: Path, modules: Collection[str]) -> None:
    """Take all other modules out of the course in `root`, and the paths that do not lead through these."""
    for folder in (*root.glob("lessons/*/"), *root.glob("experiments/*/")):
        if folder.name not in modules:
            shutil.rmtree(folder)
    roadmap, glossary = root / "lessons/course.toml", root / "lessons/glossary.toml"
    kept = []
    for part in parts_of(roadmap):
        if re.match(r"\[\[(modules|paths)\]\]", part):
            found = tomllib.loads(part)
            if "modules" in found and found["modules"][0]["id"] not in modules:
                continue
            if "paths" in found and not set(modules) <= set(found["paths"][0].get("modules", [])):
                continue
        kept.append(re.sub(r"(?m)^modules = \[[^\]]*\]$", f"modules = {json.dumps(list(modules))}", part))
    without = re.compile(r"(?m)^answers_owed = \[[^\]]*\]\n")
    roadmap.write_text(without.sub("", "".join(kept)), encoding="utf-8")
    terms = [part for part in parts_of(glossary) if "defined_in" not in part or in_one_of(modules, part)]
    glossary.write_text("".join(terms), encoding="utf-8")


def parts_of(path: Path) -> list[str]:
    """A table of tables, split where each begins."""
    return re.split(r"(?m)^(?=\[\[)", path.read_text(encoding="utf-8"))


def in_one_of(modules: Collection[str], part: str) -> bool:
    """Whether a term is defined in one of the modules."""
    return any(f'defined_in = "{module}/' in part for module in modules)


def tables(course: Course, *patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in course.root.glob(pattern))


def owned(course: Course, path: Path) -> set[str]:
    """The lessons or experiments that the file `path` brings."""
    if path.name == "module.toml":
        return {ref for ref in course.lessons if ref.startswith(path.parent.name + "/")}
    return {f"{path.parent.name}/{path.name.split('.')[0]}"}


def others_stand(whole: Course, path: Path, problems: list[Problem], course: Course) -> None:
    """Everything that is not in `path` is there as before; whoever is missing is named with a place."""
    own = owned(whole, path)
    assert whole.lessons.keys() - own <= course.lessons.keys()
    assert whole.experiments.keys() - own <= course.experiments.keys()
    for ref in (*whole.lessons, *whole.experiments):
        for language in LANGUAGES:
            if ref not in own:
                assert course.lesson_text(ref, language)
    for experiment in whole.experiments.keys() - course.experiments.keys():
        assert path in [problem.path for problem in problems], experiment
    for problem in problems:
        assert problem.path.is_relative_to(course.root)
        assert problem.message.en
        assert problem.message.zh
        if problem.line is not None:
            assert 1 <= problem.line <= len(re.split(b"[\r\n]", problem.path.read_bytes())) + 1


def draw_experiments(course: Course, refs: Collection[str]) -> None:
    """What the lab makes of experiments' specs, with the figures of the course's own run."""
    console = Console(width=60, quiet=True)
    for experiment in (course.experiments[ref] for ref in refs if ref in course.experiments):
        for language in LANGUAGES:
            for line in fields(experiment, {}, 1, False, language, lambda _: ["tinytales"]):
                line.allowed()
                line.turn(1)
                line.turn(-1)
            console.print(setup_view(experiment, {}, 1, language, PLAIN, [Style()] * len(MARKS), run_before=True))
            summary = find_reference(course.root, experiment.id, language)
            if summary is None:
                continue
            summary.claims = judge(experiment, summary)
            draw_plots(experiment, summary)
            console.print(*findings(experiment, summary, Said("ones"), None, language, PLAIN))


@cases(20, nightly=1000)
@given(data=st.data())
def test_a_damaged_table_disables_itself_alone(data: st.DataObject, course: Course) -> None:
    path = data.draw(st.sampled_from(tables(course, "lessons/*/module.toml", "experiments/*/*.toml")))
    with instead(path, data.draw(damaged(path.read_bytes()))), patience():
        loaded = load_course(course.root)
        others_stand(course, path, lint(loaded), loaded)
        draw_experiments(loaded, owned(course, path))


@cases(20, nightly=1000)
@given(data=st.data())
def test_a_table_with_something_else_in_it_disables_itself_alone(data: st.DataObject, course: Course) -> None:
    path = data.draw(st.sampled_from(tables(course, "lessons/*/module.toml", "experiments/*/*.toml")))
    parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    with instead(path, as_toml(data.draw(altered(parsed)))), patience():
        loaded = load_course(course.root)
        others_stand(course, path, lint(loaded), loaded)
        draw_experiments(loaded, owned(course, path))


@cases(40, nightly=1000)
@given(data=st.data())
def test_a_damaged_roadmap_is_opened_or_refused_by_name(data: st.DataObject, course: Course) -> None:
    path = course.root / "lessons/course.toml"
    parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    content = data.draw(damaged(path.read_bytes()) | altered(parsed).map(as_toml))
    with instead(path, content), patience():
        try:
            loaded = load_course(course.root)
        except CourseError as error:
            must_name(error.message, path)
            return
        assert all(problem.path.is_relative_to(course.root) for problem in lint(loaded))
        for name in loaded.paths:
            assert all(loaded.title_of(step) for step in loaded.steps(name))


@cases(20, nightly=700)
@given(data=st.data())
def test_damaged_code_or_text_or_reference_stops_no_check(data: st.DataObject, course: Course) -> None:
    path = data.draw(st.sampled_from(tables(course, "experiments/*/*.py", "experiments/*/*.json", "lessons/*/*.md")))
    with instead(path, data.draw(damaged(path.read_bytes()))), patience():
        loaded = load_course(course.root)
        assert loaded.lessons == course.lessons
        assert loaded.experiments == course.experiments
        others_stand(course, path, lint(loaded), loaded)
        draw_experiments(loaded, owned(course, path))


def problems_of(root: Path, path: Path) -> list[Problem]:
    """What is wrong with `path`, as the course or its refusal says it."""
    try:
        return [problem for problem in load_course(root).problems if problem.path == path]
    except CourseError as error:
        place = re.search(re.escape(str(path)) + r":(\d+)", error.message.en)
        return [Problem(path, int(place[1]) if place else None, error.message)]


@cases(60, nightly=1000)
@given(data=st.data())
def test_a_wrong_value_is_named_with_its_line(data: st.DataObject, course: Course) -> None:
    path = data.draw(
        st.sampled_from(tables(course, "lessons/course.toml", "lessons/*/module.toml", "experiments/*/*.toml"))
    )
    lines = path.read_text(encoding="utf-8").split("\n")
    at = data.draw(
        st.sampled_from(
            [
                at
                for at, line in enumerate(lines)
                if FIELD.match(line) and line.rstrip()[-1] not in "[(" and '"""' not in line
            ]
        )
    )
    match = FIELD.match(lines[at])
    assert match is not None
    inline = lines[at].lstrip().startswith("{ ")
    lines[at] = match[0] + WRONG + (lines[at][lines[at].index(",") :] if inline else "")
    with instead(path, "\n".join(lines).encode()), patience():
        (problem,) = problems_of(course.root, path)
    assert problem.line == at + 1, problem.message.en


@cases(30, nightly=500)
@given(data=st.data())
def test_text_that_is_not_utf8_is_named_with_its_line(data: st.DataObject, course: Course) -> None:
    path = data.draw(st.sampled_from(tables(course, "lessons/*/module.toml", "experiments/*/*.toml")))
    lines = path.read_bytes().split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] += b" # \xff"
    with instead(path, b"\n".join(lines)), patience():
        (problem,) = problems_of(course.root, path)
    assert problem.line == at + 1, problem.message.en


@cases(40, nightly=500)
@given(data=st.data())
def test_a_table_that_breaks_off_is_named_with_its_last_line(data: st.DataObject, course: Course) -> None:
    path = data.draw(st.sampled_from(tables(course, "lessons/course.toml", "experiments/*/*.toml")))
    text = path.read_text(encoding="utf-8")
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    try:
        tomllib.loads(cut)
        return  # it breaks off between two tables
    except tomllib.TOMLDecodeError:
        pass
    with instead(path, cut.encode()), patience():
        (problem,) = problems_of(course.root, path)
    last = cut.rstrip().count("\n") + 1
    assert problem.line is not None, problem.message.en
    assert problem.line <= last + 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("experiments/small/count.toml", "twos.total / ones.total", "min(1)"),
        ("experiments/small/count.toml", "twos.total / ones.total", "abs(1, 2)"),
        ("experiments/small/count.toml", "twos.total / ones.total", "~" * 490 + "1"),
        ("experiments/small/count.toml", "twos.total / ones.total", "-" * 490 + "1"),
        ("experiments/small/count.toml", "{measure:.1f}", "{measure[0]}"),
        ("experiments/small/count.toml", "{measure:.1f}", "{measure:{measure}}"),
        ("experiments/small/count.toml", "minimum = 1", "minimum = -inf"),
        ("experiments/small/count.toml", "minimum = 1", "minimum = nan"),
        ("experiments/small/count.toml", "seconds = 1", "seconds = inf"),
        ("experiments/small/count.toml", "default = 5", "default = inf"),
        ("experiments/small/count.toml", "default = 5", "default = 1" + "0" * 400),
        ("experiments/small/count.toml", "set = { by = 2 }", "set = { by = nan }"),
        ("experiments/small/count.py", "total = 0", "total = " + "-" * 100_000 + "0"),
        ("experiments/small/count.py", "total = 0", "total = " + "(" * 5000 + "0"),
        ("experiments/small/count.py", "total = 0", "total = 0" + " + 0" * 50_000),
        ("lessons/course.toml", "hours = 0.5", "hours = nan"),
        ("lessons/course.toml", "hours = 0.5", "hours = inf"),
        ("lessons/course.toml", 'title = { zh = "小课"', "title = " + "{a=" * 5000 + '{ zh = "小课"'),
        ("lessons/small/start.zh.md", "$x^2$", "[x](" + "y" * 300 + ")"),
        ("lessons/small/start.zh.md", "$x^2$", "[x](y\0z)"),
        ("lessons/small/start.zh.md", "twos.total | .0f", "twos.total | 999999999.1f"),
        ("lessons/small/start.zh.md", "twos.total | .0f", "twos.total | .99999999999999999999f"),
        ("lessons/small/start.zh.md", "twos.total | .0f", "~" * 490 + "1"),
        ("lessons/small/start.zh.md", "twos.total | .0f", "min(1)"),
        ("lessons/small/start.zh.md", "twos.total | .0f", "twos.total[" + "9" * 5000 + "]"),
        ("lessons/small/start.zh.md", "\nn\n", "\n:::code /dev/zero x\n"),
        ("lessons/small/start.zh.md", "\nn\n", "\n:::code a\0b x\n"),
        ("lessons/small/start.zh.md", "\nn\n", "\n:::code minimind_tui/../../../../../../../../dev/zero x\n"),
        ("lessons/small/start.zh.md", "\nn\n", "\n:::code " + "y" * 5000 + " x\n"),
    ],
)  # fmt: skip
def test_no_content_of_a_file_can_raise(tmp_path: Path, file: str, old: str, new: str) -> None:
    root = tiny_course(tmp_path)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with patience():
        try:
            loaded = load_course(root)
        except CourseError as error:
            must_name(error.message, file)
            return
        lint(loaded)
        draw_experiments(loaded, loaded.experiments)


def test_an_answer_that_is_no_choice_is_no_reason_to_stop(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    spec = root / "experiments/small/count.toml"
    prediction = """
[prediction]
question = { zh = "几", en = "how many" }
choices = [{ id = "ones", text = { zh = "一", en = "one" } }, { id = "twos", text = { zh = "二", en = "two" } }]
answer = "gone"
rests_on = ["twice"]
explanation = { zh = "因为", en = "because" }
"""
    spec.write_text(spec.read_text(encoding="utf-8") + prediction, encoding="utf-8")
    reference = root / "experiments/small/count.reference.json"
    reference.write_text(
        '{"format": 1, "experiment": "small/count", "seed": 1, "parameters": {},'
        ' "arms": {"ones": {"metrics": {"total": 5.0}}, "twos": {"metrics": {"total": 10.0}}}}',
        encoding="utf-8",
    )
    loaded = load_course(root)
    assert "'gone' is not one of its choices" in "\n".join(problem.message.en for problem in lint(loaded))
    draw_experiments(loaded, loaded.experiments)
