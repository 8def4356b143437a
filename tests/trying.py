"""The tiny course, whose experiment proposes what to try next."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import tiny_course

TRY = """
[[try_next]]
question = { zh = "多数几步？", en = "More steps?" }
set = { steps = 7 }
answer = { zh = "还是两倍。", en = "Twice, still." }
"""


def course_with(root: Path, *tries: str) -> Path:
    """The tiny course, its experiment proposing `tries`."""
    spec = tiny_course(root) / "experiments/small/count.toml"
    spec.write_text(spec.read_text(encoding="utf-8") + "".join(tries), encoding="utf-8")
    return root
