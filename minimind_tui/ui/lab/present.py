"""From what a run recorded to what a plot draws. Nothing here touches the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import Experiment, Plot
from minimind_tui.content.units import with_units
from minimind_tui.run.series import Series
from minimind_tui.run.summary import ArmSummary, Matrix, Summary, TensorSeen
from minimind_tui.ui.plot.bars import Bar
from minimind_tui.ui.plot.figure import Curve, Reference
from minimind_tui.ui.plot.layer_bars import LayerColumn, LayerData
from minimind_tui.ui.plot.line_plot import PlotData
from minimind_tui.ui.plot.matrix import MatrixView
from minimind_tui.ui.plot.trace_data import TensorView, TraceArm, TraceData

REFERENCE_NAMES = {
    "uniform": Bilingual(zh="瞎猜 ln V", en="guessing, ln V"),
    "entropy": Bilingual(zh="熵下限", en="entropy floor"),
    "letters": Bilingual(zh="只知道字频", en="letter frequencies"),
}
"""The lines of a loss. Others are named by the plot in which they belong."""

CEILING = 2.0
"""A loss that is beyond so many times the loss of guessing leaves the plot at its top: the others stay readable."""

MOST_CELLS = 64
"""Rows and columns of a tensor's picture that are taken from a log."""

STEP = Bilingual(zh="步", en="step")
LAYER = Bilingual(zh="层", en="layer")


