"""What was learned, as Markdown to show to others: each module with its evidence, the learner's own measurements,
what was written by hand, how the predictions came out, the notes.

Nothing in it is the learner's word alone: what is ticked was answered, run or passed in the tutor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from minimind_tui import __version__
from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment, Module, Step, TryNext
from minimind_tui.practice import spent
from minimind_tui.practice.calibration import calibration
from minimind_tui.practice.mastery import Criterion, Mastery, exercises_of, mastery
from minimind_tui.practice.notes import NoteError, all_notes, read_note
from minimind_tui.practice.review import reviews
from minimind_tui.practice.store import Progress
from minimind_tui.run.runs import RunInfo

HEAD = "<!-- minimind-tui report -->"
"""The first line of every report: a file that begins otherwise is not written over."""

KINDS: dict[str, Text] = {
    "lessons": Text(zh="课文", en="lessons"),
    "experiments": Text(zh="实验", en="experiments"),
    "quiz": Text(zh="测验", en="quiz"),
    "exercises": Text(zh="手写代码", en="code by hand"),
}


FENCE = "```"


class Measured(NamedTuple):
    """What the learner's own run of an experiment showed."""

    experiment: Experiment
    run: RunInfo
    findings: list[str]
    """A line for each claim: its verdict and its sentence with the measured figures."""
    figures: list[list[str]]
    """A table: the names of the metrics, then a row an arm."""
    plots: dict[str, str]
    """SVG pictures, by title."""
    texts: dict[str, list[str]]
    """Plots that are lines of text, by title."""
    changed: dict[str, object]
    """The parameters that were not at their default."""
    tried: list[TryNext]
    """What the learner has tried next, by other runs."""


class Report(NamedTuple):
    """The text, and the pictures that go beside it, by their paths."""

    text: str
    pictures: dict[str, str]


def report(
    course: Course,
    progress: Progress,
    home: Home,
    measured: Mapping[str, Measured],
    language: Language,
    moment: float,
    folder: str | None,
) -> Report:
    """The report of all modules in which something was done; pictures lie in `folder`, without one there are none."""
    pictures: dict[str, str] = {}
    lines = [HEAD, *_beginning(course, progress, language, moment)]
    notes = all_notes(home)
    for module in course.modules.values():
        stands = mastery(course, progress, module.id)
        mine = {ref: found for ref, found in measured.items() if ref.partition("/")[0] == module.id}
        own_notes = [ref for ref in notes if ref.partition("/")[0] == module.id]
        if not (mine or own_notes or any(each.done for each in stands.criteria)):
            continue
        lines += _module(course, progress, module, stands, language)
        for found in mine.values():
            lines += _experiment(found, language, folder, pictures)
        lines += _notes(course, home, own_notes, language)
    return Report("\n".join(lines).rstrip() + "\n", pictures)


