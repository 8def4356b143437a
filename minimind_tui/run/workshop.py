"""Where a run gets what it begins from, and leaves what it makes: `record.base`, `record.keep`, `settings.model`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.schema import Ability, Experiment
from minimind_tui.content.tables import Value
from minimind_tui.run.artifacts import About, Artifact, Shelf, name_of
from minimind_tui.run.checkpoint import model_file
from minimind_tui.run.descent import Begun, Origins, Stage, in_one_line, merged, read_origins, write_origins
from minimind_tui.run.header import ModelFacts, facts_of
from minimind_tui.run.maker import join_or_start, wait_for
from minimind_tui.run.model_parameters import BASE, KINDS
from minimind_tui.run.models import take_named
from minimind_tui.run.recipe import key_of
from minimind_tui.run.request import CannotBegin, Request, encode_request, request_for, validate
from minimind_tui.run.slots import Slots
from minimind_tui.run.started import note_started

if TYPE_CHECKING:
    from minimind_tui.run.log_writer import Log


class Workshop:
    """One run's dealings with what was made before it and what it makes. All its arms share it."""

    def __init__(
        self,
        folder: Path,
        home: Home,
        request: Request,
        experiment: Experiment,
        log: Log,
        slots: Slots,
        seconds: Callable[[], float],
    ) -> None:
        """`slots` are lent to others while this run waits; `seconds` tells how long it has worked."""
        self._folder, self._home, self._log, self._slots = folder, home, log, slots
        self._request, self._experiment, self._seconds = request, experiment, seconds
        self._shelf = Shelf(home.artifacts)
        self._origins = read_origins(folder)
        self._got: dict[str, Artifact] = {}
        self._held: list[int] = []
        """What is used, is held until this process ends."""
        if experiment.talks and self._origins.can != "talks":
            self._remember(msgspec.structs.replace(self._origins, can="talks"))
        self._key = self._key_that_holds()

    @cached_property
    def _course(self) -> Course:
        return load_course(Path(self._request.course_root))

    @property
    def _language(self) -> Language:
        """That of the stories, where they have one; else the screen's."""
        spoken = next((each.name for each in self._experiment.parameters if each.kind == "language"), "")
        value = self._request.parameters.get(spoken, self._request.language)
        return "zh" if value == "zh" else "en"

    def _key_that_holds(self) -> str:
        """The key of what this run makes; empty where its sources are others by now than when it was asked for.

        Then it makes a thing of two recipes, and its request says so from now on: nobody may wait for it.
        """
        if not self._request.key:
            return ""
        spec = self._course.experiments.get(self._experiment.id)
        if spec is not None and key_of(self._course, spec, self._request) == self._request.key:
            return self._request.key
        request = msgspec.structs.replace(self._request, key="")
        write_atomically(self._folder / "request.json", encode_request(request))
        return ""

    # ---- what it begins from

    def given(self, arm: str, values: Mapping[str, Value]) -> dict[str, Artifact]:
        """What the parameters of the kind `model` and `tokenizer` stand for. Raises CannotBegin."""
        found = {}
        for parameter in self._experiment.parameters:
            if parameter.kind in KINDS:
                value = str(values[parameter.name])
                if value == BASE and parameter.base:
                    found[parameter.name] = self.base(arm, parameter.base, 1, False, {})
                else:
                    found[parameter.name] = self._named(arm, value)
        return found

    def base(self, arm: str, experiment: str, seed: int, full: bool, given: Mapping[str, Value]) -> Artifact:
        """What `experiment` makes with these parameters, the others at their defaults: made now if it has not been.

        Raises ValueError where the spec does not say that this experiment begins from it, ParameterError for parameters
        that it has not, CannotBegin where it cannot be had.
        """
        if experiment not in self._experiment.begins_from:
            raise ValueError(f'record.base({experiment!r}): add it to the spec, begins_from = ["{experiment}"]')
        asked = json.dumps([experiment, seed, full, dict(given)], sort_keys=True)
        return self._answer(arm, asked, lambda: self._made(arm, experiment, seed, full, given, asked))

    def _named(self, arm: str, name: str) -> Artifact:
        earlier = self._origins.answer(name)
        known = self._request.models.get(name) or (earlier.sha256 if earlier else None)

        def take() -> Artifact:
            found, held = take_named(self._home, name, known)
            self._held.append(held)
            return found

        return self._answer(arm, name, take)

    def _answer(self, arm: str, asked: str, get: Callable[[], Artifact]) -> Artifact:
        """Ask once for all arms; that this one begins from it is written down, and said."""
        if asked not in self._got:
            self._got[asked] = get()
        found = self._got[asked]
        if not any(begun.arm == arm and begun.asked == asked for begun in self._origins.begun_from):
            begun = Begun(arm=arm, asked=asked, key=found.key, sha256=found.about.sha256, line=list(found.lineage))
            self._remember(msgspec.structs.replace(self._origins, begun_from=[*self._origins.begun_from, begun]))
            line = in_one_line(found.lineage)
            self._note(arm, Text(zh=f"从 {found.name} 开始（{line}）。", en=f"It begins from {found.name} ({line})."))
        return found

    def _made(
        self, arm: str, experiment: str, seed: int, full: bool, given: Mapping[str, Value], asked: str
    ) -> Artifact:
        earlier = self._origins.answer(asked)
        if earlier is not None and (found := self._take(earlier.key, earlier.sha256)) is not None:
            return found
        spec = self._course.experiments.get(experiment)
        if spec is None or spec.makes is None:
            raise ValueError(f"{experiment} is no experiment of this course that makes something")
        language = self._language
        values = validate(spec, given, full=full, language=language)
        request = request_for(self._course, spec, values, self._home, seed=seed, full=full, language=language)
        if not request.key:
            raise ValueError(f"{experiment}: its code cannot be read, or it begins from itself")
        if earlier is not None and earlier.key != request.key:
            name = name_of(experiment, earlier.key)
            raise CannotBegin("model", f"{name} -> {name_of(experiment, request.key)}")
        found = self._take(request.key) or self._wait_for_it(arm, request)
        if earlier is not None and found.about.sha256 != earlier.sha256:
            raise CannotBegin("model", f"{found.name}: {earlier.sha256[:8]} -> {found.about.sha256[:8]}")
        return found

    def _take(self, key: str, sha256: str | None = None) -> Artifact | None:
        taken = self._shelf.take(key)
        if taken is None:
            return None
        found, held = taken
        if sha256 not in (None, found.about.sha256):
            os.close(held)
            return None
        self._held.append(held)
        return found

    def _wait_for_it(self, arm: str, request: Request) -> Artifact:
        """Have it made, by the run that makes it already or by a new one; meanwhile this run's slot is free."""
        run = join_or_start(self._home, request, lambda run: note_started(self._folder, run))
        if run is not None:
            self._log.event("waiting", arm=arm, run=run, experiment=request.experiment)
            with self._slots.lent():
                wait_for(self._home, run, request.key)
            self._log.event("waiting", arm=arm)
        found = self._take(request.key)
        if found is None:
            raise CannotBegin("base", f"{run}: {name_of(request.experiment, request.key)} is damaged or gone")
        return found

    # ---- what it makes

    def keep(self, arm: str, content: bytes) -> None:
        """Keep what this run makes. Only the arm that the spec names keeps something: its code is that of all arms.

        Raises ValueError where the spec does not say that this experiment makes something, or `content` is none.
        """
        kind = self._experiment.makes
        if kind is None:
            raise ValueError('record.keep: the spec must say makes = "model" or "tokenizer"')
        if arm != self._experiment.making_arm:
            return
        facts = facts_of(kind, content)
        if self._key:
            self._note(arm, self._put(arm, facts, content))
        elif kind == "model":
            file = model_file(self._folder, arm, facts.step)
            file.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomically(file, content)

    def _put(self, arm: str, facts: ModelFacts, content: bytes) -> Text:
        request, earlier = self._request, self._origins.line_of(arm)
        kind = self._experiment.makes or "model"
        can: Ability = "tokens" if kind == "tokenizer" else "talks" if self._experiment.talks else "writes"
        name, now = name_of(request.experiment, self._key), time.time()
        own = Stage(
            name=name,
            kind=kind,
            experiment=request.experiment,
            key=self._key,
            run=self._folder.name,
            seed=request.seed,
            parameters=request.parameters,
            made=now,
        )
        about = About(
            key=self._key,
            kind=kind,
            experiment=request.experiment,
            run=self._folder.name,
            parameters=request.parameters,
            seed=request.seed,
            full=request.full,
            language=self._language,
            made=now,
            seconds=round(self._seconds(), 3),
            weights=facts.weights,
            tokenizer=facts.tokenizer,
            can=can,
            parents=list(dict.fromkeys(begun.key for begun in self._origins.begun_from if begun.arm == arm)),
            line=merged([earlier, [own]]),
        )
        self._shelf.put(about, content)
        return Text(
            zh=f"存为 {name}，别的实验可以从它开始。", en=f"Kept as {name}: other experiments can begin from it."
        )

    def _remember(self, origins: Origins) -> None:
        write_origins(self._folder, origins)
        self._origins = origins

    def _note(self, arm: str, text: Text) -> None:
        self._log.event("note", arm=arm, text={"zh": text.zh, "en": text.en})
