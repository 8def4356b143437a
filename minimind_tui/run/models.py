"""The models and tokenizers that a learner has, each by a name: artifacts, and the models that runs have kept.

An artifact is called `base-3f9a2c41`, the model of a run `<run>/<arm>/<step>`. Where a name is asked for, the beginning
of one that is clear is enough; a run alone stands for the last model it has kept, and `latest` for the newest of all.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from minimind_tui.base.errors import Refusal
from minimind_tui.base.files import hold
from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.content.schema import Ability, MadeKind
from minimind_tui.run.artifacts import About, Artifact, Shelf, sha256_of
from minimind_tui.run.checkpoint import kept_models
from minimind_tui.run.descent import Stage, merged, read_origins
from minimind_tui.run.header import model_facts
from minimind_tui.run.request import CannotBegin, read_request

LATEST = "latest"
"""Stands for the newest."""

LISTED = 8
"""Names in a refusal."""


class NotFound(Refusal):
    """No model or tokenizer is meant by this name, or several are; `message` says which there are."""


def everything(home: Home) -> list[Artifact]:
    """All artifacts and all kept models that can be read, the newest first. Reads headers alone."""
    found = [*Shelf(home.artifacts).all(), *_of_runs(home)]
    return sorted(found, key=lambda each: each.about.made, reverse=True)


def _of_runs(home: Home) -> list[Artifact]:
    folders = sorted({file.parent.parent for file in home.runs.glob("*/models/*.*.safetensors")})
    return [found for folder in folders for found in models_of(folder)]


def models_of(folder: Path) -> list[Artifact]:
    """The models that the run in `folder` has kept, those that cannot be read left out; `sha256` is not computed."""
    request, origins = read_request(folder), read_origins(folder)
    experiment = request.experiment if request is not None else ""
    found = []
    for arm, steps in kept_models(folder).items():
        for step, path in steps.items():
            try:
                facts, status = model_facts(path), path.stat()
            except (OSError, ValueError):
                continue
            name = f"{folder.name}/{arm}/{step}"
            seed, parameters = (request.seed, request.parameters) if request is not None else (0, {})
            own = Stage(
                name=name,
                experiment=experiment,
                run=folder.name,
                seed=seed,
                parameters=parameters,
                made=status.st_mtime,
            )
            earlier = origins.line_of(arm) or [
                Stage(name=each.run, run=each.run, seed=each.seed) for each in facts.trainings if each.run != own.run
            ]
            about = About(
                key=name,
                kind="model",
                experiment=experiment,
                run=folder.name,
                parameters=parameters,
                seed=seed,
                made=max(0.0, status.st_mtime),
                bytes=status.st_size,
                weights=facts.weights,
                tokenizer=facts.tokenizer,
                can=origins.can,
                parents=[stage.key for stage in earlier[-1:] if stage.key],
                line=merged([earlier, [own]]),
            )
            found.append(Artifact(name, path, about))
    return found


def fitting(things: list[Artifact], kind: MadeKind, needs: Ability) -> list[Artifact]:
    """Those of that kind which can do what is needed: whoever talks also writes."""
    able = (each for each in things if needs != "talks" or each.about.can == "talks")
    return [each for each in able if each.about.kind == kind]


def named(things: list[Artifact], name: str) -> Artifact:
    """The one of `things`, the newest first, that `name` means. Raises NotFound."""
    if name == LATEST and things:
        return things[0]
    exact = [each for each in things if name in (each.name, each.key)]
    found = exact or [each for each in things if name and _means(each, name)]
    runs = {each.about.run for each in found}
    if len(found) > 1 and len(runs) == 1 and "/" not in name and all("/" in each.name for each in found):
        return max(found, key=lambda each: (each.about.made, int(each.name.rpartition("/")[2])))
    if len(found) == 1:
        return found[0]
    listing = ", ".join(each.name for each in (found or things)[:LISTED])
    if found:
        raise NotFound(Text(zh=f"{name} 指的是哪一个？{listing}", en=f"{name} fits several; name one: {listing}"))
    if not things:
        raise NotFound(
            Text(
                zh=f"没有 {name}：现在一个也没有。跑一个会存下模型的实验，例如 minimind-tui run block/train-your-own。",
                en=f"There is no {name}: there are none yet. Run an experiment that keeps a model, "
                "such as minimind-tui run block/train-your-own.",
            )
        )
    raise NotFound(Text(zh=f"没有 {name}；现有：{listing}", en=f"There is no {name}; there are: {listing}"))


def _means(thing: Artifact, name: str) -> bool:
    """Whether `name` is the beginning of the thing's name or key, or the end of the run's that has kept it."""
    if "/" in thing.name:
        return thing.name.startswith(name) or thing.about.run.endswith(name)
    return thing.name.startswith(name) or thing.key.startswith(name)


def take_named(home: Home, name: str, sha256: str | None = None) -> tuple[Artifact, int]:
    """The thing called `name`, its content hashed, and the descriptor by which it is held.

    Raises CannotBegin where it is gone, or is not the one whose SHA-256 is given.
    """
    try:
        found = named(everything(home), name)
    except NotFound as error:
        raise CannotBegin("model", error.message.en) from None
    held = hold(found.path.parent)
    if held is None:
        raise CannotBegin("model", str(found.path))
    try:
        known = sha256_of(found.path)
    except OSError as error:
        raise CannotBegin("model", f"{found.path}: {error.strerror}") from error
    if sha256 not in (None, known) or found.about.sha256 not in ("", known):
        raise CannotBegin("model", str(found.path))
    if found.about.sha256:
        return found, held
    line = [*found.about.line[:-1], msgspec.structs.replace(found.about.line[-1], key=known)]
    about = msgspec.structs.replace(found.about, key=known, sha256=known, line=line)
    return Artifact(found.name, found.path, about), held
