"""Where the pictures lie, and how they are drawn: those of the README in `docs/`, the others here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minimind_tui.base.text import Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from tests.pictures.scenes import common_size_pictures, readme_pictures
from tests.pictures.svg import svg_of

DOCS = Path(__file__).parents[2] / "docs"
SCREENS = Path(__file__).parent / "screens"
WALKS = {DOCS: readme_pictures, SCREENS: common_size_pictures}
"""By folder: what leads through the scenes whose pictures lie in it, in one language."""

Files = dict[str, str]
"""SVG files by their names without the suffix."""


@cache
def course() -> Course:
    """The course that the pictures are of."""
    return load_course(bundled_root())


async def drawn(folder: Path, language: Language) -> Files:
    """The pictures of a folder, drawn anew."""
    return {name: svg_of(picture) for name, picture in (await WALKS[folder](course(), language)).items()}


def committed(folder: Path, language: Language) -> Files:
    """The pictures of a folder as they are there."""
    return {file.stem: file.read_text(encoding="utf-8") for file in folder.glob(f"*-{language}.svg")}


async def renew(folder: Path, language: Language) -> None:
    """Put the pictures drawn anew in the place of those that are there."""
    files = await drawn(folder, language)
    for name in committed(folder, language).keys() - files.keys():
        (folder / f"{name}.svg").unlink()
    for name, svg in files.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
