"""Findings in words: each claim with its verdict and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.style import Style

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.content.figures import placeholders, sane
from minimind_tui.content.schema import Claim, Experiment
from minimind_tui.content.tables import Value
from minimind_tui.content.units import with_units
from minimind_tui.run.summary import ClaimResult, Summary
from minimind_tui.views.wrap import WrappedText, wrapped

VERDICTS = {
    "holds": ("✓", "good", "成立", "holds"),
    "does-not-hold": ("✗", "bad", "不成立", "does not hold"),
    "inconclusive": ("?", "unsure", "无法判断", "inconclusive"),
}

NOT_THIS_TIME = Text(
    zh="这次没有测到这样的结果（数字是这次的）：", en="not seen in this run, whose figures these are: "
)


def claim_sentence(claim: Claim, result: ClaimResult, parameters: Mapping[str, Value], language: Language) -> str:
    """The claim's text with the measured figures in it, for a run with these parameters."""
    sentence = with_units(claim.text, parameters, language)
    if not all(sane(form) for form in placeholders(sentence).values()):
        return sentence
    figures = {name: math.nan if value is None else value for name, value in result.values.items()}
    try:
        return sentence.format(**figures)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return sentence


def findings_text(
    experiment: Experiment, summary: Summary, language: Language, styles: Mapping[str, Style]
) -> WrappedText:
    """What the run showed."""
    text = wrapped("")
    changed = changed_parameters(experiment, summary.parameters)
    claims = {claim.id: claim for claim in experiment.claims}
    for result in summary.claims:
        claim = claims.get(result.id)
        if claim is None:
            continue
        mark, style, chinese, english = VERDICTS[result.verdict]
        text.append(f"{mark} {chinese if language == 'zh' else english}  ", styles[style])
        if result.verdict == "does-not-hold":
            text.append(NOT_THIS_TIME.of(language), styles["muted"])
        text.append(claim_sentence(claim, result, summary.parameters, language) + "\n\n")
    if changed:
        listing = inert(", ".join(f"{name}={value}" for name, value in changed.items()), 200)
        text.append(
            f"这次改过参数：{listing}。结论和预测说的都是默认参数；结论照样逐条核对，预测不评判。\n"
            if language == "zh"
            else f"Changed in this run: {listing}. Claims and prediction speak of the defaults: "
            "the claims are checked all the same, the prediction is not.\n",
            styles["muted"],
        )
    text.rstrip()
    return text


def changed_parameters(experiment: Experiment, values: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a run that are not at their default."""
    return {
        parameter.name: values[parameter.name]
        for parameter in experiment.parameters
        if parameter.kind != "language" and parameter.name in values and values[parameter.name] != parameter.default
    }


def told_parameters(experiment: Experiment, values: Mapping[str, object]) -> dict[str, object]:
    """Those beside a run's state: what was changed, and always what a dialog asked for."""
    changed = changed_parameters(experiment, values)
    asked = {parameter.name for parameter in experiment.parameters if parameter.says}
    return {name: value for name, value in values.items() if name in changed or name in asked}


def notes(experiment: Experiment, summary: Summary, language: Language) -> list[str]:
    """What the experiment itself said about its arms, each sentence once."""
    told: dict[str, None] = {}
    for arm in experiment.arms:
        recorded = summary.arms.get(arm.id)
        for note in recorded.notes if recorded else ():
            told[inert(note.of(language))] = None
    return list(told)
