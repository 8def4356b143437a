"""The process that writes with kept models: `python -m minimind_tui.run.writing_worker`.

A line of standard input is a wish, each line of standard output some characters of the answer. It ends when nobody
speaks to it any more.
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

from minimind_tui.content.bounded import read_bounded
from minimind_tui.content.schema import Text
from minimind_tui.run.writing import Wish, Written

LARGEST_MODEL = 1 << 31


def main() -> None:
    """Answer one wish after the other, the newest first."""
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


def _answer(wish: Wish, kept: Any, writing: Any, wishes: queue.Queue[Wish]) -> None:
    strange = "".join(writing.unknown(kept, wish.prompt))
    if strange:
        problem = Text(
            zh=f"它没见过这些字符：{strange}。它只认识语料里的字符。",
            en=f"It has never seen these characters: {strange}. It knows those of its corpus alone.",
        )
        _tell(Written(wish.number, done=True, problem=problem))
        return
    characters = writing.write(
        kept, wish.prompt, wish.length, wish.temperature, wish.top_k or None, wish.top_p, wish.seed
    )
    for character in characters:
        if not wishes.empty():
            return
        _tell(Written(wish.number, character))
    _tell(Written(wish.number, done=True))


def _tell(written: Written) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(written) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
