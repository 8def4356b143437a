"""A hash of everything that a measurement depends on: a claim is measured again when it changes, and only then.

It covers the experiment's code and every module of `experiments/`, `data/` and `nn/` that it imports, at whatever
remove; the tables that the data is made from; the arms, defaults and claims of its spec; all of this of the experiments
that it begins from; and PyTorch's version.
Comments, docstrings and empty lines are left out, and so is all that a learner reads of the spec: to say a thing better
is not to measure it anew. Nor is it to move a file of the product: imports of `minimind_tui` are left out but for `nn`.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import PACKAGE, Course
from minimind_tui.content.imports import file_of, imports
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Experiment

DIGITS = 16
"""Hexadecimal digits of the SHA-256 that are kept."""


def fingerprint(course: Course, experiment_id: str, language: Language | None, above: tuple[str, ...] = ()) -> str:
    """Of an experiment whose stories are in `language`; None where it has none.

    Raises OSError or SyntaxError where one of its files cannot be read, KeyError where it begins from an experiment
    that is not there, ValueError where it begins from itself: `above` are those that begin from this one.
    """
    if experiment_id in above:
        raise ValueError(f"{experiment_id} begins from itself")
    digest = hashlib.sha256()
    for name, content in _parts(course, experiment_id, language, above):
        digest.update(f"{name}\n{len(content)}\n{content}\n".encode())
    return digest.hexdigest()[:DIGITS]


def _parts(
    course: Course, experiment_id: str, language: Language | None, above: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    yield "torch", metadata.version("torch").partition("+")[0]
    yield "spec", _measured_part(course.experiments[experiment_id])
    files = _imported(course.source(experiment_id), [course.root, bundled_root(), PACKAGE.parent])
    for name in sorted(files):
        yield name, measured_code(files[name].read_text(encoding="utf-8"))
    made = {file.parent for name, file in files.items() if name.startswith("data.")}
    for folder in sorted(folder for folder in made if folder.name != "data"):
        for table in sorted(folder.glob("*.toml")):
            if language is None or table.stem == language or table.stem not in LANGUAGES:
                yield table.name, table.read_text(encoding="utf-8")
    for ref in course.experiments[experiment_id].exercises:  # it is measured with the solutions in the learner's place
        module, _, exercise = ref.partition("/")
        solution = course.exercise_file(module, exercise, "solution").read_text(encoding="utf-8")
        yield f"solution {ref}", measured_code(solution)
    for base in course.experiments[experiment_id].begins_from:
        yield f"begins from {base}", fingerprint(course, base, language, (*above, experiment_id))


def _measured_part(experiment: Experiment) -> str:
    """The parts of a spec that decide the measured figures: no title, label or sentence."""
    claims = [{**msgspec.to_builtins(claim), "text": ""} for claim in experiment.claims]
    arms = [[arm.id, arm.set] for arm in experiment.arms]
    defaults = {parameter.name: parameter.default for parameter in experiment.parameters}
    several = [experiment.processes] if experiment.processes > 1 else []
    return json.dumps([arms, defaults, claims, *several], sort_keys=True)


def _imported(source: Path, roots: list[Path]) -> dict[str, Path]:
    """All modules that the file `source` imports, by name; the file itself is under the empty name."""
    found, waiting = {"": source}, [source]
    while waiting:
        for name in imports(waiting.pop().read_text(encoding="utf-8")):
            file = file_of(name, roots)
            if file is not None and name not in found:
                found[name] = file
                waiting.append(file)
    return found


@cache
def measured_code(code: str) -> str:
    """`code` without comments, docstrings, empty lines, what stands at the ends of lines, and imports of the product.

    Raises SyntaxError where it is none.
    """
    lines = [*code.splitlines(), ""]
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    tree = ast.parse(code)
    for node in (*_strings_that_stand_alone(tree), *_imports_of_the_product(tree)):
        first, end = node.lineno - 1, node.end_lineno or node.lineno
        lines[first:end] = [""] * (end - first)
    return "\n".join(line for line in map(str.rstrip, lines) if line)


def _strings_that_stand_alone(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            values = [statement.value for statement in node.body if isinstance(statement, ast.Expr)]
            yield from (value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str))


def _imports_of_the_product(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements that name nothing but parts of the product."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        if all(map(_is_of_the_product, names)):
            yield node


def _is_of_the_product(name: str) -> bool:
    """Whether a module carries a measurement and is not measured itself, as `nn` is."""
    parts = name.split(".")
    return parts[0] == PACKAGE.name and parts[1:2] != ["nn"]
