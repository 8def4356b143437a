"""Parameters of the kind `model` and `tokenizer`: what they may be, and that a run holds to what they were."""

from __future__ import annotations

import os
from collections.abc import Mapping

from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.content.schema import Experiment, MadeKind, Parameter
from minimind_tui.content.tables import Value
from minimind_tui.run.artifacts import Artifact, sha256_of
from minimind_tui.run.models import LATEST, LISTED, NotFound, everything, fitting, named, take_named
from minimind_tui.run.request import ParameterError, Request

BASE = "base"
"""Stands for what the experiment named by the parameter's `base` makes: made when it is needed."""

KINDS = ("model", "tokenizer")


def offered(experiment: Experiment, home: Home) -> dict[str, list[str]]:
    """What each parameter of the kind `model` or `tokenizer` may be now, its default first."""
    wanted = [each for each in experiment.parameters if each.kind in KINDS]
    things = everything(home) if wanted else []
    return {each.name: [*([BASE] if each.base else []), LATEST, *_names(each, things)] for each in wanted}


def _names(parameter: Parameter, things: list[Artifact]) -> list[str]:
    return [each.name for each in fitting(things, _kind(parameter), parameter.needs)]


def _kind(parameter: Parameter) -> MadeKind:
    return "tokenizer" if parameter.kind == "tokenizer" else "model"


def resolved(
    experiment: Experiment, values: Mapping[str, Value], home: Home
) -> tuple[dict[str, Value], dict[str, str]]:
    """The parameters with whole names, and the SHA-256 of what each of these names means now.

    Raises ParameterError where there is nothing of that name, or it cannot do what is needed.
    """
    settled, hashes = dict(values), dict[str, str]()
    things: list[Artifact] | None = None
    for parameter in experiment.parameters:
        if parameter.kind not in KINDS or (values[parameter.name] == BASE and parameter.base):
            continue
        things = everything(home) if things is None else things
        found = _settled(parameter, str(values[parameter.name]), things)
        try:
            hashes[found.name] = sha256_of(found.path)
        except OSError as error:
            reason = error.strerror or str(error)
            message = Text(zh=f"{found.name} 读不了：{reason}", en=f"{found.name} cannot be read: {reason}")
            raise ParameterError(message) from error
        settled[parameter.name] = found.name
    return settled, hashes


def _settled(parameter: Parameter, value: str, things: list[Artifact]) -> Artifact:
    fit = fitting(things, _kind(parameter), parameter.needs)
    try:
        return named(fit, value)
    except NotFound as error:
        wanted = _words(parameter)
        others = [each for each in things if each not in fit]
        try:
            other = named(others, value) if others and value != LATEST else None
        except NotFound:
            other = None
        if other is not None:
            listing = ", ".join(each.name for each in fit[:LISTED]) or "-"
            message = Text(
                zh=f"{parameter.name} 要的是{wanted.zh}，{other.name} 不是；现有：{listing}",
                en=f"{parameter.name} must be {wanted.en}, which {other.name} is not; there are: {listing}",
            )
            raise ParameterError(message) from None
        message = Text(
            zh=f"{parameter.name} 要的是{wanted.zh}。{error.message.zh}",
            en=f"{parameter.name} must be {wanted.en}. {error.message.en}",
        )
        raise ParameterError(message) from None


def _words(parameter: Parameter) -> Text:
    if parameter.kind == "tokenizer":
        return Text(zh="分词器", en="a tokenizer")
    return (
        Text(zh="会对话的模型", en="a model that talks")
        if parameter.needs == "talks"
        else Text(zh="模型", en="a model")
    )


def check_models(request: Request, home: Home) -> None:
    """Raise CannotBegin where a model or tokenizer is no longer what it was when the run was asked for."""
    for name, sha256 in request.models.items():
        os.close(take_named(home, name, sha256)[1])
