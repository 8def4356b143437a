"""Verdicts: whether a run bears a claim out, by the bounds that the claim itself declares."""

from __future__ import annotations

from collections.abc import Mapping

from minimind_tui.content.schema import Claim, Experiment
from minimind_tui.run.expression import evaluate
from minimind_tui.run.summary import ClaimResult, Summary, Verdict


def judge(experiment: Experiment, summary: Summary) -> list[ClaimResult]:
    """Every claim of `experiment` that is about this run against what `summary` recorded, in the spec's order."""
    return [_judge(claim, summary) for claim in experiment.claims if concerns(claim, summary.parameters)]


def concerns(claim: Claim, parameters: Mapping[str, object]) -> bool:
    """Whether the claim speaks of a run with these parameters."""
    return all(str(parameters.get(name)) in values for name, values in claim.only.items())


def _judge(claim: Claim, summary: Summary) -> ClaimResult:
    measure = evaluate(claim.measure, summary)
    values = {"measure": measure, **{name: evaluate(text, summary) for name, text in claim.values.items()}}
    return ClaimResult(claim.id, verdict(claim, measure), values)


def verdict(claim: Claim, measure: float | None) -> Verdict:
    """Holds beyond `holds_*`, does not hold beyond `fails_*`, inconclusive between and without a measure."""
    if measure is None:
        return "inconclusive"
    above, below = claim.holds_above, claim.holds_below
    if (above is None or measure > above) and (below is None or measure < below):
        return "holds"
    low = claim.fails_below if claim.fails_below is not None else above
    high = claim.fails_above if claim.fails_above is not None else below
    if (low is not None and measure <= low) or (high is not None and measure >= high):
        return "does-not-hold"
    return "inconclusive"
