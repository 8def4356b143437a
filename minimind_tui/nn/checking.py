"""What an exercise's checks are written with: they compare with a reference, and say where it differs first.

A check knows which mistake is likely in its case, the comparison knows which number is wrong: the learner reads
both. Sentences come in Chinese and English, and whoever shows them chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import NamedTuple

import torch
from torch import Tensor

PREFIX = "check_"
ROUNDING = 2
"""Units in the last place by which two numbers of a coarse dtype may differ, whatever the tolerance."""


class Difference(AssertionError):
    """The learner's code does something else than it should: `zh` and `en` say what."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class Case(NamedTuple):
    """One check of an exercise."""

    name: str
    zh: str
    en: str
    function: Callable[[ModuleType], None]


def cases(check_module: ModuleType) -> list[Case]:
    """The checks of `check.py`, in the file's order; the first line of a docstring is its title, `中文|English`."""
    found = []
    for name, function in vars(check_module).items():
        own = isinstance(function, FunctionType) and function.__module__ == check_module.__name__
        if own and name.startswith(PREFIX):
            title = (function.__doc__ or name).strip().splitlines()[0]
            zh, _, en = (part.strip() for part in title.partition("|"))
            found.append(Case(name, zh, en or zh, function))
    return found


def require(condition: bool, *, zh: str, en: str) -> None:
    """Raise Difference with these sentences where `condition` is false."""
    if not condition:
        raise Difference(zh=zh, en=en)


def same(actual: object, expected: Tensor, *, zh: str, en: str, tolerance: float = 1e-5) -> None:
    """Raise Difference unless `actual` is a tensor like `expected`: its shape, its dtype, its values.

    `zh` and `en` say what this case is and which mistake is likely. A value is right within `tolerance` times
    (1 + its size), and within two units in the last place of its dtype; NaN is right where NaN is expected.
    """
    wrong = _kind(actual, expected)
    if wrong is None:
        assert isinstance(actual, Tensor)
        wrong = _values(actual.detach(), expected.detach(), tolerance)
    if wrong is not None:
        raise Difference(zh=f"{zh}\n{wrong[0]}", en=f"{en}\n{wrong[1]}")


def unlike(actual: object, wrong: Tensor, *, zh: str, en: str, tolerance: float = 1e-5) -> None:
    """Raise Difference where `actual` is just what a known mistake gives, `wrong`; `zh` and `en` name the mistake.

    It stands before `same`, whose sentences then speak of what is not known so well. A tensor with other numbers,
    another shape or dtype, or something else altogether passes.
    """
    if _kind(actual, wrong) is None:
        assert isinstance(actual, Tensor)
        require(_values(actual.detach(), wrong.detach(), tolerance) is not None, zh=zh, en=en)


def _kind(actual: object, expected: Tensor) -> tuple[str, str] | None:
    """What is wrong before any value is looked at, in both languages."""
    if not isinstance(actual, Tensor):
        kind = "None" if actual is None else type(actual).__name__
        return f"应得到张量，得到的是 {kind}。", f"Expected a tensor, got {kind}."
    if actual.shape != expected.shape:
        got, wanted = list(actual.shape), list(expected.shape)
        return f"形状应为 {wanted}，得到 {got}。", f"Expected shape {wanted}, got {got}."
    if actual.dtype != expected.dtype:
        got_type, wanted_type = (str(t.dtype).removeprefix("torch.") for t in (actual, expected))
        return f"dtype 应为 {wanted_type}，得到 {got_type}。", f"Expected dtype {wanted_type}, got {got_type}."
    return None


def _values(actual: Tensor, expected: Tensor, tolerance: float) -> tuple[str, str] | None:
    """Which values are wrong, in both languages; both tensors have the same shape and dtype."""
    exact = not (expected.is_floating_point() or expected.is_complex())
    if not exact:
        tolerance = max(tolerance, ROUNDING * torch.finfo(expected.dtype).eps)
        wide = torch.complex128 if expected.is_complex() else torch.float64
        actual, expected = actual.to(wide), expected.to(wide)
    right = actual == expected if exact else actual.isclose(expected, tolerance, tolerance, equal_nan=True)
    if bool(right.all()):
        return None
    place = (~right).nonzero()[0].tolist()
    got, wanted = _written(actual[tuple(place)].item(), expected[tuple(place)].item())
    wrong, total = int((~right).sum()), right.numel()
    if total == 1:
        return f"得到 {got}，应为 {wanted}。", f"Got {got}, expected {wanted}."
    share = f"{wrong / total:.0%}"
    gap = (actual.double() - expected.double() if exact else actual - expected).abs()[~right]
    finite = gap[gap.isfinite()]
    largest = f"{finite.max().item():.3g}" if len(finite) else ""
    return (
        f"第一处不同在 {place}：得到 {got}，应为 {wanted}。"
        f"{total} 个数里有 {wrong} 个不同（{share}）{f'，最大相差 {largest}' if largest else ''}。",
        f"The first difference is at {place}: got {got}, expected {wanted}. "
        f"{wrong} of {total} numbers differ ({share}){f', by at most {largest}' if largest else ''}.",
    )


def _written(one: object, other: object) -> tuple[str, str]:
    """Two numbers as a reader wants them: enough digits to see that they differ, no more."""
    if not (isinstance(one, float) and isinstance(other, float)):
        return str(one), str(other)
    digits = 6 if f"{one:.6g}" != f"{other:.6g}" else 12
    return f"{one:.{digits}g}", f"{other:.{digits}g}"
