"""The rows of a data set, typed: where experiments get conversations, preferences, tasks and separate documents.

`load_rows("mine", "chat", 1000)` gives the first thousand conversations of the data set that the learner added as
`mine`. A text in one piece comes from `data.corpus`.
"""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Literal, overload

from data import tinytales
from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.datasets import corpora
from minimind_tui.datasets.kinds import ChatRow, DataKind, PreferenceRow, TaskRow, TextRow


@overload
def load_rows(
    name: str, kind: Literal["text"], limit: int, *, start: int = ..., language: Language = ..., seed: int = ...,
    folder: Path | None = ...,
) -> list[TextRow]: ...  # fmt: skip
@overload
def load_rows(
    name: str, kind: Literal["chat"], limit: int, *, start: int = ..., folder: Path | None = ...
) -> list[ChatRow]: ...
@overload
def load_rows(
    name: str, kind: Literal["preference"], limit: int, *, start: int = ..., folder: Path | None = ...
) -> list[PreferenceRow]: ...
@overload
def load_rows(
    name: str, kind: Literal["task"], limit: int, *, start: int = ..., folder: Path | None = ...
) -> list[TaskRow]: ...
def load_rows(
    name: str,
    kind: DataKind,
    limit: int,
    *,
    start: int = 0,
    language: Language = "en",
    seed: int = 0,
    folder: Path | None = None,
) -> list[Any]:
    """At most `limit` rows of the data set `name`, from row `start` on, counted from 0, in the order of the file.

    The file is read line by line, and no further than to the last row that is wanted. A plain text is one row. The rows
    of `tinytales` are its stories, in `language` and from `seed`, which mean nothing to a stored data set. Raises
    CorpusError, naming the fix, where the data set is not here or of another kind, or a row cannot be read. `folder` is
    where data sets lie, by default the learner's.
    """
    if name == corpora.BUILT_IN and kind == "text":
        return [TextRow(story.text) for story in tinytales.generate(language, start + limit, seed)[start:]]
    catalogue = corpora.read_catalogue(Path(__file__).with_name("corpora.toml"))
    with closing(corpora.rows(name, catalogue, folder or Home.from_environment().corpora, kind)) as rows:
        return list(islice(rows, start, start + limit))
