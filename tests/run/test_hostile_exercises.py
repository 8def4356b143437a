"""Code that hangs, floods, forks, cheats or dies: each gets a sentence that says what to change, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import msgspec
import psutil
import pytest

from minimind_tui.exercise.checker import Checker, Job, Outcome, outcomes
from tests.tiny import until

CHECK = '''
import torch
import torch.nn.functional as F
from minimind_tui.nn.checking import require, same


def check_first(code):
    """第一个|The first"""
    x = torch.tensor([1.0, 2.0])
    same(code.double(x), torch.tensor([2.0, 4.0]), zh="翻倍", en="doubled")


def check_second(code):
    """第二个|The second"""
    require(F.relu(code.double(torch.tensor(-1.0))).item() == 0, zh="负数", en="a negative number")


def speed(code):
    x = torch.ones(1000)
    return lambda: code.double(x)
'''
SOLUTION = "def double(x):\n    return x + x\n"
JOB = Job("", "", ["double"], ["torch.nn.functional.relu", "torch.add", "minimind_tui"])


class Program(NamedTuple):
    """A file, and what its learner is told, with the line."""

    name: str
    code: str
    words: str
    line: int | None = None
    passes: int = 0
    """How many checks pass all the same."""

    def __str__(self) -> str:
        return self.name


def body(*lines: str) -> str:
    """A file whose function does this."""
    return "import os, sys, torch\ndef double(x):\n" + "".join(f"    {line}\n" for line in lines) + "    return x + x\n"


ANSWERED = [
    Program("input", body("input('?')"), "waits for the keyboard", 3),
    Program("input at the top", "x = input()\n" + SOLUTION, "waits for the keyboard", 1),
    Program("standard input", body("sys.stdin.read()"), "waits for the keyboard", 3),
    Program("standard input, line by line", body("for _ in sys.stdin: pass"), "waits for the keyboard", 3),
    Program("a breakpoint", body("breakpoint()"), "waits for the keyboard", 4),
    Program("fork bomb", body("while True: os.fork()"), "processes were started", 3),
    Program("processes without end", body("while True: os.system('true &')"), "processes were started", 3),
    Program("a refusal swallowed", body("try: input()", "except BaseException: pass"), "waits for the keyboard", 3),
    Program("exit", body("os._exit(0)"), "ends the process that checks it", 3),
    Program("sys.exit", body("sys.exit(0)"), "The code calls exit", 3),
    Program("exit at the top", "exit()\n" + SOLUTION, "calls exit", 1),
    Program("kill", body("os.kill(os.getpid(), 9)"), "ends the process that checks it", 3),
    Program("kill what waits", body("os.kill(os.getppid(), 15)"), "ends the process that checks it", 3),
    Program("a gigabyte list", body("x = [0] * 200_000_000"), "too much memory; the limit is 512 MB", 3),
    Program("a list that grows", body("a = []", "while True: a.append('x' * 10_000_000)"), "too much memory", 4),
    Program("a huge tensor", body("torch.zeros(10**9)"), "too much memory", 3),
    Program("output", body("while True: print('x' * 10_000)"), "print in a loop", 3),
    Program("deep recursion", body("return double(x)"), "calls itself without end", 3),
    Program("recursion in C", body("a = []", "for _ in range(10**5): a = [a]", "repr(a)"), "calls itself without", 5),
    Program("syntax error", "import torch\ndef double(x:\n    return x\n", "cannot read on: '(' was never closed", 2),
    Program("indentation", "def double(x):\nreturn x\n", "cannot read on: expected an indented block", 2),
    Program("not Python", "\x00\x01", "cannot read"),
    Program("empty", "", "deleted or renamed"),
    Program("renamed", "def doubled(x):\n    return x + x\n", "only doubled: was it renamed?", 1),
    Program("commented out", "# def double(x):\n#     return x + x\n", "commented out. Take the # away", 1),
    Program("inside a class", "class A:\n    def double(x):\n        return x + x\n", "move it out", 2),
    Program("not a function", "double = 3\n", "'int' object is not callable"),
    Program("ready-made", body("torch.nn.functional.relu(x)"), "uses torch.nn.functional.relu", 3),
    Program("by getattr", body("getattr(torch.nn.functional, 'relu')(x)"), "uses torch.nn.functional.relu", 3),
    Program("by name made", body("getattr(torch, 're' + 'lu')(x)"), "uses torch.nn.functional.relu", 3),
    Program("as a method", body("x.relu()"), "uses torch.nn.functional.relu", 3),
    Program("through a module", body("torch.nn.ReLU()(x)"), "uses torch.nn.functional.relu", 3),
    Program("the reference", "from minimind_tui.nn.norm import RMSNorm\n" + SOLUTION, "the course's own code", 1),
    Program(
        "by import_module", body("import importlib as i", "i.import_module('minimind_' + 'tui')"), "course's own", 4
    ),
    Program("by __import__", body("__import__('minimind_' + 'tui.nn.norm')"), "the course's own code", 3),
    Program("by exec", "exec('from minimind_' + 'tui import nn')\n" + SOLUTION, "the course's own code", 1),
    Program(
        "the solution's file",
        body("exec(open(CHECK.replace('check.py', 'solution.py')).read())"),
        "opens this exercise's",
    ),
    Program(
        "changes PyTorch", "import torch\ntorch.Tensor.isclose = print\n" + SOLUTION, "changes torch.Tensor.isclose"
    ),
    Program("changes it later", body("torch.Tensor.__eq__ = print"), "changes torch.Tensor.__eq__"),
    Program("looks for the check", body("import check"), "No module named 'check'", 3),
    Program(
        "by a link", body("os.symlink(CHECK.replace('check.py', 'solution.py'), 'a')", "open('a')"), "opens this", 4
    ),
    Program("by star", "from torch.nn.functional import *\n" + body("relu(x)"), "uses torch.nn.functional.relu", 4),
    Program("sound", SOLUTION, ""),
    Program("sound, with a star and a name of its own", "from torch import *\n" + body("add = 1", "add"), ""),
    Program("sound, and closes its output", "import os\nos.close(1)\n" + SOLUTION, ""),
    Program("sound, and prints", body("print('x is', x)"), ""),
]
HANGING = [
    Program("an endless loop", body("while True: pass"), "Not done after 2 s (in the check “The first”)", 3),
    Program("a loop in C", body("sum(iter(int, 1))"), "Not done after 2 s", 3),
    Program("sleep", "import time\ntime.sleep(1e9)\n" + SOLUTION, "Not done after 2 s: does a loop ever end", 2),
    Program("catches everything", body("while True:", "    try: os.fork()", "    except BaseException: pass"), "2 s"),
]
DYING = [
    Program("exit, past Python", body("import posix", "posix._exit(3)"), "ended the process midway (3) (in the check"),
    Program("closes every file", body("os.closerange(0, 1000)"), "ended the process midway"),
    Program("hangs in the second", body("while x.dim() == 0: pass"), "(in the check “The second”)", 3, passes=1),
]


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(made())


@cache
def made() -> str:
    """A course with one exercise."""
    exercise = Path(mkdtemp()) / "lessons/small/exercises/double"
    exercise.mkdir(parents=True)
    (exercise / "check.py").write_text(CHECK, encoding="utf-8")
    (exercise / "solution.py").write_text(SOLUTION, encoding="utf-8")
    return str(exercise)


def job(program: Program, number: int, seconds: float = 10.0) -> Job:
    """The program's file to check."""
    check = f"{made()}/check.py"
    file = Path(mkdtemp()) / f"code_{number}.py"
    file.write_text(program.code.replace("CHECK", repr(check)), encoding="utf-8")
    return Job(str(file), check, JOB.symbols, JOB.forbidden, f"{made()}/solution.py", seconds)


