"""Lint of what a spec proposes to try next: the parameters are there, may be so, and are not so already."""

from __future__ import annotations

from collections.abc import Iterator

from minimind_tui.content.lint.values import allowed
from minimind_tui.content.schema import SEED, USUAL_SEED, Experiment
from minimind_tui.content.tables import Value


def try_next_problems(spec: Experiment) -> Iterator[tuple[str, str]]:
    """What is wrong with `try_next` in a spec, in Chinese and English."""
    parameters = {parameter.name: parameter for parameter in spec.parameters}
    seen: list[dict[str, Value]] = []
    for index, asked in enumerate(spec.try_next):
        here = f"try_next[{index}]"
        for name, value in asked.set.items():
            parameter = parameters.get(name)
            if name == SEED:
                if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                    yield (
                        f"{here}：种子要写成整数，不能是 {value!r}",
                        f"{here}: a seed is a whole number, not {value!r}",
                    )
                elif value == USUAL_SEED:
                    yield (
                        f"{here}：{name} = {value!r} 就是平常的种子，不跑就有答案了",
                        f"{here}: {name} = {value!r} is the usual seed, which is no attempt at anything",
                    )
            elif parameter is None:
                yield (
                    f"{here} 要改 {name}，这个实验没有这个参数",
                    f"{here} changes {name}, which is no parameter of this experiment",
                )
            elif not allowed(parameter, value):
                yield (
                    f"{here}：参数 {name} 不能是 {value!r}，不在允许的范围里",
                    f"{here}: parameter {name} may not be {value!r} by its own bounds",
                )
            elif value == parameter.default:
                yield (
                    f"{here}：{name} = {value!r} 就是默认值，不跑就有答案了",
                    f"{here}: {name} = {value!r} is the default, which is no attempt at anything",
                )
        if asked.set and asked.set in seen:
            yield f"{here} 要改的和前面一题一样", f"{here} changes the same as a question before it"
        seen.append(asked.set)
