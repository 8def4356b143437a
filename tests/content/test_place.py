"""The line and the key that a validation error of a course file speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from minimind_tui.content.files import ContentError, decode
from minimind_tui.content.tables import ContentTable

Name = Annotated[str, msgspec.Meta(pattern="^[a-z]+$")]


class Row(ContentTable):
    """A row with a table of its own."""

    says: dict[str, str] = {}


class Whole(ContentTable):
    """A file with every kind of table."""

    plain: dict[str, int] = {}
    lists: dict[str, list[int]] = {}
    nested: dict[str, dict[str, int]] = {}
    named: dict[Name, int] = {}
    rows: list[Row] = []


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ('[plain]\na = 1\nb = "x"\nc = 3\n', "$.plain.b", 3),
        ('[plain]\na = 1\n"0.1" = "x"\n', '$.plain["0.1"]', 3),
        ('[lists]\na = [1]\nb = [1, "x"]\n', "$.lists.b[1]", 3),
        ('[nested.a]\nx = 1\n[nested.b]\ny = 1\nz = "x"\n', "$.nested.b.z", 5),
        ("[named]\na = 1\nB = 2\n", "$.named.B", 3),
        ('[[rows]]\n[rows.says]\na = "x"\n[[rows]]\n[rows.says]\na = "x"\nb-c = 5\n', "$.rows[1].says.b-c", 7),
        ('plain = { a = 1, b = "x" }\n', "$.plain.b", 1),
        ('[plain]\na = "x"\nb = "x"\n', "$.plain.a", 2),
        ('[plain]\n"[...]" = "x"\n', "$.plain[...]", 1),
    ],
)
def test_the_key_and_its_line_are_named(text: str, place: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "whole.toml"
    path.write_text(text)
    with pytest.raises(ContentError) as error:
        decode(path, Whole)
    problem = error.value.problem
    assert f"at `{place}`" in problem.message.en
    assert problem.line == line
