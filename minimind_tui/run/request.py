"""What is asked of a worker, and whether it can be asked."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment, Parameter, Value

LARGEST_FILE = 1_000_000
"""Bytes; a request beyond this is not one of ours."""

LONGEST_TEXT = 200
"""Characters of a text, where its parameter does not say."""


class ParameterError(Refusal):
    """A parameter that cannot be taken; `message` names the fix."""


class TextChanged(Exception):
    """A run is to go on with other data than it began with: the file that holds something else now."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`request.json`: everything that a run depends on."""

    format: Literal[1] = 1
    experiment: str
    course_root: str
    parameters: dict[str, Value]
    seed: int
    full: bool = False
    language: Language = "en"
    texts: dict[str, str] = {}
    """The SHA-256 of each stored data set that it reads, by its name: on other data the run would be another one."""
    code_version: str = ""
    created: Annotated[float, msgspec.Meta(ge=0, le=1e11)] = 0.0


def read_request(folder: Path) -> Request | None:
    """The request of a run; None where it is missing or unreadable."""
    try:
        return msgspec.json.decode(read_bounded(folder / "request.json", LARGEST_FILE), type=Request)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def request_for(
    course: Course,
    experiment: Experiment,
    values: dict[str, Value],
    corpora_folder: Path,
    *,
    seed: int,
    full: bool,
    language: Language,
) -> Request:
    """The request of a run with these parameters, which are valid, on the data sets as they are now."""
    from minimind_tui.datasets.corpora import fingerprint  # it hashes: the first screen does not

    names = [str(values[each.name]) for each in experiment.parameters if each.kind == "corpus"]
    found = {name: fingerprint(name, corpora_folder) for name in names}
    return Request(
        experiment=experiment.id,
        course_root=str(course.root),
        parameters=values,
        seed=seed,
        full=full,
        language=language,
        texts={name: known for name, known in found.items() if known is not None},
    )


def check_texts(request: Request, corpora_folder: Path) -> None:
    """Raise `TextChanged` where a data set is no longer what it was when the run was asked for.

    One that is missing is left to the experiment, which says how to bring it.
    """
    from minimind_tui.datasets.corpora import fingerprint, path_of

    for name, known in request.texts.items():
        if fingerprint(name, corpora_folder) not in (known, None):
            raise TextChanged(str(path_of(name, corpora_folder)))


def check_data(experiment: Experiment, values: Mapping[str, Value], corpora_folder: Path) -> None:
    """Raise ParameterError where a parameter names a data set that is not here, or is of another kind than it holds."""
    from minimind_tui.datasets.corpora import CorpusError, check

    for parameter in experiment.parameters:
        if parameter.kind == "corpus":
            try:
                check(str(values[parameter.name]), parameter.data_kind, corpora_folder)
            except CorpusError as error:
                raise ParameterError(error.message) from error


def encode_request(request: Request) -> bytes:
    """The file's content."""
    return json.dumps(msgspec.to_builtins(request), ensure_ascii=False, indent=1).encode()


def validate(
    experiment: Experiment, given: Mapping[str, object], *, full: bool = False, language: Language = "en"
) -> dict[str, Value]:
    """All parameters of `experiment`: those given, checked, and the defaults of the others.

    Raises ParameterError for a name that is not one of them and for a value that is not allowed.
    """
    known = {parameter.name: parameter for parameter in experiment.parameters}
    for name in given:
        if name not in known:
            raise ParameterError(_unknown(name, list(known)))
    return {
        name: _convert(parameter, given[name]) if name in given else default(parameter, full, language)
        for name, parameter in known.items()
    }


def default(parameter: Parameter, full: bool, language: Language) -> Value:
    """The value of a parameter that was not given."""
    if parameter.kind == "language":
        return language
    if full and parameter.full is not None:
        return parameter.full
    return parameter.default


def _unknown(name: str, known: list[str]) -> Text:
    close = difflib.get_close_matches(name, known, n=1)
    allowed = ", ".join(known) or "-"
    return Text(
        zh=f"没有参数 {name}" + (f"，是不是 {close[0]}？" if close else "。") + f" 可用的参数：{allowed}",
        en=f"no parameter {name}" + (f": did you mean {close[0]}?" if close else ".") + f" Parameters: {allowed}",
    )


def _convert(parameter: Parameter, value: object) -> Value:
    text = str(value).strip()
    if parameter.kind == "bool":
        return _flag(parameter, value, text)
    if parameter.kind in ("int", "float"):
        return _number(parameter, value, text)
    if parameter.kind == "text":
        return _line(parameter, text)
    choices = ["zh", "en"] if parameter.kind == "language" else parameter.choices
    if parameter.kind != "corpus" and text not in choices:
        listing = ", ".join(choices)
        raise ParameterError(
            Text(
                zh=f"{parameter.name} 不能是 {text!r}；可选：{listing}",
                en=f"{parameter.name} cannot be {text!r}; choose one of {listing}",
            )
        )
    if not text:
        raise ParameterError(Text(zh=f"{parameter.name} 不能为空", en=f"{parameter.name} cannot be empty"))
    return text


def _line(parameter: Parameter, text: str) -> str:
    """A text of one line: control characters become spaces, so that nothing in it commands a terminal."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    longest = LONGEST_TEXT if parameter.maximum is None else int(parameter.maximum)
    if len(line) > longest:
        raise ParameterError(
            Text(
                zh=f"{parameter.name} 有 {len(line)} 个字符，最多 {longest} 个",
                en=f"{parameter.name} has {len(line)} characters; {longest} at most",
            )
        )
    return line


def _flag(parameter: Parameter, value: object, text: str) -> bool:
    if isinstance(value, bool):
        return value
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise ParameterError(
        Text(
            zh=f"{parameter.name} 要写 true 或 false，不能是 {text!r}",
            en=f"{parameter.name} must be true or false, not {text!r}",
        )
    )


def _number(parameter: Parameter, value: object, text: str) -> int | float:
    wanted = Text(zh="整数", en="a whole number") if parameter.kind == "int" else Text(zh="数", en="a number")
    try:
        parsed: int | float = int(text) if parameter.kind == "int" else float(text)
    except ValueError:
        raise ParameterError(
            Text(
                zh=f"{parameter.name} 要写成{wanted.zh}，不能是 {text!r}",
                en=f"{parameter.name} must be {wanted.en}, not {text!r}",
            )
        ) from None
    if parameter.choices and str(parsed) not in parameter.choices:
        listing = ", ".join(parameter.choices)
        raise ParameterError(
            Text(
                zh=f"{parameter.name} 不能是 {text}；可选：{listing}",
                en=f"{parameter.name} cannot be {text}; choose one of {listing}",
            )
        )
    low, high = parameter.minimum, parameter.maximum
    if isinstance(value, bool) or not (low is None or parsed >= low) or not (high is None or parsed <= high):
        span = f"{'-∞' if low is None else f'{low:g}'} … {'∞' if high is None else f'{high:g}'}"
        raise ParameterError(
            Text(
                zh=f"{parameter.name} = {text} 超出范围，应在 {span}",
                en=f"{parameter.name} = {text} is out of range: {span}",
            )
        )
    return parsed
