"""Things on the shelf and in runs' folders, put there without a run."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.content.schema import Ability, MadeKind
from minimind_tui.run.artifacts import About, Artifact, Shelf
from minimind_tui.run.checkpoint import model_file
from minimind_tui.run.descent import Stage, merged
from minimind_tui.run.request import Request, encode_request
from tests.run.makers import PACK

_names: dict[str, object] = {}
exec(PACK, _names)


def model_bytes(**said: object) -> bytes:
    """A saved model of two weights."""
    return _names["pack"](**said)  # type: ignore[operator, no-any-return]


def shelve(
    home: Home, name: str, *parents: Artifact, kind: MadeKind = "model", can: Ability = "writes", made: float = 1e9
) -> Artifact:
    """Put one on the shelf, made by the experiment `small/<name>`, and last used when it was made."""
    key = hashlib.sha256(f"{name} {made}".encode()).hexdigest()
    content = model_bytes() if kind == "model" else json.dumps({"kind": "bytes"}).encode()
    own = Stage(name=f"{name}-{key[:8]}", kind=kind, experiment=f"small/{name}", key=key, run=f"run-{name}", made=made)
    about = About(
        key=key,
        kind=kind,
        experiment=f"small/{name}",
        run=f"run-{name}",
        made=made,
        seconds=61,
        weights=800_000 if kind == "model" else 0,
        tokenizer="bytes 256",
        can=can,
        parents=[parent.key for parent in parents],
        line=merged([*(parent.lineage for parent in parents), [own]]),
    )
    found = Shelf(home.artifacts).put(about, content)
    os.utime(found.path.parent / "artifact.json", (made, made))
    return found


def kept(home: Home, run: str, *steps: int, content: bytes = b"") -> Path:
    """The folder of a run that has kept a model after each of these steps."""
    folder = home.runs / run
    for step in steps:
        file = model_file(folder, "model", step)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content or model_bytes(step=step))
        os.utime(file, (step + 1e9, step + 1e9))
    request = Request(experiment="small/count", course_root="/", parameters={"steps": 5}, seed=3)
    (folder / "request.json").write_bytes(encode_request(request))
    return folder