def line_data(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> PlotData:
    """The series of the plot's metrics, one curve an arm and metric, with the reference lines of the run."""
    names = {metric: with_units(name, summary.parameters, language) for metric, name in plot.names.items()} or {
        plot.metric: ""
    }
    several = len(experiment.arms) > 1 or not plot.names
    curves = [
        Curve(
            " · ".join(filter(None, (arm.label.of(language) if several else "", name))),
            len(names) * index + place,
            recorded.metrics[metric],
        )
        for index, arm in enumerate(experiment.arms)
        for place, (metric, name) in enumerate(names.items())
        if (recorded := summary.arms.get(arm.id)) and metric in recorded.metrics
    ]
    planned = max((arm.plan for arm in summary.arms.values()), default=0)
    lines = references(plot, summary, language)
    guessing = max((arm.references.get("uniform", 0.0) for arm in summary.arms.values()), default=0.0)
    return PlotData(
        curves=curves,
        references=lines,
        x_range=(0.0, float(planned)) if planned and plot.x_label is None else None,
        ceiling=CEILING * guessing if "loss" in plot.metric and guessing > 0 else None,
        x_label=(plot.x_label or STEP).of(language),
        y_label=with_units(plot.y_label, summary.parameters, language),
    )


def layer_data(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> PlotData:
    """The last recorded vector of each arm, against the layer's number (from 1)."""
    curves = []
    for index, arm in enumerate(experiment.arms):
        recorded = summary.arms.get(arm.id)
        vectors = recorded.layers.get(plot.metric) if recorded else None
        if vectors:
            values = vectors[-1][1]
            series = Series()
            series.extend(list(range(1, len(values) + 1)), values)
            curves.append(Curve(arm.label.of(language), index, series))
    longest = max((len(curve.series) for curve in curves), default=1)
    return PlotData(
        curves=curves,
        references=[],
        x_range=(1.0, float(max(2, longest))),
        x_label=(plot.x_label or LAYER).of(language),
        y_label=with_units(plot.y_label, summary.parameters, language),
    )


def layer_bar_data(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> LayerData:
    """The last recorded vector of each arm, a bar a layer."""
    columns = []
    for index, arm in enumerate(experiment.arms):
        recorded = summary.arms.get(arm.id)
        vectors = recorded.layers.get(plot.metric) if recorded else None
        if vectors:
            columns.append(LayerColumn(index, arm.label.of(language), vectors[-1][1]))
    caption = with_units(plot.y_label, summary.parameters, language)
    return LayerData(columns, (plot.x_label or LAYER).of(language), caption)


def trace_data(experiment: Experiment, summary: Summary, language: Language) -> TraceData:
    """The tensors that the arms recorded, each name's last, in the order in which they were computed."""
    arms, names = [], {}
    for index, arm in enumerate(experiment.arms):
        recorded = summary.arms.get(arm.id)
        if recorded is None or not recorded.tensors:
            continue
        views = {view.name: view for view in (_tensor_view(tensor, language) for tensor in recorded.tensors)}
        arms.append(TraceArm(index, arm.label.of(language), views))
        names.update(dict.fromkeys(views))
    return TraceData(arms, list(names), language)


def _tensor_view(tensor: TensorSeen, language: Language) -> TensorView:
    return TensorView(
        name=inert(tensor.name, 24).replace("\n", " "),
        symbols=inert(tensor.symbols, 24).replace("\n", " "),
        shape=tuple(tensor.shape[:8]),
        dtype=inert(tensor.dtype, 16),
        bytes=tensor.bytes,
        mean=tensor.mean,
        std=tensor.std,
        low=tensor.low,
        high=tensor.high,
        nonfinite=tensor.nonfinite,
        rows=[row[:MOST_CELLS] for row in tensor.rows[:MOST_CELLS] if row],
        row_labels=[_label(label) for label in tensor.row_labels[:MOST_CELLS]],
        column_labels=[_label(label) for label in tensor.column_labels[:MOST_CELLS]],
        text=inert(tensor.text.of(language), 400),
        code=tensor.code,
    )


def _label(label: str) -> str:
    """A row's or column's label: one short line."""
    return inert(label, 12).replace("\n", "⏎")


def bar_data(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> list[Bar]:
    """The last value of the plot's metric, one bar an arm; or how far it lies above that of the arm `against`."""
    last = {
        arm: recorded.metrics[plot.metric].last
        for arm, recorded in summary.arms.items()
        if plot.metric in recorded.metrics
    }
    if plot.against:
        start = last.pop(plot.against, None)
        last = {arm: value - start for arm, value in last.items()} if start is not None else {}
    return [
        Bar(arm.label.of(language), index, last[arm.id]) for index, arm in enumerate(experiment.arms) if arm.id in last
    ]


def references(plot: Plot, summary: Summary, language: Language) -> list[Reference]:
    """The reference lines of the run that belong in `plot`, each once."""
    found: dict[str, float] = {}
    for arm in summary.arms.values():
        found.update(arm.references)
    names = {**(REFERENCE_NAMES if "loss" in plot.metric else {}), **plot.references}
    return [Reference(names[name].of(language), value) for name, value in found.items() if name in names]


def matrix_views(experiment: Experiment, plot: Plot, summary: Summary, language: Language) -> list[MatrixView]:
    """The matrices whose name starts with the plot's metric: by name, then by arm, the last of each."""
    last: dict[tuple[str, int], Matrix] = {}
    for index, arm in enumerate(experiment.arms):
        recorded = summary.arms.get(arm.id)
        for matrix in recorded.matrices if recorded else ():
            if matrix.name.startswith(plot.metric):
                last[(matrix.name, index)] = matrix
    return [
        MatrixView(
            title=f"{_called(name, plot, language)} · {experiment.arms[index].label.of(language)}",
            rows=matrix.rows,
            row_labels=[_label(label) for label in matrix.row_labels],
            column_labels=[_label(label) for label in matrix.column_labels],
            name=_called(name, plot, language),
            arm=index,
            arm_label=experiment.arms[index].label.of(language),
            down=with_units(plot.y_label, summary.parameters, language),
            across=plot.x_label.of(language) if plot.x_label else "",
        )
        for (name, index), matrix in sorted(last.items(), key=lambda item: (_counted(item[0][0]), item[0][1]))
    ]


def _counted(name: str) -> list[tuple[int, str]]:
    """A name's place among others: `layer 2` before `layer 10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)]


def _called(name: str, plot: Plot, language: Language) -> str:
    """A recorded matrix's name in the learner's language."""
    item = plot.item.of(language) if plot.item else plot.metric
    return inert(item + name.removeprefix(plot.metric), 40)


def samples(experiment: Experiment, summary: Summary, language: Language) -> list[tuple[str, str, str]]:
    """(arm, prompt, text) of the recorded samples, the latest of each arm and prompt first."""
    rows: list[tuple[str, str, str]] = []
    for arm in experiment.arms:
        recorded: ArmSummary | None = summary.arms.get(arm.id)
        for sample in reversed(recorded.samples if recorded else ()):
            title = f"{arm.label.of(language)} · {STEP.of(language)} {sample.step}"
            rows.append((title, inert(sample.prompt), inert(sample.text)))
    return rows


def newest_sample(summary: Summary, language: Language) -> str | None:
    """The text that was recorded last, behind its prompt, in one line; None where there is none yet."""
    samples = [sample for recorded in summary.arms.values() for sample in recorded.samples]
    if not samples:
        return None
    last = max(samples, key=lambda sample: sample.step)  # of several from one step, the first prompt's
    said = inert(last.prompt + last.text).replace("\n", "⏎")
    return f"{STEP.of(language)} {last.step}: {said}"


def notes(experiment: Experiment, summary: Summary, language: Language) -> Sequence[str]:
    """What the experiment itself said about its arms, each sentence once."""
    said: dict[str, None] = {}
    for arm in experiment.arms:
        recorded = summary.arms.get(arm.id)
        for note in recorded.notes if recorded else ():
            said[inert(note.of(language))] = None
    return list(said)
