"""What an artifact is found by: the SHA-256 over everything that decides its bytes."""

from __future__ import annotations

import hashlib
import json

import msgspec

from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment
from minimind_tui.run.fingerprint import fingerprint
from minimind_tui.run.request import Request

FORMAT = 1


def key_of(course: Course, experiment: Experiment, request: Request) -> str:
    """The key of what this request makes: of its sources and those it begins from, its parameters, seed and texts.

    The language of the screen counts as far as it is a parameter. Empty where the sources cannot be told, because one
    of them is missing or has a mistake in it: the run itself then says so.
    """
    spoken = next((each.name for each in experiment.parameters if each.kind == "language"), None)
    language = None if spoken is None else request.parameters[spoken]
    try:
        sources = fingerprint(course, experiment.id, "zh" if language == "zh" else "en" if language == "en" else None)
    except (OSError, SyntaxError, ValueError, KeyError):
        return ""
    content = {
        "format": FORMAT,
        "experiment": experiment.id,
        "sources": sources,
        "parameters": request.parameters,
        "seed": request.seed,
        "full": request.full,
        "texts": request.texts,
        "models": request.models,
    }
    return hashlib.sha256(json.dumps(msgspec.to_builtins(content), sort_keys=True).encode()).hexdigest()
