"""JSON schemas of the course's files, for editors: `python -m minimind_tui.content.schemas FOLDER` writes them.

Editors that know TOML (taplo, tombi, "Even Better TOML") complete and check fields by them; `.taplo.toml` says which
schema is for which file. `minimind-tui check` knows more than a schema can say.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.content.glossary import GlossaryFile
from minimind_tui.content.practice import CardFile, ExerciseFile, QuizFile
from minimind_tui.content.schema import CourseFile, Experiment, ModuleFile, SharedParameters

FILES: dict[str, type[msgspec.Struct]] = {
    "course": CourseFile,
    "module": ModuleFile,
    "glossary": GlossaryFile,
    "quiz": QuizFile,
    "cards": CardFile,
    "exercises": ExerciseFile,
    "experiment": Experiment,
    "shared-parameters": SharedParameters,
}


def schema_of(name: str) -> dict[str, Any]:
    """The schema of one kind of file, its docstrings as descriptions, in the draft that taplo reads."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_draft_7(msgspec.json.schema(FILES[name]))}


def _draft_7(schema: Any) -> Any:
    """Without `prefixItems`: the places of a tuple are `items` there, and `items: false` would forbid them."""
    if isinstance(schema, list):
        return [_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _draft_7(value) for key, value in schema.items()}
    if "prefixItems" in found:
        found["items"], found["additionalItems"] = found.pop("prefixItems"), False
    return found


def written(name: str) -> str:
    """The content of a schema file."""
    return json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n"


def main(folder: Path) -> None:
    """Write all schemas into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
