"""The comparison that exercises are checked with: it finds each kind of difference, and says where."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch
from torch import Tensor

from minimind_tui.nn.checking import Difference, cases, require, same, unlike

X = torch.arange(6.0).reshape(2, 3)
NAN, INF = float("nan"), float("inf")


def difference(actual: object, expected: Tensor, tolerance: float = 1e-5) -> Difference:
    with pytest.raises(Difference) as caught:
        same(actual, expected, zh="情形", en="the case", tolerance=tolerance)
    assert caught.value.zh.startswith("情形\n")
    assert caught.value.en.startswith("the case\n")
    assert str(caught.value) == caught.value.en
    return caught.value


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X, X),
        (X + 1e-6, X),
        (torch.tensor([NAN, INF, -INF]), torch.tensor([NAN, INF, -INF])),
        (torch.tensor([1.0], dtype=torch.bfloat16), torch.tensor([1.0078125], dtype=torch.bfloat16)),
        (torch.tensor([True, False]), torch.tensor([True, False])),
        (torch.tensor([1 + 2j]), torch.tensor([1 + 2j])),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (X.clone().requires_grad_(), X),
    ],
)
def test_what_is_the_same_passes(actual: Tensor, expected: Tensor) -> None:
    same(actual, expected, zh="情形", en="the case")


def test_a_known_mistake_is_named_and_nothing_else_is() -> None:
    with pytest.raises(Difference, match="the mistake"):
        unlike(X + 1e-7, X, zh="错误", en="the mistake")
    for other in (X + 1e-3, X[0], X.half(), None, [1.0]):
        unlike(other, X, zh="错误", en="the mistake")


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (None, X, "Expected a tensor, got None."),
        ([1.0], X, "Expected a tensor, got list."),
        (X[0], X, "Expected shape [2, 3], got [3]."),
        (X.half(), X, "Expected dtype float32, got float16."),
        (torch.tensor(1.0), torch.tensor(2.0), "Got 1, expected 2."),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, NAN]), "The first difference is at [1]: got 2, expected nan."),
        (torch.tensor([NAN, 2.0]), torch.tensor([1.0, 2.0]), "at [0]: got nan, expected 1. 1 of 2 numbers differ"),
        (torch.tensor([INF, 2.0]), torch.tensor([-INF, 2.0]), "at [0]: got inf, expected -inf."),
        (torch.tensor([1, 2, 3]), torch.tensor([1, 2, 7]), "at [2]: got 3, expected 7. 1 of 3 numbers differ (33%)"),
        (torch.tensor([1, 2, 3]), torch.tensor([1, 2, 7]), "by at most 4."),
        (torch.tensor([True, True]), torch.tensor([True, False]), "at [1]: got True, expected False."),
        (torch.tensor([1 + 2j, 1]), torch.tensor([1 + 3j, 1]), "at [0]: got (1+2j), expected (1+3j)."),
    ],
)  # fmt: skip
def test_each_kind_of_difference_is_named(actual: object, expected: Tensor, words: str) -> None:
    assert words in difference(actual, expected).en


def test_the_first_place_the_share_and_the_largest_gap_are_said() -> None:
    wrong = X.clone()
    wrong[1, 1] += 0.5
    wrong[1, 2] -= 2
    found = difference(wrong, X)
    assert "at [1, 1]: got 4.5, expected 4. 2 of 6 numbers differ (33%), by at most 2." in found.en
    assert "在 [1, 1]：得到 4.5，应为 4。6 个数里有 2 个不同（33%），最大相差 2。" in found.zh


def test_the_tolerance_is_kept_and_small_differences_are_written_out() -> None:
    same(torch.tensor([1.0, 100.0]), torch.tensor([1.00001, 100.0005]), zh="情形", en="the case")
    one, other = torch.tensor([1.0], dtype=torch.float64), torch.tensor([1.0000001], dtype=torch.float64)
    assert "Got 1, expected 1.0000001." in difference(one, other, 1e-8).en


def test_require() -> None:
    require(True, zh="不", en="no")
    with pytest.raises(Difference, match="no"):
        require(False, zh="不", en="no")


def test_cases_come_in_the_order_of_the_file_with_both_titles() -> None:
    module = ModuleType("check")
    code = (
        "from os.path import exists as check_imported\n"
        'def check_b(code):\n    """二|Two\n\n    More."""\n'
        "def helper(code): pass\n"
        'def check_a(code):\n    """Only one"""\n'
        "def check_c(code): pass\n"
        "check_number = 3\n"
    )
    exec(code, vars(module))
    found = [(case.name, case.zh, case.en) for case in cases(module)]
    assert found == [("check_b", "二", "Two"), ("check_a", "Only one", "Only one"), ("check_c", "check_c", "check_c")]
