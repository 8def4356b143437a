"""What differs between two pictures, in words that say where to look."""

from __future__ import annotations

from tests.pictures.picture import Cell, Picture

MOST_PLACES = 4
"""Where a look has changed is told at so many places: a colour of the theme is everywhere."""


def difference(old: Picture, new: Picture) -> str:
    """What differs, to be read: rows as they were and are, and where the text only looks otherwise. Empty for none."""
    if [len(row) for row in old] != [len(row) for row in new]:
        sizes = [f"{max(map(len, picture))}x{len(picture)}" for picture in (old, new)]
        return f"size {sizes[0]} -> {sizes[1]}"
    lines: list[str] = []
    looks: dict[str, list[str]] = {}
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        was, now = ("".join(cell.text for cell in row).rstrip() for row in (before, after))
        if was != now:
            lines += [f"row {y + 1:2} - {was}", f"       + {now}"]
        for start, end in _restyled(before, after, letters_only=was != now):
            words = "".join(cell.text for cell in after[start : end + 1])
            places = looks.setdefault(f"{before[start].look} -> {after[start].look}", [])
            places.append(f"row {y + 1:2} columns {start + 1}-{end + 1} {words!r}")
    for change, places in looks.items():
        more = [f"and {len(places) - MOST_PLACES} more"] if len(places) > MOST_PLACES else []
        lines += [change, *(f"    {place}" for place in [*places[:MOST_PLACES], *more])]
    return "\n".join(lines)


def _restyled(old: list[Cell], new: list[Cell], *, letters_only: bool) -> list[tuple[int, int]]:
    """(first, last) column of each stretch that only looks otherwise, in one way; blanks inside belong to it.

    Where the text has changed too, letters that have become blanks look otherwise by themselves and are left out.
    """
    found: list[tuple[int, int]] = []
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before[1:] == after[1:] or (letters_only and not (before.text.strip() and after.text.strip())):
            continue
        first, last = found[-1] if found else (x, x)
        alike = (old[first].look, new[first].look) == (before.look, after.look)
        if found and alike and not "".join(cell.text for cell in new[last + 1 : x]).strip():
            found[-1] = (first, x)
        else:
            found.append((x, x))
    return found
