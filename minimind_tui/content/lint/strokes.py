"""Lint of drawings: each fits into every pane, has characters of certain width alone, and no line of it is broken.

Whether a stroke goes on is read off the grid: an arm of a box character meets an arm, an arrow or a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from minimind_tui.base.text import Text
from minimind_tui.content.drawings import WIDEST, Drawing, columns, drawings, is_wide

UP, DOWN, LEFT, RIGHT = (-1, 0), (1, 0), (0, -1), (0, 1)
Way = tuple[int, int]

ARMS: dict[str, tuple[Way, ...]] = {
    "─": (LEFT, RIGHT), "│": (UP, DOWN),
    "┌": (RIGHT, DOWN), "┐": (LEFT, DOWN), "└": (RIGHT, UP), "┘": (LEFT, UP),
    "├": (UP, DOWN, RIGHT), "┤": (UP, DOWN, LEFT), "┬": (LEFT, RIGHT, DOWN), "┴": (LEFT, RIGHT, UP),
    "┼": (UP, DOWN, LEFT, RIGHT),
    "▼": (UP,), "▲": (DOWN,), "►": (LEFT,), "◄": (RIGHT,),
}  # fmt: skip
"""Where the line of each stroke goes on; of an arrow's head, where its shaft is."""

POINTS: dict[str, Way] = {"▼": DOWN, "▲": UP, "►": RIGHT, "◄": LEFT}
"""What an arrow's head points to: anything but a blank."""

Grid = dict[tuple[int, int], str]


def drawing_problems(markdown: str) -> Iterator[tuple[int, Text]]:
    """What is wrong with the drawings of a text, each with its line."""
    for drawing in drawings(markdown):
        if not any(drawing.rows):
            yield drawing.line, Text(zh="这幅图是空的", en="this drawing is empty")
        for accent in drawing.accents:
            if not any(accent in row for row in drawing.rows):
                yield (
                    drawing.line,
                    Text(zh=f"图里没有要突出的“{accent}”", en=f"no {accent!r} to accent in this drawing"),
                )
        yield from _rows(drawing)
        if drawing.width <= WIDEST:
            yield from _broken(drawing)


def _rows(drawing: Drawing) -> Iterator[tuple[int, Text]]:
    for line, row in enumerate(drawing.rows, drawing.line + 1):
        if columns(row) > WIDEST:
            yield (
                line,
                Text(
                    zh=f"图的这一行宽 {columns(row)} 列，最多 {WIDEST} 列（一个汉字占两列）",
                    en=f"this row of a drawing takes {columns(row)} columns, {WIDEST} are allowed (an ideograph is 2)",
                ),
            )
        strange = "".join(dict.fromkeys(character for character in row if not _is_certain(character)))
        if strange:
            names = ", ".join(f"U+{ord(character):04X}" for character in strange[:5])
            yield (
                line,
                Text(
                    zh=f"图里不能用 {names}：有的终端里宽度不同。只用 ASCII、汉字和 {' '.join(ARMS)}",
                    en=f"no {names} in a drawing, its width is not certain: use ASCII, ideographs and {' '.join(ARMS)}",
                ),
            )
        if "{{" in row:
            yield (
                line,
                Text(
                    zh="图里不能有 {{…}}：换成数以后就对不齐了",
                    en="no {{...}} in a drawing: with the number in its place nothing lines up",
                ),
            )


def _is_certain(character: str) -> bool:
    """Whether a character has the same width in every terminal."""
    return " " <= character <= "~" or character in ARMS or (is_wide(character) and "\u3000" <= character <= "\uffef")


def _broken(drawing: Drawing) -> Iterator[tuple[int, Text]]:
    grid = _grid(drawing)
    for (row, column), character in grid.items():
        ways = {UP: ("上", "above"), DOWN: ("下", "below"), LEFT: ("左", "left"), RIGHT: ("右", "right")}
        for way, (zh, en) in ways.items():
            if not _goes_on(grid, row, column, way):
                yield (
                    drawing.line + 1 + row,
                    Text(
                        zh=f"图里的线断了：第 {column + 1} 列的 {character} {zh}边没有接上",
                        en=f"a line of a drawing is broken: {character} in column {column + 1} meets nothing {en}",
                    ),
                )


def _grid(drawing: Drawing) -> Grid:
    """The characters by row and column, blanks left out; a wide one stands in two columns."""
    grid: Grid = {}
    for row, text in enumerate(drawing.rows):
        column = 0
        for character in text:
            for _ in range(columns(character)):
                if not character.isspace():
                    grid[row, column] = character
                column += 1
    return grid


def _goes_on(grid: Grid, row: int, column: int, way: Way) -> bool:
    """Whether the stroke in a cell meets what it must in one direction."""
    character = grid[row, column]
    neighbour = grid.get((row + way[0], column + way[1]))
    if POINTS.get(character) == way:  # before a word a level arrow may leave a blank
        beyond = grid.get((row, column + 2 * way[1])) if way in (LEFT, RIGHT) else None
        return neighbour is not None or beyond is not None
    if way not in ARMS.get(character, ()):
        return True
    if neighbour is None:  # a level line may end before a word, a corner never
        return character == "─"
    back = (-way[0], -way[1])
    return neighbour not in ARMS or back in ARMS[neighbour] or POINTS.get(neighbour) == back
