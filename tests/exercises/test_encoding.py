"""A learner's file is read as Python reads it, by its byte-order mark or its coding line, and kept that way."""

from __future__ import annotations

import codecs
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from minimind_tui.base.encoding import decoded
from minimind_tui.exercise.checker import Job, Outcome, outcomes
from minimind_tui.practice.exercises import ExerciseError, read_code, save_code
from tests.exercises.mistakes import folder_of

SIZE = folder_of("feed-forward/ffn-size")
SOLUTION = (SIZE / "solution.py").read_text("utf-8")
READ = {
    "a byte-order mark": codecs.BOM_UTF8 + SOLUTION.encode(),
    "a byte-order mark and utf-8": codecs.BOM_UTF8 + b"# -*- coding: utf-8 -*-\n" + SOLUTION.encode(),
    "latin-1": ("# -*- coding: latin-1 -*-\nassert len('é') == 1 and ord('é') == 233\n" + SOLUTION).encode("latin-1"),
    "gbk": ("#!/usr/bin/python\n# vim: set fileencoding=gbk :\nassert '宽' == '\\u5bbd'\n" + SOLUTION).encode("gbk"),
    "carriage returns": SOLUTION.replace("\n", "\r\n").encode(),
}
REFUSED = {
    "latin-1 without a coding line": ("'é'\n" + SOLUTION).encode("latin-1"),
    "an encoding that does not exist": b"# coding: klingon\n" + SOLUTION.encode(),
    "a byte-order mark and latin-1": codecs.BOM_UTF8 + b"# coding: latin-1\n" + SOLUTION.encode(),
    "no text encoding": b"# coding: rot13\n" + SOLUTION.encode(),
    "gbk that is none": b"# coding: gbk\n# \xff\xff\n" + SOLUTION.encode(),
    "UTF-16": SOLUTION.encode("utf-16"),
}


@cache
def tried() -> dict[str, Outcome]:
    """What became of every file, in one process."""
    every = READ | REFUSED
    with TemporaryDirectory() as folder:
        jobs = []
        for number, content in enumerate(every.values()):
            file = Path(folder) / f"{number}.py"
            file.write_bytes(content)
            jobs.append(Job(str(file), str(SIZE / "check.py")))
        return dict(zip(every, outcomes(jobs), strict=True))


def pythons_reason(content: bytes) -> str:
    """What Python says of the file."""
    with pytest.raises((SyntaxError, ValueError)) as found:
        compile(content, "file.py", "exec")
    return getattr(found.value, "msg", "") or str(found.value)


@pytest.mark.parametrize("name", READ)
def test_what_python_reads_is_checked(name: str) -> None:
    assert tried()[name].passed, tried()[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_python_refuses_is_refused_with_its_reason(name: str) -> None:
    problem = tried()[name].problem
    assert problem is not None
    assert pythons_reason(REFUSED[name]) in problem.en


@pytest.mark.parametrize("name", READ)
def test_a_file_stays_in_its_encoding(name: str, tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_bytes(READ[name])
    text = read_code(file)
    assert not text.startswith("\ufeff")
    assert save_code(file, text + "# end\n", text) is None
    assert file.read_bytes() == READ[name] + b"# end\n"


def test_what_the_encoding_cannot_hold_is_said_and_the_file_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_bytes(READ["latin-1"])
    text = read_code(file)
    with pytest.raises(ExerciseError, match="latin-1, which has no “宽”"):
        save_code(file, text + "# 宽\n", text)
    assert file.read_bytes() == READ["latin-1"]


def test_a_file_that_is_no_text_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_bytes(REFUSED["latin-1 without a coding line"])
    with pytest.raises(ExerciseError, match="can't decode byte 0xe9"):
        read_code(file)


def test_a_comment_that_is_no_utf8_is_refused_as_python_refuses_it() -> None:
    with pytest.raises(SyntaxError, match=r"Non-UTF-8 code starting with '\\xe9' on line 2, but no encoding declared"):
        decoded(b"x = 1\n# \xe9\n")


def test_a_coding_line_that_is_being_typed_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_bytes(SOLUTION.encode())
    save_code(file, "# coding: lat\n# 宽\n", SOLUTION)
    assert file.read_text("utf-8") == "# coding: lat\n# 宽\n"
    with pytest.raises(SyntaxError):
        decoded(file.read_bytes())
