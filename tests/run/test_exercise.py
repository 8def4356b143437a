"""Trying exercises: what passes, what differs, what raises; one that hangs or dies costs itself alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.exercise.checker import Job, Outcome, first_failure, outcomes
from tests.tiny import tiny_course
from tests.tiny_practice import SOLUTION, add_practice

DIFFERS = '''
from minimind_tui.nn.checking import require


def check_it(code):
    """它|It"""
    require(code.double(3) == 6, zh="差了", en="is off")
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the tiny course's exercise."""
    root = add_practice(tiny_course(tmp_path_factory.mktemp("course")))
    return root / "lessons/small/exercises/double"


def tried(folder: Path, *codes: str, check: str | None = None, seconds: float = 60) -> list[Outcome]:
    """What becomes of pieces of code, one after the other."""
    checks = folder / "check.py"
    if check is not None:
        checks = folder / "other_check.py"
        checks.write_text(check, encoding="utf-8")
    jobs = []
    for number, code in enumerate(codes):
        path = folder / f"code_{number}.py"
        path.write_text(code, encoding="utf-8")
        jobs.append(Job(str(path), str(checks)))
    return list(outcomes(jobs, seconds))


def test_each_piece_of_code_gets_its_outcome_and_a_bad_one_costs_itself_alone(folder: Path) -> None:
    found = tried(
        folder,
        SOLUTION,
        "def double(x):\n    return x\n",
        "def double(x):\n    return x + gone\n",
        "def double(x:\n",
        "import os\ndef double(x):\n    os._exit(3)\n",
        "def double(x):\n    raise SystemExit(4)\n",
        "import sys\nprint('{}')\nsys.stdout.flush()\n" + SOLUTION,
        "import sys\nsys.setrecursionlimit(10**9)\ndef double(x):\n    return double(double(x))\n",
        SOLUTION,
    )
    assert [outcome.passed for outcome in found] == [True, False, False, False, False, False, True, False, True]
    verdicts = [[case.verdict for case in outcome.cases] for outcome in found]
    assert verdicts[0] == ["passed", "passed"]
    assert verdicts[1] == ["error", "passed"], "a plain assert is an error of the check's, zero is right"
    assert [case.title.en for case in found[0].cases] == ["Whole numbers", "Zero"]
    raised = found[2].cases[0]
    assert raised.message is not None
    assert raised.message.en == "NameError: name 'gone' is not defined"
    assert raised.line == 2
    assert found[3].problem is not None
    assert "'(' was never closed" in found[3].problem.en
    assert found[3].line == 1
    assert verdicts[4] == verdicts[5] == ["error", "error"]


def test_one_that_hangs_is_ended(folder: Path) -> None:
    hanging, sound = tried(folder, "def double(x):\n    while True: pass\n", SOLUTION, seconds=3)
    assert hanging.problem is not None
    assert "Not done after 3 s (in the check “Whole numbers”)" in hanging.problem.en
    assert hanging.line == 2
    assert sound.passed


def test_a_difference_speaks_both_languages(folder: Path) -> None:
    (outcome,) = tried(folder, "def double(x):\n    return x\n", check=DIFFERS)
    (case,) = outcome.cases
    assert case.verdict == "failed"
    failure = first_failure(outcome)
    assert failure is not None
    assert (failure[0].zh, failure[0].en) == ("它：差了", "It: is off")


THREE = """
from minimind_tui.nn.checking import require


def check_first(code):
    "一|One"
    require(code.double(3) == 6, zh="差了", en="is off")


def check_second(code):
    "二|Two"
    require(code.double(4) == 8, zh="有没有 detach？", en="is there a detach?")


def check_third(code):
    "三|Three"
    code.gone
"""


def test_after_the_first_failure_a_diagnosis_is_called_likely(folder: Path) -> None:
    (outcome,) = tried(folder, "def double(x):\n    return x\n", check=THREE)
    first, second, third = (case.message for case in outcome.cases)
    assert first is not None
    assert (first.zh, first.en) == ("差了", "is off")
    assert second is not None
    assert second.en.startswith("Likely a consequence")
    assert second.en.endswith("is there a detach?")
    assert second.zh.startswith("多半")
    assert third is not None
    assert third.en.startswith("AttributeError"), "what Python says is no guess"


@pytest.mark.parametrize(("check", "complaint"), [("", "there is no check"), ("def check_(", "check.py: SyntaxError")])
def test_checks_that_check_nothing_pass_nothing(folder: Path, check: str, complaint: str) -> None:
    (outcome,) = tried(folder, SOLUTION, check=check)
    failure = first_failure(outcome)
    assert not outcome.passed
    assert failure is not None
    assert complaint in failure[0].en
