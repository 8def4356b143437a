"""What the lab says before a run: the question, the arms and their one difference, the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Set

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from minimind_tui.base.text import Language
from minimind_tui.content.schema import Experiment
from minimind_tui.content.tables import Value
from minimind_tui.views.marks import mark
from minimind_tui.views.tries import THEN_TRY, answers, settings
from minimind_tui.views.words import as_text, seconds
from minimind_tui.views.wrap import wrapped


def setup_view(
    experiment: Experiment,
    values: Mapping[str, Value],
    seed: int,
    language: Language,
    styles: Mapping[str, Style],
    arm_styles: list[Style],
    *,
    run_before: bool,
    answered: Set[int] = frozenset(),
    how: str = "",
) -> RenderableType:
    """The design of the experiment; what to try next, once it has been run as it is.

    The questions whose places are in `answered` have their answers under them; `how` says how the others are got.
    """
    chinese = language == "zh"
    parts: list[RenderableType] = [
        wrapped(experiment.question.of(language), style=str(styles["strong"])),
        Text(),
        wrapped(
            ("只有一处不同：" if chinese else "One thing differs: ") + experiment.factor.label.of(language),
            style=str(styles["markdown.h2"]),
        ),
    ]
    width = max(cell_len(arm.label.of(language)) for arm in experiment.arms)
    for index, arm in enumerate(experiment.arms):
        label = arm.label.of(language)
        row = wrapped("")
        row.append(f"  {mark(index)} {label}" + " " * (width - cell_len(label) + 2), arm_styles[index])
        row.append(", ".join(f"{name} = {as_text(value)}" for name, value in arm.set.items()), styles["muted"])
        parts.append(row)
    for parameter in experiment.parameters:
        said = parameter.says.get(str(values.get(parameter.name, parameter.default)))
        if said is not None:
            parts += [Text(), wrapped(f"{parameter.label.of(language)}{'：' if chinese else ': '}{said.of(language)}")]
    parts += [Text(), wrapped(experiment.fairness.of(language)), Text()]
    parts.append(wrapped(("参数" if chinese else "Parameters"), style=str(styles["markdown.h2"])))
    parts.append(_parameters(experiment, values, seed, language, styles))
    if run_before and experiment.try_next:
        parts += [Text(), wrapped(THEN_TRY.of(language), style=str(styles["markdown.h2"]))]
        parts.append(_try_next(experiment, language, styles, answered))
        if how and answers(experiment) - answered:
            parts.append(wrapped(how, style=str(styles["muted"])))
    time = seconds(experiment.seconds, language)
    parts += [
        Text(),
        wrapped(f"大约需要 {time}" if chinese else f"Takes about {time}", style=str(styles["muted"])),
    ]
    return Group(*parts)


def _try_next(experiment: Experiment, language: Language, styles: Mapping[str, Style], answered: Set[int]) -> Table:
    """A row per question; the row under it has the answer, or what has to be changed for it."""
    items = Table.grid(padding=(0, 1, 0, 0))
    for index, asked in enumerate(experiment.try_next):
        items.add_row(Text("  -", styles["key"]), wrapped(asked.question.of(language)))
        if index in answered and asked.answer is not None:
            items.add_row(Text("  →", styles["good"]), wrapped(asked.answer.of(language)))
        elif asked.set:
            items.add_row(Text(), wrapped(settings(asked), style=str(styles["muted"])))
    return items


def _parameters(
    experiment: Experiment,
    values: Mapping[str, Value],
    seed: int,
    language: Language,
    styles: Mapping[str, Style],
) -> Text:
    """One line of `label value`, those that were changed standing out."""
    row = wrapped("  ")
    for parameter in experiment.parameters:
        default = language if parameter.kind == "language" else parameter.default
        value = values.get(parameter.name, default)
        row.append(parameter.label.of(language) + " ")
        row.append(as_text(value) or "-", styles["key"] if value != default else styles["strong"])
        row.append("   ")
    row.append("随机种子 " if language == "zh" else "seed ")
    row.append(str(seed), styles["key"] if seed != 1 else styles["strong"])
    return row