def duration(seconds: float, language: Language) -> str:
    """A time of study, in minutes or hours."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} 分钟" if language == "zh" else f"{minutes} min"
    return f"{minutes / 60:.1f} 小时" if language == "zh" else f"{minutes / 60:.1f} h"


def said(criterion: Criterion, language: Language) -> str:
    """A criterion in words: `quiz 7/9 (8 needed)`."""
    text = f"{KINDS[criterion.kind].of(language)} {criterion.done}/{criterion.total}"
    if not criterion.met and criterion.enough < criterion.total:
        text += f"（要 {criterion.enough}）" if language == "zh" else f" ({criterion.enough} needed)"
    return text


def standing(stands: Mastery, language: Language) -> str:
    """The mastery of a module in a word or two."""
    chinese = language == "zh"
    if stands.self_tested:
        return "自测通过" if chinese else "self-test passed"
    if stands.mastered:
        return ("免修通过" if chinese else "tested out") if stands.tested_out else "已掌握" if chinese else "mastered"
    return f"{stands.fraction:.0%}"


def _beginning(course: Course, progress: Progress, language: Language, moment: float) -> Iterator[str]:
    chinese = language == "zh"
    title = course.title.of(language)
    yield f"# 学习报告：{title}" if chinese else f"# Learning report: {title}"
    yield ""
    day = datetime.fromtimestamp(moment).strftime("%Y-%m-%d")
    yield (
        f"{day}，由 minimind-tui {__version__} 写出。打勾的都有凭据：读完、跑过、答对、写的代码通过了检查。"
        "图和数字来自自己机器上的运行。"
        if chinese
        else f"{day}, written by minimind-tui {__version__}. Whatever is ticked has its evidence: read, run, answered, "
        "or code that passed its checks. Plots and figures come from runs on the learner's own machine."
    )
    yield ""
    time = spent.by_what(progress)
    yield "| | 模块 | 掌握 | 用时 |" if chinese else "| | Module | Standing | Time |"
    yield "| --- | --- | --- | --- |"
    for module in course.modules.values():
        stands = mastery(course, progress, module.id)
        if module.state == "ready" or any(each.done for each in stands.criteria):
            used = duration(time[module.id], language) if module.id in time else ""
            mark = "✓" if stands.mastered else ""
            title = f"{module.number:02d} {module.title.of(language)}"
            yield f"| {mark} | {title} | {standing(stands, language)} | {used} |"
    yield ""
    total, count = sum(time.values()), sum(map(len, reviews(progress).values()))
    if total >= 60:
        yield f"- 学习时间：{duration(total, language)}" if chinese else f"- Time spent: {duration(total, language)}"
    if count:
        yield f"- 间隔复习：{count} 次" if chinese else f"- Spaced reviews: {count}"
    score = calibration(progress)
    if score is not None and score.decided:
        yield (
            f"- 先预测再运行：{score.decided} 次里说中 {score.right} 次；平均把握 {score.said:.0%}，"
            f"Brier 分数 {score.brier:.2f}（0 最好，总说一半对一半是 0.25）"
            if chinese
            else f"- Predictions made before running: {score.right} of {score.decided} came true, at a mean confidence "
            f"of {score.said:.0%}; Brier score {score.brier:.2f} (0 is perfect, always saying half gives 0.25)"
        )
    yield ""


def _module(course: Course, progress: Progress, module: Module, stands: Mastery, language: Language) -> Iterator[str]:
    yield f"## {module.number:02d} {module.title.of(language)}"
    yield ""
    yield module.question.of(language)
    yield ""
    for criterion in stands.criteria:
        yield f"- [{'x' if criterion.met else ' '}] {said(criterion, language)}"
    done = progress.done()
    passed = [ref for ref in exercises_of(course, module.id) if ("exercise", ref) in done]
    for ref in passed:
        title = course.title_of(Step(kind="exercise", ref=ref)).of(language)
        yield f"  - {title}{_attempts(progress, ref, language)}"
    yield ""


def _attempts(progress: Progress, ref: str, language: Language) -> str:
    """The number of attempts and hints with which an exercise was passed, in words."""
    ((count,),) = progress.execute("SELECT count(*) FROM attempt WHERE exercise = ?", ref)
    levels = progress.execute("SELECT level FROM hint WHERE exercise = ? AND typeof(level) = 'integer'", ref)
    hints = levels[0][0] if levels else 0
    said = []
    if count:
        said.append(f"试了 {count} 次" if language == "zh" else f"{count} attempt{'s' if count > 1 else ''}")
    if hints:
        said.append(f"看了 {hints} 条提示" if language == "zh" else f"{hints} hint{'s' if hints > 1 else ''}")
    if not said:
        return ""
    return f"（{'，'.join(said)}）" if language == "zh" else f" ({', '.join(said)})"


def _experiment(found: Measured, language: Language, folder: str | None, pictures: dict[str, str]) -> Iterator[str]:
    chinese, run = language == "zh", found.run
    yield f"### {found.experiment.title.of(language)}"
    yield ""
    yield found.experiment.question.of(language)
    yield ""
    day = datetime.fromtimestamp(run.created).strftime("%Y-%m-%d")
    values = " ".join(f"{name}={value}" for name, value in run.parameters.items())
    yield (f"运行于 {day}，种子 {run.seed}" if chinese else f"Run on {day}, seed {run.seed}") + (
        f", `{_code(values)}`" if values else ""
    )
    if found.changed:
        yield "（参数改过）" if chinese else "(parameters changed)"
    yield ""
    for line in found.findings:
        yield f"- {line}"
    if found.findings:
        yield ""
    if len(found.figures) > 1:
        for number, row in enumerate(found.figures):
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
            if number == 0:
                yield "| --- |" + " ---: |" * (len(row) - 1)
        yield ""
    for number, (title, picture) in enumerate(found.plots.items() if folder is not None else (), start=1):
        name = f"{folder}/{re.sub('[^a-z0-9-]+', '-', found.experiment.id)}-{number}.svg"
        pictures[name] = picture
        yield f"![{title.replace(']', '')}]({name})"
        yield ""
    for title, lines in found.texts.items():
        yield f"**{title}**"
        yield ""
        yield FENCE
        yield from (line.replace("`", "'") for line in lines)
        yield FENCE
        yield ""
    for asked in found.tried:
        answer = f" {asked.answer.of(language)}" if asked.answer is not None else ""
        yield f"- **{asked.question.of(language)}**{answer}"
    if found.tried:
        yield ""


def _notes(course: Course, home: Home, refs: list[str], language: Language) -> Iterator[str]:
    for ref in refs:
        try:
            text = read_note(home, ref)
        except NoteError:
            continue
        found = course.lessons.get(ref) or course.experiments.get(ref)
        title = found.title.of(language) if found else ref
        yield f"### 笔记：{title}" if language == "zh" else f"### Notes: {title}"
        yield ""
        yield from ("> " + line if line else ">" for line in inert(text).strip().split("\n"))
        yield ""


def _code(text: str) -> str:
    return inert(text, 400).replace("`", "'").replace("\n", " ")
