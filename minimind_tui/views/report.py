"""The learner's report with the plots of the learner's own runs: what the screen and the command line both write."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from minimind_tui.base.bounded import open_regular
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.content.course import Course
from minimind_tui.content.plots import Axes, Bars, Line, Plot
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.clock import now
from minimind_tui.practice.report import HEAD, Measured, Report, report
from minimind_tui.practice.store import Progress
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.summary import Summary
from minimind_tui.run.watch import RunView
from minimind_tui.views.findings import NOT_THIS_TIME, VERDICTS, changed_parameters, claim_sentence
from minimind_tui.views.paper import as_lines
from minimind_tui.views.plots import Shown, kind_of
from minimind_tui.views.tries import attempted

TEXT_CELLS, MOST_LINES = 76, 40
"""Columns and rows of a plot that is text."""

MOST_METRICS = 6
"""Columns of the table of an experiment's figures."""


def make_report(course: Course, progress: Progress, home: Home, language: Language, folder: str | None) -> Report:
    """The report; its pictures lie in `folder` beside it, without one there are none."""
    measured = {}
    for experiment in course.experiments.values():
        info = last_run(home, experiment)
        if info is not None:
            measured[experiment.id] = _measured(home, experiment, info, language)
    return report(course, progress, home, measured, language, now(), folder)


def write_report(course: Course, progress: Progress, home: Home, language: Language, path: Path) -> int:
    """Write the report to `path`, its pictures into a folder beside it; how many pictures there are.

    Raises FileExistsError where `path` is something else than an earlier report, and OSError.
    """
    folder = f"{path.stem}-plots"
    made = make_report(course, progress, home, language, folder)
    if path.exists():
        with open_regular(path, 2**62) as file:
            if file.read(len(HEAD)) not in (HEAD.encode(), b""):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if made.pictures:
        (path.parent / folder).mkdir(exist_ok=True)
    for name, picture in made.pictures.items():
        write_atomically(path.parent / name, picture.encode())
    write_atomically(path, made.text.encode())
    return len(made.pictures)


def last_run(home: Home, experiment: Experiment) -> RunInfo | None:
    """The newest finished run at the default parameters, else the newest finished one."""
    finished = [run for run in list_runs(home) if run.experiment == experiment.id and run.state == "finished"]
    plain = (run for run in finished if not changed_parameters(experiment, run.parameters))
    return next(plain, next(iter(finished), None))


def _measured(home: Home, experiment: Experiment, info: RunInfo, language: Language) -> Measured:
    view = RunView(home, info.id)
    view.poll()
    summary = view.summary
    claims = {claim.id: claim for claim in experiment.claims}
    findings = []
    for result in summary.claims:
        if result.id in claims:
            mark, _, chinese, english = VERDICTS[result.verdict]
            word = chinese if language == "zh" else english
            told = NOT_THIS_TIME.of(language) if result.verdict == "does-not-hold" else ""
            sentence = claim_sentence(claims[result.id], result, summary.parameters, language)
            findings.append(f"{mark} **{word}** {told}{sentence}")
    plots: dict[str, str] = {}
    drawn: set[str] = set()
    for plot in experiment.plots:
        metric = plot.metric if isinstance(plot, Axes) else plot.id
        picture = _picture(experiment, plot, summary, language) if metric not in drawn else None
        if picture is not None:
            plots[plot.title.of(language)] = picture
            drawn.add(metric)
    changed = changed_parameters(experiment, info.parameters)
    figures, texts = _figures(experiment, summary, language), _texts(experiment, summary, language)
    tried = [experiment.try_next[index] for index in sorted(attempted(experiment, list_runs(home)))]
    return Measured(experiment, info, findings, figures, plots, texts, changed, tried)


def _texts(experiment: Experiment, summary: Summary, language: Language) -> dict[str, list[str]]:
    """The plots that are no drawing, as lines of text; of a long one the first of them."""
    found = {}
    for plot in experiment.plots:
        kind = kind_of(plot)
        data = kind.data(Shown(experiment, plot, summary, language))
        if kind.is_text and not kind.is_empty(data):
            lines = as_lines(kind.lines(data, language), TEXT_CELLS)
            more = ["…"] if len(lines) > MOST_LINES else []
            found[plot.title.of(language)] = lines[:MOST_LINES] + more
    return found


def _picture(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> str | None:
    """The plot as a picture; None where it is no drawing, or nothing was recorded for it."""
    kind = kind_of(plot)
    data = kind.data(Shown(experiment, plot, summary, language))
    if kind.is_empty(data):
        return None
    return kind.picture(data, f"{experiment.title.of(language)}: {plot.title.of(language)}")


def _figures(experiment: Experiment, summary: Summary, language: Language) -> list[list[str]]:
    """The last value of each metric that a plot shows, an arm a row."""
    plots = [
        plot for plot in experiment.plots if isinstance(plot, Line) or (isinstance(plot, Bars) and not plot.against)
    ]
    wanted = {plot.metric: plot.title.of(language) for plot in plots}
    shown = [name for name in wanted if any(name in arm.metrics for arm in summary.arms.values())][:MOST_METRICS]
    if not shown:
        return []
    rows = [[experiment.factor.label.of(language), *(wanted[name] for name in shown)]]
    for arm in experiment.arms:
        recorded = summary.arms.get(arm.id)
        if recorded is not None:
            last = [f"{recorded.metrics[name].last:.4g}" if name in recorded.metrics else "" for name in shown]
            rows.append([arm.label.of(language), *last])
    return rows
