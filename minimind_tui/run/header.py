"""What a safetensors file says of itself at its beginning: read without PyTorch, and without the tensors.

The file begins with eight bytes, the length of the header, and the header, a JSON object: `__metadata__` is what its
writer has to say, every other member a tensor with its shape and its place behind the header.
"""

from __future__ import annotations

import io
import json
import math
import os
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from minimind_tui.base.bounded import open_regular
from minimind_tui.content.schema import MadeKind
from minimind_tui.run.descent import Training

LARGEST_FILE = 1 << 36
LONGEST_HEADER = 1 << 24


class ModelFacts(msgspec.Struct, frozen=True):
    """What the header of a saved model says of it."""

    weights: int
    """How many numbers it has learned."""
    tokenizer: str
    """Its kind and size: `characters 64`; `bpe 256+250` are the bytes and 250 merges."""
    step: int = 0
    trainings: tuple[Training, ...] = ()


def header_of(path: Path) -> dict[str, Any]:
    """The header of a safetensors file. Raises OSError, ValueError or RecursionError where it is none."""
    with open_regular(path, LARGEST_FILE) as file:
        return _header(file, os.fstat(file.fileno()).st_size)


def _header(file: BinaryIO, size: int) -> dict[str, Any]:
    length = int.from_bytes(file.read(8), "little")
    if length > min(LONGEST_HEADER, size - 8):
        raise ValueError("its header is longer than the file")
    header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    return header


def model_facts(path: Path) -> ModelFacts:
    """The facts of a saved model, of format 1 or 2. Raises OSError, or ValueError that says why it is no such file."""
    with open_regular(path, LARGEST_FILE) as file:
        return _model_facts(file, os.fstat(file.fileno()).st_size)


def facts_of(kind: MadeKind, content: bytes) -> ModelFacts:
    """The facts of a model or tokenizer that is about to be kept. Raises ValueError where it is none."""
    if kind == "model":
        return _model_facts(io.BytesIO(content), len(content))
    try:
        return ModelFacts(0, _tokenizer_facts(json.loads(content)))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no tokenizer: {error}") from error


def _model_facts(file: BinaryIO, size: int) -> ModelFacts:
    try:
        header = _header(file, size)
        said = header.pop("__metadata__")
        ends = [int(tensor["data_offsets"][1]) for tensor in header.values()]
        if max(ends, default=0) != size - file.tell():
            raise ValueError("a part of it is missing")
        old = int(said.get("format", 1)) == 1
        alphabet = {"kind": "characters", "alphabet": json.loads(said["vocabulary"])} if old else None
        return ModelFacts(
            weights=sum(math.prod(int(side) for side in tensor["shape"]) for tensor in header.values()),
            tokenizer=_tokenizer_facts(alphabet or json.loads(said["tokenizer"])),
            step=int(said["step"]),
            trainings=() if old else msgspec.convert(json.loads(said["lineage"]), tuple[Training, ...]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"this is no saved model: {error}") from error


def _tokenizer_facts(content: Any) -> str:
    """A tokenizer in short, by what `Tokenizer.content()` gave. Raises ValueError where it is none."""
    try:
        kind = content["kind"]
        if kind == "bytes":
            return "bytes 256"
        if kind == "characters":
            return f"characters {len(list(content['alphabet']))}"
        if kind == "bpe":
            return f"bpe 256+{len(list(content['merges']))}"
    except (KeyError, TypeError) as error:
        raise ValueError(f"its tokenizer lacks {error}") from error
    raise ValueError(f"no tokenizer is of the kind {kind!r}")
