"""A screen that looks otherwise than in its picture: a mistake, or the picture is to be drawn anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import LANGUAGES, Language
from tests.pictures.difference import difference
from tests.pictures.gallery import DOCS, SCREENS, committed, drawn
from tests.pictures.picture import Cell, Picture
from tests.pictures.svg import read_svg, svg_of

PLAIN, STRONG = Cell("", "#d7dae0", "#14171c"), Cell("", "#d7dae0", "#14171c", ("bold", "underline"))


def row(text: str, look: Cell = PLAIN) -> list[Cell]:
    """A row of narrow letters."""
    return [Cell(" ", "", look.ground) if letter == " " else look._replace(text=letter) for letter in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", [DOCS, SCREENS], ids=["readme", "80x24"])
async def test_every_screen_looks_as_in_its_picture(folder: Path, language: Language) -> None:
    old, new = committed(folder, language), await drawn(folder, language)
    changed = [name for name in sorted(old.keys() & new.keys()) if old[name] != new[name]]
    differences = {name: difference(read_svg(old[name]), read_svg(new[name])) for name in changed}
    told = [f"{name}.svg\n{what}" for name, what in differences.items() if what]
    told += [f"{name}.svg is not there" for name in sorted(new.keys() - old.keys())]
    told += [f"{name}.svg is drawn by no scene" for name in sorted(old.keys() - new.keys())]
    if told:
        pytest.fail("\n\n".join([*told, "If the screens should look so: make pictures"]), pytrace=False)


def test_a_picture_is_read_as_it_was_written() -> None:
    wide = PLAIN._replace(text="课")
    picture: Picture = [row("a <b> & c "), [wide, wide._replace(text=""), *row(" two ls ", STRONG)]]
    assert read_svg(svg_of(picture)) == picture


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (row("a word"), ""),
        (row("a WORD"), "row  1 - a word\n       + a WORD"),
        (
            row("a word", STRONG),
            "#d7dae0 on #14171c -> #d7dae0 on #14171c bold underline\n    row  1 columns 1-6 'a word'",
        ),
        (row("a word", PLAIN._replace(ground="#ffffff")), "on #14171c -> on #ffffff\n    row  1 columns 2-2 ' '"),
        (row("a words"), "size 6x1 -> 7x1"),
    ],
)
def test_a_difference_names_the_row_and_what_is_other_in_it(new: list[Cell], told: str) -> None:
    found = difference([row("a word")], [new])
    assert told in found
    assert bool(told) == bool(found)
