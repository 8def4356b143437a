"""Findings in words: the prediction beside the outcome, and each claim with its verdict and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.style import Style

from minimind_tui.content.schema import Claim, Experiment, Language
from minimind_tui.run.summary import ClaimResult, Summary
from minimind_tui.ui.lesson.wrap import WrappedText, wrapped

VERDICTS = {
    "holds": ("✓", "good", "成立", "holds"),
    "does-not-hold": ("✗", "bad", "不成立", "does not hold"),
    "inconclusive": ("?", "unsure", "无法判断", "inconclusive"),
}


def claim_sentence(claim: Claim, result: ClaimResult, language: Language) -> str:
    """The claim's text with the measured figures in it."""
    figures = {name: math.nan if value is None else value for name, value in result.values.items()}
    try:
        return claim.text.of(language).format(**figures)
    except (KeyError, ValueError, IndexError):
        return claim.text.of(language)


def predicted_right(experiment: Experiment, summary: Summary, choice: str) -> bool | None:
    """Whether the prediction came true; None where this run's claims do not decide it."""
    if experiment.prediction is None:
        return None
    verdicts = {result.id: result.verdict for result in summary.claims}
    if any(verdicts.get(claim) != "holds" for claim in experiment.prediction.rests_on):
        return None
    return choice == experiment.prediction.answer


def findings_text(
    experiment: Experiment,
    summary: Summary,
    prediction: str | None,
    language: Language,
    styles: Mapping[str, Style],
) -> WrappedText:
    """What the run showed."""
    text = wrapped("")
    if experiment.prediction is not None and prediction:
        _append_prediction(text, experiment, summary, prediction, language, styles)
    claims = {claim.id: claim for claim in experiment.claims}
    for result in summary.claims:
        claim = claims.get(result.id)
        if claim is None:
            continue
        mark, style, chinese, english = VERDICTS[result.verdict]
        text.append(f"{mark} {chinese if language == 'zh' else english}  ", styles[style])
        text.append(claim_sentence(claim, result, language) + "\n\n")
    changed = changed_parameters(experiment, summary.parameters)
    if changed:
        listing = ", ".join(f"{name}={value}" for name, value in changed.items())
        text.append(
            f"这次改过参数：{listing}。结论是按默认参数写的，这里照样逐条核对。\n"
            if language == "zh"
            else f"Changed in this run: {listing}. The claims were written for the defaults; "
            "they are checked all the same.\n",
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


def _append_prediction(
    text: WrappedText,
    experiment: Experiment,
    summary: Summary,
    choice: str,
    language: Language,
    styles: Mapping[str, Style],
) -> None:
    prediction = experiment.prediction
    if prediction is None:
        return
    words = {option.id: option.text.of(language) for option in prediction.choices}
    right = predicted_right(experiment, summary, choice)
    text.append("你的预测：" if language == "zh" else "Your prediction: ", styles["strong"])
    text.append(words.get(choice, choice) + "  ")
    if right is None:
        text.append("这次运行无法判定\n" if language == "zh" else "not decided by this run\n", styles["unsure"])
        return
    if right:
        text.append("✓ 说中了\n" if language == "zh" else "✓ right\n", styles["good"])
    else:
        text.append("✗ 没说中\n" if language == "zh" else "✗ not so\n", styles["bad"])
        text.append("结果：" if language == "zh" else "Outcome: ", styles["strong"])
        text.append(words[prediction.answer] + "\n")
    text.append(prediction.explanation.of(language) + "\n\n")
