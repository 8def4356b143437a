"""`make pictures` draws all pictures anew; `python -m tests.pictures record` first runs the experiments in them."""

from __future__ import annotations

import asyncio
import sys

from minimind_tui.base.text import LANGUAGES
from tests.pictures.gallery import WALKS, course, renew
from tests.pictures.recordings import record


async def main() -> None:
    """Draw every picture."""
    for folder in WALKS:
        for language in LANGUAGES:
            await renew(folder, language)


if "record" in sys.argv[1:]:
    record(course())
asyncio.run(main())
