"""The command line: the same things as on the screen, without one. What is imported depends on the command."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

from minimind_tui.base.errors import Refusal
from minimind_tui.base.home import Home
from minimind_tui.base.language import detect
from minimind_tui.base.text import Text
from minimind_tui.commands.common import BAD_USAGE, FAILED, INTERRUPTED

if TYPE_CHECKING:
    from argparse import Namespace

NOTHING_TYPED = SimpleNamespace(command=None, lang=None, course=None, trust=False)
"""What the parser says of no arguments, which is how the app is opened: no parser is made for that."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the process's exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the locale cannot write is no reason to stop
    language = detect(os.environ)
    try:
        chosen: Namespace | SimpleNamespace = _parsed(arguments) if _typed(arguments) else NOTHING_TYPED
        language = detect(os.environ, chosen.lang or _only_english())
        home = Home.from_environment()
        status = int(_module_of(chosen.command).run(chosen, language, home))
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except Refusal as error:
        print(error.message.of(language), file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads has seen enough
        _write_no_more()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF):
            raise
        _write_no_more()
        reason = Text(zh=f"写不出结果：{error.strerror}", en=f"cannot write the output: {error.strerror}")
        print(reason.of(language), file=sys.stderr)
        return FAILED


def _typed(arguments: Sequence[str] | None) -> bool:
    """Whether anything stands after the command's name."""
    return bool(sys.argv[1:] if arguments is None else arguments)


def _parsed(arguments: Sequence[str] | None) -> Namespace:
    from minimind_tui.commands.parser import parser

    return parser().parse_args(arguments)


def _module_of(command: str | None) -> ModuleType:
    """The module whose `run` does what that command says."""
    if command in (None, "quick-start"):
        from minimind_tui.commands import tutor

        return tutor
    from minimind_tui.commands.parser import module_of

    return module_of(command)


def _only_english() -> str | None:
    """`en` where the output cannot write Chinese, which would arrive as question marks."""
    stream = sys.stdout or sys.stderr
    try:
        "中".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "en"
    return None


def _write_no_more() -> None:
    """What is still in the buffers goes nowhere: at its end Python would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