@cache
def answered() -> list[Outcome]:
    """What became of the programs that one process survives."""
    return list(outcomes([job(program, number) for number, program in enumerate(ANSWERED)], 30))


@pytest.mark.parametrize("program", ANSWERED, ids=str)
def test_each_is_told_what_to_change(program: Program) -> None:
    assert_told(program, answered()[ANSWERED.index(program)])


def assert_told(program: Program, outcome: Outcome) -> None:
    told = [(outcome.problem, outcome.line)] if outcome.problem else []
    told += [(case.message, case.line) for case in outcome.cases if case.message]
    if program.name.startswith("sound"):
        assert outcome.passed, told
        assert outcome.speed is not None
        assert all(0 < seconds < 1 for seconds in outcome.speed)
        assert ("x is tensor([1., 2.])" in outcome.printed) == ("prints" in program.name)
        return
    assert not outcome.passed
    text, line = told[0]
    assert program.words in text.en
    assert (text.zh != text.en) or "object is not" in text.en or "No module" in text.en
    assert line == (program.line if program.line else line)
    assert sum(case.verdict == "passed" for case in outcome.cases) == program.passes


def test_those_that_hang_or_die_are_ended_with_all_that_they_started() -> None:
    programs = [*HANGING, *DYING]
    checker = Checker()
    before = set(psutil.Process().children(recursive=True))
    for number, program in enumerate(programs):
        outcome = checker.check(job(program, number, seconds=2))
        assert outcome is not None, program
        assert_told(program, outcome)
    checker.close()
    until(lambda: set(psutil.Process().children(recursive=True)) <= before, "the end of every process")


