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
    chinese, said = language == "zh", words.get(choice, choice) + "\n"
    if right is None:
        text.append("? 这次运行判定不了你的预测：" if chinese else "? not decided by this run: ", styles["unsure"])
        text.append(said)
        return
    if right:
        text.append("✓ 说中了：" if chinese else "✓ you were right: ", styles["good"])
        text.append(said)
    else:
        text.append("✗ 没说中：" if chinese else "✗ you said: ", styles["bad"])
        text.append(said)
        text.append("  结果是：" if chinese else "  it was: ", styles["strong"])
        text.append(words[prediction.answer] + "\n")
    text.append(prediction.explanation.of(language) + "\n\n")
