"""Lint of how many processes an experiment asks for: said in one place, and so many as one machine may start."""

from __future__ import annotations

from collections.abc import Iterator

from minimind_tui.content.schema import MOST_PROCESSES, PROCESSES, Experiment


def process_problems(spec: Experiment) -> Iterator[tuple[str, str]]:
    """What is wrong with `processes` in a spec, in Chinese and English."""
    asked = [each for each in spec.parameters if each.name == PROCESSES]
    is_factor = spec.factor.name == PROCESSES
    if (spec.processes > 1) + bool(asked) + is_factor > 1:
        yield (
            f"{PROCESSES} 只能在一个地方说：整个实验、一个参数，或者就是各组之间变的那一个因素",
            f"{PROCESSES} is said in one place alone: for the experiment, as a parameter, or as the factor of its arms",
        )
    for parameter in asked:
        low, high = parameter.minimum, parameter.maximum
        if parameter.kind != "int" or low is None or high is None or not 1 <= low <= high <= MOST_PROCESSES:
            yield (
                f"参数 {PROCESSES} 要是 int，minimum 和 maximum 在 1 到 {MOST_PROCESSES} 之间",
                f"parameter {PROCESSES} must be an int with a minimum and a maximum between 1 and {MOST_PROCESSES}",
            )
    for arm in spec.arms if is_factor else []:
        value = arm.set.get(PROCESSES, 1)  # one that is missing is told elsewhere
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PROCESSES:
            yield (
                f"组 {arm.id} 的 {PROCESSES} 要是 1 到 {MOST_PROCESSES} 之间的整数，不能是 {value!r}",
                f"arm {arm.id}: {PROCESSES} must be a whole number from 1 to {MOST_PROCESSES}, not {value!r}",
            )
