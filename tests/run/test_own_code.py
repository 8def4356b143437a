"""The learner's own code in a run: only what has passed as it stands, taken into the request, and never an import's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.exchange import state_of, take_in
from minimind_tui.practice.exercises import read_code
from minimind_tui.practice.store import Progress
from minimind_tui.run.launch import start
from minimind_tui.run.own_code import keep_passed, left_out, own_code, passed_code
from minimind_tui.run.request import ParameterError, Request, read_request, request_for, validate
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from tests.solutions import pass_with_solutions, solution_of, write_passed
from tests.tiny import home_in, until

COURSE = load_course(bundled_root())
SPEC = COURSE.experiments["block/own-parts"]
FFN, NORM = "feed-forward/swiglu", "normalization/rmsnorm"


def asked(home: Home, **given: object) -> Request:
    """The request of a short run."""
    small = {"steps": 10, "width": 32, "layers": 1, "heads": 2, "block": 16, "batch": 4}
    values = validate(SPEC, {**small, **given})
    return request_for(COURSE, SPEC, values, home, seed=1, full=False, language="en")


def finished(home: Home, run: str) -> RunView:
    """The run at its end."""
    view = RunView(home, run)

    def over() -> bool:
        view.poll()
        return view.state in ENDINGS

    until(over, "the end of the run", deadline=120)
    return view


def test_nothing_passed_is_refused_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as refused:
        asked(home_in(tmp_path))
    assert "minimind-tui exercise normalization/rmsnorm" in refused.value.message.en
    assert "minimind-tui exercise normalization/rmsnorm" in refused.value.message.zh


def test_what_has_passed_goes_in_and_what_was_changed_since_stays_out(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    for ref in (FFN, NORM):
        write_passed(home, ref, solution_of(COURSE.root, ref))
    assert set(asked(home).exercises) == {FFN, NORM}
    assert set(asked(home, part="swiglu").exercises) == {FFN}
    file = home.exercises / f"{FFN}.py"
    file.write_text(file.read_text(encoding="utf-8") + "\nprint('later')\n", encoding="utf-8")
    request = asked(home)
    assert set(request.exercises) == {NORM}
    assert left_out(SPEC, request, home) == [FFN]
    with pytest.raises(ParameterError, match="changed since it passed"):
        asked(home, part="swiglu")
    with pytest.raises(ParameterError, match="No part of yours"):
        asked(home, part="rope")
    keep_passed(home, FFN, file.read_text(encoding="utf-8"))
    assert set(asked(home).exercises) == {FFN, NORM}


@pytest.mark.parametrize("ahead", [b"\xef\xbb\xbf", b"# -*- coding: gbk -*-\n"], ids=["byte-order mark", "coding line"])
def test_a_file_is_read_as_its_check_reads_it(tmp_path: Path, ahead: bytes) -> None:
    home = home_in(tmp_path)
    file = home.exercises / f"{FFN}.py"
    file.parent.mkdir(parents=True)
    encoding = "gbk" if b"gbk" in ahead else "utf-8"
    long = "# 注释\n" * 15_000
    file.write_bytes(ahead + long.encode(encoding))
    assert passed_code(home, FFN) is None
    keep_passed(home, FFN, read_code(file))
    assert passed_code(home, FFN) == read_code(file)


def test_heads_go_in_alone(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    pass_with_solutions(home, COURSE.root, SPEC)
    assert "attention/multi-head-gqa" not in asked(home).exercises
    assert set(asked(home, part="multi-head-gqa").exercises) == {"attention/multi-head-gqa"}


def test_every_exercise_can_be_chosen() -> None:
    (part,) = (each for each in SPEC.parameters if each.name == "part")
    assert part.choices == ["all", *(ref.rpartition("/")[2] for ref in SPEC.exercises)]


def test_code_that_came_with_an_import_has_not_passed_here(tmp_path: Path) -> None:
    there, here = home_in(tmp_path / "there"), home_in(tmp_path / "here")
    write_passed(there, FFN, solution_of(COURSE.root, FFN))
    progress = Progress(there.database)
    progress.mark_done("exercise", FFN)
    take_in(Progress(here.database), here, state_of(progress, there))
    assert (here.exercises / f"{FFN}.py").exists()
    with pytest.raises(ParameterError):
        own_code(SPEC, {"part": "all"}, here)


def test_a_run_is_of_the_code_as_it_was_when_it_was_asked_for(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    write_passed(home, FFN, solution_of(COURSE.root, FFN))
    run = start(home, asked(home))
    (home.exercises / f"{FFN}.py").write_text("raise SystemExit", encoding="utf-8")
    view = finished(home, run)
    assert view.state == "finished", view.summary.reason
    assert [claim.verdict for claim in view.summary.claims] == ["holds"]
    request = read_request(home.runs / run)
    assert request is not None
    assert request.exercises == {FFN: solution_of(COURSE.root, FFN)}


def test_an_error_ends_the_learners_arm_and_leaves_the_reference(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    code = solution_of(COURSE.root, FFN).replace("gate = F.silu", "gate = F.gone")
    write_passed(home, FFN, code)
    view = finished(home, start(home, asked(home)))
    assert view.state == "failed"
    line = next(number for number, text in enumerate(code.splitlines(), 1) if "F.gone" in text)
    assert view.summary.reason.startswith(os.path.join(home.exercises, f"{FFN}.py:{line}: AttributeError"))
    assert len(view.summary.arms["reference"].metrics["loss"]) == 10
