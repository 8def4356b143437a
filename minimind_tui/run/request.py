"""The request of a run, and the validation of its parameters."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.errors import Refusal
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.schema import PROCESSES, Arm, Experiment, Parameter
from minimind_tui.content.tables import Value

LARGEST_FILE = 1_000_000
"""Bytes; a request beyond this is not one of ours."""

NAMED = ("corpus", "model", "tokenizer")
"""Kinds of parameters whose value is the name of something that lies elsewhere."""

LONGEST_TEXT = 200
"""The most characters of a text parameter, unless its spec sets another maximum."""


class ParameterError(Refusal):
    """A parameter is unknown or its value is not allowed; `message` names the fix."""


class TextChanged(Exception):
    """A run cannot be resumed, since its data has changed; the argument is the path of the changed file."""


class CannotBegin(Exception):
    """What a run is to begin from cannot be had, and that is no mistake in its code.

    `cause` is `base` where it could not be made, `model` where it is gone or no longer what it was.
    """

    def __init__(self, cause: Literal["base", "model"], reason: str) -> None:
        super().__init__(reason)
        self.cause = cause


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
    processes: int | None = None
    """How many ranks a launcher has started for it; None where it starts its own, as many as the experiment says."""
    models: dict[str, str] = {}
    """The same of each model or tokenizer that a parameter names."""
    exercises: dict[str, str] = {}
    """The learner's own code that it runs, by exercise, as it stood when the run was asked for."""
    key: str = ""
    """What it makes is kept under this (see `recipe.py`); empty where it makes nothing."""
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
    home: Home,
    *,
    seed: int,
    full: bool,
    language: Language,
) -> Request:
    """The request of a run with these parameters, which are valid, on the data sets and models as they are now.

    Raises ParameterError where there is no model of a name that is among them, or no passed code of the learner's.
    """
    from minimind_tui.datasets.corpora import fingerprint  # these hash: the first screen does not
    from minimind_tui.run.model_parameters import resolved
    from minimind_tui.run.own_code import own_code
    from minimind_tui.run.recipe import key_of

    names = [str(values[each.name]) for each in experiment.parameters if each.kind == "corpus"]
    found = {name: fingerprint(name, home.corpora) for name in names}
    settled, models = resolved(experiment, values, home)
    request = Request(
        experiment=experiment.id,
        course_root=str(course.root),
        parameters=settled,
        seed=seed,
        full=full,
        language=language,
        texts={name: known for name, known in found.items() if known is not None},
        models=models,
        exercises=own_code(experiment, values, home),
    )
    if experiment.makes is None:
        return request
    return msgspec.structs.replace(request, key=key_of(course, experiment, request))


def check_texts(request: Request, corpora_folder: Path) -> None:
    """Raise `TextChanged` where a data set is no longer what it was when the run was asked for.

    A missing text is not checked here: the experiment reports it and names the command that fetches it.
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
    """The content of `request.json`."""
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


def settings_of(experiment: Experiment, request: Request, arm: Arm) -> dict[str, Value]:
    """All that an arm of this run is told, `processes` among them where the experiment is written for several.

    The experiment's own number of processes gives way to a launcher's, and both to the arm's, where that is the factor.
    """
    # A run of an older version does not name what its experiment has learned to vary since: it had the default.
    defaults = {each.name: default(each, request.full, request.language) for each in experiment.parameters}
    own: dict[str, Value] = {PROCESSES: experiment.processes} if experiment.is_distributed else {}
    launched: dict[str, Value] = {PROCESSES: request.processes} if request.processes is not None else {}
    return {**own, **defaults, **request.parameters, **launched, **arm.set}


def processes_of(experiment: Experiment, request: Request, arm: Arm) -> int:
    """How many processes compute an arm of this run."""
    return int(settings_of(experiment, request, arm).get(PROCESSES, 1))


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
    if parameter.kind not in NAMED and text not in choices:
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
    """`text` as one line, with control characters replaced by spaces, so that it is safe to draw."""
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