LEAVING = {
    "in the background": "os.system('sleep 1000 & echo $! >> PIDS')",
    "in a session of its own": "kept(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid)",
    "an orphan": "subprocess.run(['sh', '-c', 'setsid sh -c \"sleep 1000\" & echo $! >> PIDS'])",
    "forked": "os.fork() or slept()",
    "forked, in a session of its own": "os.fork() or os.setsid() or slept()",
    "forked through ctypes": "ctypes.CDLL(None).fork() or slept()",
    "forked twice through ctypes": "ctypes.CDLL(None).fork() or os.setsid() or ctypes.CDLL(None).fork() or slept()",
    "by multiprocessing": "multiprocessing.get_context('fork').Process(target=slept).start()",
}
LEAVES = """import ctypes, multiprocessing, os, subprocess, time
def kept(pid):
    with open('PIDS', 'a') as file: print(pid, file=file)
def slept():
    kept(os.getpid())
    time.sleep(1000)
    os._exit(0)
def double(x):
    if x.dim():
        WHAT
        while len(open('PIDS').read().split()) < NUMBER: time.sleep(0.01)
    return x + x
"""


def leaving(folder: Path, code: str, ways: list[str]) -> tuple[Job, Path]:
    """A right answer that leaves processes behind, and the file that names them."""
    pids = folder / "pids"
    pids.touch()
    code = code.replace("WHAT", "\n        ".join(ways)).replace("PIDS", str(pids)).replace("NUMBER", str(len(ways)))
    return job(Program("leaves", code, ""), 0), pids


def living(pids: Path) -> list[int]:
    """Those named in the file that are still there, zombies apart."""
    found = [int(pid) for pid in pids.read_text("ascii").split()]
    return [p for p in found if psutil.pid_exists(p) and psutil.Process(p).status() != psutil.STATUS_ZOMBIE]


def test_no_process_is_left_however_it_was_started(tmp_path: Path) -> None:
    asked, pids = leaving(tmp_path, LEAVES, [*LEAVING.values()])
    checker = Checker()
    outcome = checker.check(asked)
    checker.close()
    assert outcome is not None
    assert outcome.passed, outcome
    assert len(pids.read_text("ascii").split()) >= len(LEAVING)
    assert living(pids) == []


OWNER = """import sys, msgspec
from minimind_tui.exercise.checker import Checker, Job
print(Checker().check(msgspec.json.decode(sys.argv[1], type=Job)))
"""


def test_no_process_is_left_when_the_tutor_is_killed(tmp_path: Path) -> None:
    code = LEAVES.replace("    return x + x\n", "    time.sleep(1000)\n")
    asked, pids = leaving(tmp_path, code, [LEAVING["forked through ctypes"], "kept(os.getpid())"])
    owner = subprocess.Popen([sys.executable, "-c", OWNER, msgspec.json.encode(asked).decode()])
    until(lambda: len(pids.read_text("ascii").split()) == 2, "the processes", 60)
    owner.kill()
    owner.wait()
    until(lambda: not living(pids), "the end of the processes")


FORGED = '{"cases":[{"name":"check_first","title":{"zh":"a","en":"b"},"verdict":"passed"}]}'


def test_a_verdict_that_the_code_prints_is_output() -> None:
    code = (
        f"import os\nfor number in range(1, 40):\n    try: os.write(number, b'{FORGED}\\n')\n    except OSError: pass\n"
    )
    checker = Checker()
    outcome = checker.check(job(Program("forges", code + "def double(x):\n    return x\n", ""), 0))
    checker.close()
    assert outcome is not None
    assert [case.verdict for case in outcome.cases] == ["failed", "passed"]
    assert FORGED in outcome.printed


def test_a_check_can_be_given_up_and_the_file_is_whole() -> None:
    checker, hanging = Checker(), job(HANGING[2], 0, seconds=60)
    kept = Path(hanging.code).read_bytes()
    found: list[Outcome | None] = []
    thread = threading.Thread(target=lambda: found.append(checker.check(hanging)))
    thread.start()
    until(lambda: checker._busy is not None, "the check")
    time.sleep(0.1)
    checker.close()
    thread.join(30)
    assert found == [None]
    assert checker.check(hanging) is None
    assert Path(hanging.code).read_bytes() == kept
    assert [p for p in psutil.Process().children(recursive=True) if os.path.basename(hanging.code) in p.name()] == []
