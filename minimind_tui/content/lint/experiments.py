"""Lint of an experiment: its spec, its code and its claims use the same names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

from minimind_tui.base.text import LANGUAGES, Text
from minimind_tui.content import measure, units
from minimind_tui.content.course import Course, shared_code
from minimind_tui.content.figures import placeholders, sane
from minimind_tui.content.files import ContentError, Problem, read_text
from minimind_tui.content.lint.asides import sentences
from minimind_tui.content.lint.drawing import plain_problems
from minimind_tui.content.lint.making import making_problems
from minimind_tui.content.lint.processes import process_problems
from minimind_tui.content.lint.tries import try_next_problems
from minimind_tui.content.lint.values import allowed
from minimind_tui.content.schema import Claim, Experiment


def experiment_problems(course: Course, ref: str) -> Iterator[Problem]:
    """What is wrong with `experiments/<ref>.toml` and the code beside it."""
    spec, code = course.experiments[ref], course.source(ref)
    file = code.with_suffix(".toml")

    def problem(zh: str, en: str) -> Problem:
        return Problem(file, None, Text(zh=zh, en=en))

    recorded = recorded_names(code)
    if recorded is None:
        yield Problem(code, None, Text(zh="缺少代码，或代码有语法错误", en="the code is missing, or cannot be parsed"))
        return
    if not _runs(code):
        message = Text(zh="没有函数 run(settings, record)", en="it has no function run(settings, record)")
        yield Problem(code, None, message)
    wanted = [f"{code.stem}.reference{f'.{language}' if language else ''}.json" for language in spec.languages]
    if not all((code.parent / name).exists() for name in wanted):
        yield problem(
            "缺少 reference.json：课文在学习者运行之前没有数字可用。运行 make claims",
            "its reference.json is missing: texts have no figures before the learner's run. Run make claims",
        )
    for arm in spec.arms:
        if set(arm.set) != {spec.factor.name}:
            yield problem(
                f"组 {arm.id} 的 set 只能有 {spec.factor.name}，现在是 {', '.join(arm.set)}",
                f"arm {arm.id}: set must hold {spec.factor.name} alone, not {', '.join(arm.set)}",
            )
    for plot in spec.plots:
        for name in plot.recorded(recorded):
            yield problem(
                f"图 {plot.id} 用到 {name!r}，代码里没有记录",
                f"plot {plot.id}: the code records nothing called {name!r}",
            )
        for message in plot.problems([arm.id for arm in spec.arms]):
            yield problem(f"图 {plot.id}：{message.zh}", f"plot {plot.id}: {message.en}")
    for parameter in spec.parameters:
        if not allowed(parameter, parameter.default):
            yield problem(
                f"参数 {parameter.name} 的默认值 {parameter.default!r} 不在允许的范围里",
                f"parameter {parameter.name}: its default {parameter.default!r} is not allowed by its own bounds",
            )
        if parameter.holds is not None and parameter.kind != "corpus":
            yield problem(
                f'参数 {parameter.name} 的 holds 只用在 kind = "corpus" 里',
                f"parameter {parameter.name}: holds belongs to the kind corpus alone",
            )
    yield from (problem(zh, en) for zh, en in process_problems(spec))
    yield from (problem(zh, en) for zh, en in try_next_problems(spec))
    for claim in spec.claims:
        yield from (problem(zh, en) for zh, en in _claim_problems(spec, claim, recorded))
    yield from (problem(zh, en) for zh, en in _prediction_problems(spec))
    yield from (problem(zh, en) for zh, en in making_problems(course, spec))
    yield from plain_problems(file, "", *(text for _, text in sentences(spec)))


def recorded_names(code: Path) -> set[str] | None:
    """The names that an experiment's code gives to `record.metric`, `.layer`, `.reference` and `.matrix`.

    Those of the shared files that it imports count too, and what was recorded in the run that lessons quote, where
    names are put together. None where there is no such file or it cannot be parsed. Of a matrix whose name is put
    together, the fixed beginning.
    """
    try:
        tree = ast.parse(read_text(code))
    except (ContentError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set().union(*(recorded_names(shared) or () for shared in shared_code(code)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)  # a matrix's name may pass through a variable
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "metric":
            names.update(keyword.arg for keyword in node.keywords if keyword.arg)
    return names.union(*(_measured_names(path) for path in code.parent.glob(f"{code.stem}.reference*.json")))


def _runs(code: Path) -> bool:
    """Whether `code`, which can be parsed, defines the function `run` that the worker calls."""
    body = ast.parse(read_text(code)).body
    return any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in body)


def _measured_names(reference: Path) -> set[str]:
    """The names of the metrics, layers and references in a reference run; none where it cannot be read."""
    try:
        arms = msgspec.json.decode(read_text(reference)).get("arms", {}).values()
        return {str(name) for arm in arms for kind in ("metrics", "layers", "references") for name in arm.get(kind, {})}
    except (ContentError, ValueError, AttributeError, TypeError, RecursionError):
        return set()


def _claim_problems(spec: Experiment, claim: Claim, recorded: set[str]) -> Iterator[tuple[str, str]]:
    arms = [arm.id for arm in spec.arms]
    for text in (claim.measure, *claim.values.values()):
        try:
            measure.check(text, arms)
        except measure.ExpressionError as error:
            yield f"断言 {claim.id}：{error.message.zh}", f"claim {claim.id}: {error.message.en}"
            continue
        for name in sorted({name for _, name in measure.names(text)}):
            if name not in recorded:
                yield (
                    f"断言 {claim.id} 用到 {name}，代码里没有记录",
                    f"claim {claim.id} rests on {name}, which the code does not record",
                )
    choices = {each.name: LANGUAGES if each.kind == "language" else each.choices for each in spec.parameters}
    for name, values in claim.only.items():
        for value in values:
            if value not in choices.get(name, ()):
                yield (
                    f"断言 {claim.id} 只说 {name} = {value}，没有这样的参数值",
                    f"claim {claim.id} is about {name} = {value}, which no parameter can be",
                )
    if claim.holds_above is None and claim.holds_below is None:
        yield (
            f"断言 {claim.id} 没有界限：写 holds_above 或 holds_below",
            f"claim {claim.id} has no bound: give holds_above or holds_below",
        )
    for sentence in (claim.text.zh, claim.text.en):
        for name, form in placeholders(sentence).items():
            if not sane(form):
                yield (
                    f"断言 {claim.id} 的文字里 {{{name}:{form}}} 格式不对：用 .2f、.2g、.0% 这样的",
                    f"claim {claim.id}: {{{name}:{form}}} is no format for a figure; use one like .2f, .2g, .0%",
                )
            if name not in ("measure", units.PLACE, *claim.values):
                yield (
                    f"断言 {claim.id} 的文字里 {{{name}}} 没有定义：写进 values",
                    f"claim {claim.id}: {{{name}}} in its text is not defined; add it to values",
                )


def _prediction_problems(spec: Experiment) -> Iterator[tuple[str, str]]:
    prediction = spec.prediction
    if prediction is None:
        return
    if prediction.answer not in {choice.id for choice in prediction.choices}:
        yield (
            f"预测的 answer {prediction.answer!r} 不在选项里",
            f"the prediction's answer {prediction.answer!r} is not one of its choices",
        )
    claims = {claim.id for claim in spec.claims}
    for claim in prediction.rests_on:
        if claim not in claims:
            yield (
                f"预测依据的断言 {claim!r} 不存在",
                f"the prediction rests on a claim {claim!r} that does not exist",
            )
