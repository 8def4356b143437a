"""The process that generates text with kept models: `python -m minimind_tui.sampler.worker`.

A line of standard input is a wish, each line of standard output some characters of the answer. It ends when its
standard input is closed.
"""

from __future__ import annotations

import importlib
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.text import Text
from minimind_tui.sampler.sampler import Wish, Written

LARGEST_MODEL = 1 << 31


def main() -> None:
    """Answer wishes until standard input is closed; a new wish ends the answer to the one before."""
    wishes: queue.Queue[Wish] = queue.Queue()
    threading.Thread(target=_listen, args=(wishes,), daemon=True).start()
    checkpoint = importlib.import_module("minimind_tui.nn.checkpoint")
    writing = importlib.import_module("minimind_tui.nn.writing")
    loaded: dict[str, Any] = {}
    while True:
        wish = wishes.get()
        if not wishes.empty():
            continue
        try:
            if wish.file not in loaded:
                loaded = {wish.file: checkpoint.unpack_model(read_bounded(Path(wish.file), LARGEST_MODEL))}
            _answer(wish, loaded[wish.file], writing, wishes)
        except (OSError, ValueError, MemoryError) as error:
            problem = Text(zh=f"这个检查点用不了：{error}", en=f"This checkpoint cannot be used: {error}")
            _tell(Written(wish.number, done=True, problem=problem))


def _listen(wishes: queue.Queue[Wish]) -> None:
    for line in sys.stdin.buffer:
        wishes.put(msgspec.json.decode(line, type=Wish))
    os._exit(0)


def _answer(wish: Wish, saved: Any, writing: Any, wishes: queue.Queue[Wish]) -> None:
    pieces = writing.write(saved, wish.prompt, wish.length, wish.temperature, wish.top_k or None, wish.top_p, wish.seed)
    try:
        for piece in pieces:
            if not wishes.empty():
                return
            if piece:
                _tell(Written(wish.number, piece))
    except writing.UnknownCharacters as error:
        problem = Text(
            zh=f"它没见过这些字符：{error.characters}。它只认识语料里的字符。",
            en=f"It has never seen these characters: {error.characters}. It knows those of its corpus alone.",
        )
        _tell(Written(wish.number, done=True, problem=problem))
        return
    _tell(Written(wish.number, done=True))


def _tell(written: Written) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(written) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
