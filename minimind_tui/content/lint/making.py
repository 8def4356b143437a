"""Lint of what an experiment makes and begins from: its spec, its code and the other experiments agree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, read_text
from minimind_tui.content.schema import Experiment, Parameter

Said = tuple[str, str]
"""The same sentence in Chinese and English."""


def making_problems(course: Course, spec: Experiment) -> Iterator[Said]:
    """What is wrong with it."""
    called, asked = _calls(course.sources(spec.id)[:-1])
    yield from _makes(spec, "keep" in called)
    yield from _begins(course, spec, asked)
    for parameter in spec.parameters:
        yield from _parameter(course, spec, parameter)


def _calls(files: list[Path]) -> tuple[set[str], set[str]]:
    """The methods of `record` that are called, and the experiments named in `record.base("…")`."""
    called, asked = set[str](), set[str]()
    for node in (node for file in files for node in _nodes(file)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "record":
            called.add(node.func.attr)
            first = node.args[0] if node.args else None
            if node.func.attr == "base" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                asked.add(first.value)
    return called, asked


def _nodes(file: Path) -> Iterator[ast.AST]:
    """All of a file's syntax; nothing of one that cannot be parsed, which is said elsewhere."""
    with suppress(ContentError, SyntaxError, ValueError, RecursionError, MemoryError):
        yield from ast.walk(ast.parse(read_text(file)))


def _makes(spec: Experiment, keeps: bool) -> Iterator[Said]:
    arms = [arm.id for arm in spec.arms]
    if spec.makes is None:
        if keeps:
            yield "代码调用了 record.keep，spec 里要写 makes", "its code calls record.keep: say makes in the spec"
        if spec.makes_in or spec.talks:
            yield "makes_in 和 talks 只和 makes 一起用", "makes_in and talks belong to makes"
        return
    if not keeps:
        yield (
            f"makes = {spec.makes!r}，代码却没有调用 record.keep",
            f"makes = {spec.makes!r}: its code never calls record.keep",
        )
    if len(arms) > 1 and spec.makes_in is None:
        yield "有几组，makes_in 要写明是哪一组做出来的", "it has several arms: makes_in must say whose it is"
    if spec.makes_in is not None and spec.makes_in not in arms:
        yield f"没有组 {spec.makes_in}（makes_in）", f"makes_in: there is no arm {spec.makes_in}"
    if spec.talks and spec.makes != "model":
        yield "会对话的只有模型：去掉 talks", "only a model talks: take talks out"


def _begins(course: Course, spec: Experiment, asked: set[str]) -> Iterator[Said]:
    for ref in sorted(asked - set(spec.begins_from)):
        yield f"代码从 {ref} 开始，begins_from 里没有它", f"its code begins from {ref}, which begins_from must name"
    for ref in spec.begins_from:
        if ref not in course.experiments:
            yield f"begins_from 里的实验 {ref} 不存在", f"begins_from: there is no experiment {ref}"
        elif course.experiments[ref].makes is None:
            yield (
                f"begins_from 里的 {ref} 什么也不做出来（它要有 makes）",
                f"begins_from: {ref} makes nothing (it needs makes)",
            )
    if spec.id in _ancestors(course, spec.id):
        yield "它绕一圈又从自己开始：看 begins_from", "it begins from itself, at some remove: see begins_from"


def _ancestors(course: Course, ref: str) -> set[str]:
    """All that it begins from, at whatever remove."""
    found, waiting = set[str](), [ref]
    while waiting:
        spec = course.experiments.get(waiting.pop())
        new = set(spec.begins_from if spec is not None else ()) - found
        found |= new
        waiting += new
    return found


def _parameter(course: Course, spec: Experiment, parameter: Parameter) -> Iterator[Said]:
    name, base = parameter.name, parameter.base
    if parameter.kind not in ("model", "tokenizer"):
        if base is not None or parameter.needs != "writes":
            yield (
                f"参数 {name}：base 和 needs 只用在 model 和 tokenizer 上",
                f"parameter {name}: base and needs belong to the kinds model and tokenizer",
            )
        return
    if parameter.default == "base" and base is None:
        yield f"参数 {name} 默认是 base：要写明 base 是哪个实验", f"parameter {name}: its default is base, so say whose"
    if parameter.kind == "tokenizer" and parameter.needs != "writes":
        yield f"参数 {name}：needs 只用在 model 上", f"parameter {name}: needs belongs to the kind model"
    if base is None:
        return
    if base not in spec.begins_from:
        yield (
            f"参数 {name} 的 base {base} 不在 begins_from 里",
            f"parameter {name}: begins_from must name its base {base}",
        )
    made = course.experiments.get(base)
    if made is not None and (made.makes != parameter.kind or (parameter.needs == "talks" and not made.talks)):
        yield (
            f"参数 {name} 要的是 {parameter.kind}（{parameter.needs}），{base} 做的不是",
            f"parameter {name} wants a {parameter.kind} ({parameter.needs}), which {base} does not make",
        )
