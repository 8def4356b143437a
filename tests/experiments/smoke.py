"""Runs experiments at their smallest, each in a child of one process that has loaded PyTorch: `python -m ... HOME`.

A line with an id comes in; the folder of its run goes out, once that has ended. What takes the time of a short run is
done before the first: PyTorch is loaded, and what its first optimizer loads, and the stories are written. So one more
experiment costs what its own steps cost.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from unittest.mock import patch

import msgspec
import torch
import torch._dynamo

from data import tinytales
from experiments.language_model import CHARACTERS
from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Experiment
from minimind_tui.content.tables import Value
from minimind_tui.run.ending import LOG, OUTPUT
from minimind_tui.run.request import Request, encode_request, validate
from minimind_tui.run.worker import main
from tests.solutions import solutions

SMALL = ("steps", "repeats", "layers", "depth", "rows", "queries", "subjects", "training", "block", "batch")
"""Parameters that may be at their least without anything else being asked of the others."""

LANGUAGE: Language = "en"
"""Of the stories."""


def smallest(experiment: Experiment) -> dict[str, Value]:
    """The parameters of the shortest run."""
    given: dict[str, object] = {
        parameter.name: int(parameter.minimum)
        for parameter in experiment.parameters
        if parameter.name in SMALL and parameter.kind == "int" and parameter.minimum is not None
    }
    return validate(experiment, given, language=LANGUAGE)


def run(course: Course, home: Path, experiment: Experiment) -> Path:
    """One run, as a worker makes it; its folder."""
    folder = home / "data" / "runs" / experiment.id.replace("/", "-")
    folder.mkdir(parents=True)
    parameters = smallest(experiment)
    request = Request(experiment=experiment.id, course_root=str(course.root), parameters=parameters, seed=1)
    request = msgspec.structs.replace(request, exercises=solutions(course, experiment))
    write_atomically(folder / "request.json", encode_request(request))
    (folder / LOG).touch()
    child = os.fork()
    if child == 0:
        output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(folder)
        torch.set_num_threads(1)
        os._exit(main(folder))
    os.waitpid(child, 0)
    return folder


def serve(home: Path) -> None:
    """Run what comes in, until nothing more can come."""
    course = load_course(bundled_root())
    with patch.object(tinytales, "text", cache(tinytales.text)):
        tinytales.text(LANGUAGE, CHARACTERS, 0)
        for line in sys.stdin:
            print(run(course, home, course.experiments[line.strip()]), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
