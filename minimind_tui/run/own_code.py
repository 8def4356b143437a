"""The learner's code in a run: what has passed its exercise, as it stands, and nothing else.

When a check passes, the SHA-256 of the code that passed is kept in the home, outside of what is carried from machine to
machine: code that came with an import runs here only after it has passed here. A run takes the code itself into its
request, so that it, and its resumption, are of that code whatever becomes of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.encoding import decoded
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.content.files import LARGEST_FILE
from minimind_tui.content.schema import Experiment
from minimind_tui.content.tables import Value
from minimind_tui.run.request import ParameterError, Request

PART = "part"
"""The parameter that names the exercise whose code is taken; ALL for every one that has passed."""

ALL = "all"


class Written(NamedTuple):
    """One part of the learner's: where the file lies, and what stood in it when the run was asked for."""

    path: str
    code: str


def keep_passed(home: Home, ref: str, code: str) -> None:
    """Note that this code of the exercise `ref` has passed; on a full disk the check has to be done again."""
    file = _note(home, ref)
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(file, _digest(code).encode())


def _note(home: Home, ref: str) -> Path:
    """Where it is noted what of the exercise `ref` has passed."""
    return home.passed / f"{ref}.sha256"


def passed_code(home: Home, ref: str) -> str | None:
    """What stands in the learner's file of the exercise `ref`, where exactly that has passed; else None."""
    try:
        known = read_bounded(_note(home, ref), 100).decode().strip()
        code = decoded(read_bounded(home.exercises / f"{ref}.py", LARGEST_FILE))
    except (OSError, UnicodeDecodeError, SyntaxError):
        return None
    return code if _digest(code) == known else None


def _digest(code: str) -> str:
    return hashlib.sha256(code.replace("\r\n", "\n").encode()).hexdigest()


def own_code(experiment: Experiment, values: Mapping[str, Value], home: Home) -> dict[str, str]:
    """The learner's code for a run with these parameters, by exercise.

    Raises ParameterError where nothing that it would take has passed as it stands; the message names the fix.
    """
    if not experiment.exercises:
        return {}
    wanted = str(values.get(PART, ALL))
    alone = [ref for ref in experiment.exercises if ref.rpartition("/")[2] == wanted]
    asked = alone or [ref for ref in experiment.exercises if ref not in experiment.exercises_alone]
    found = {ref: code for ref in asked if (code := passed_code(home, ref)) is not None}
    if not found:
        raise ParameterError(_nothing_passed(home, asked))
    return found


def _nothing_passed(home: Home, asked: list[str]) -> Text:
    changed = [ref for ref in asked if _note(home, ref).exists()]
    if changed:
        return Text(
            zh=f"{changed[0]} 通过以后，文件改过了。再检查一次，通过了就能换进模型：minimind-tui exercise {changed[0]}",
            en=f"{changed[0]} has been changed since it passed. Check it again (minimind-tui exercise {changed[0]}): "
            "once it passes it can go into the model.",
        )
    listing = ", ".join(asked)
    return Text(
        zh=f"还没有能换进模型的零件：先通过一道练习，比如 minimind-tui exercise {asked[0]}。可以换的：{listing}",
        en="No part of yours can go into the model yet. First pass an exercise, such as minimind-tui exercise "
        f"{asked[0]}. Any of these: {listing}",
    )


def left_out(experiment: Experiment, request: Request, home: Home) -> list[str]:
    """The exercises that have passed once, and whose file was changed since, so that this run goes without them."""
    if request.parameters.get(PART, ALL) != ALL:
        return []
    others = [ref for ref in experiment.exercises if ref not in (*request.exercises, *experiment.exercises_alone)]
    return [ref for ref in others if _note(home, ref).exists()]


def written(request: Request, home: Home) -> dict[str, Written]:
    """The learner's code as an experiment gets it, out of the request of its run."""
    return {ref: Written(inert(str(home.exercises / f"{ref}.py")), code) for ref, code in request.exercises.items()}
