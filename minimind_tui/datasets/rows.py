"""The rows of a data set, read one by one, each typed, and refused by file, line and field where it is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import CorpusError
from minimind_tui.datasets.faults import LONGEST_QUOTE, Fault, first_fault, quoted
from minimind_tui.datasets.kinds import KINDS, DataKind, recognised
from minimind_tui.datasets.kinds.kind import Kind, Row
from minimind_tui.datasets.lines import LineError, Source, lines


class RowError(LineError):
    """A row that is not what its kind says; `fault` is what is wrong with it."""

    def __init__(self, file: Path, line: int, fault: Fault, fix: Text) -> None:
        self.fault = fault
        expected, found, field = fault.expected, fault.found, fault.field
        super().__init__(
            file,
            line,
            zh=f"{field and f'，{field}'}：应为{_spaced(expected.zh)}，实际是{_spaced(found.zh)}。{fix.zh}",
            en=f"{field and f', {field}'}: expected {expected.en}; found {found.en}. {fix.en}",
        )


def _spaced(words: str) -> str:
    """Words that follow Chinese, after a space where they are not Chinese."""
    return f" {words}" if words[0].isascii() else words


def rows(source: Source, file: Path, kind: Kind[Row]) -> Iterator[Row]:
    """The rows that `source` holds, all of `kind`, at least one. `file` is what refusals name.

    Raises CorpusError at the first line that is no row of this kind, or where there is none at all.
    """
    decoder = msgspec.json.Decoder(kind.row)
    first = True
    for number, line in lines(source, file):
        try:
            row = decoder.decode(line)
            fault = kind.sense(row)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            fault = _explained(line, kind, error)
        if fault is not None:
            raise RowError(file, number, fault, _fix(number, line, kind, first=first))
        first = False
        yield row
    if first:
        raise CorpusError(
            Text(zh=f"{file} 里没有数据。请给一个有内容的文件。", en=f"{file} holds no rows. Give a file that does.")
        )


def kind_of_file(source: Source, file: Path) -> DataKind:
    """The kind of the rows in a file, by the fields of the first. Raises CorpusError where no kind has them.

    A file that does not begin with a JSON object is left to `rows`, which says what it is.
    """
    number, line = next(lines(source, file), (1, ""))
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "text"
    kind = recognised(value) if isinstance(value, dict) else "text"
    if kind is None:
        fields = (" + ".join(sorted(each.keys)) for each in KINDS.values())
        listed = ", ".join(fields)
        expected = Text(zh=f"这些字段之一：{listed}", en=f"one of these fields: {listed}")
        fix = Text(
            zh="请把字段名改成其中一种。",
            en="Rename its fields to those of one kind.",
        )
        raise RowError(file, number, Fault("", expected, _names(value)), fix)
    return kind


def _explained(line: str, kind: Kind[Row], error: Exception) -> Fault:
    """Why msgspec refused a line, in words that do not speak of msgspec."""
    try:
        value = json.loads(line, parse_constant=_no_constant)
    except RecursionError:
        return _fault("", ("嵌套没有这么深的 JSON", "JSON that is not nested so deep"), quoted(line))
    except ValueError as malformed:
        found = quoted(line)
        if isinstance(malformed, json.JSONDecodeError):
            column = malformed.colno
            found = Text(zh=f"{found.zh}（错在第 {column} 列）", en=f"{found.en} (column {column}: {malformed.msg})")
        return _fault("", ("一行 JSON", "JSON"), found)
    fault = first_fault(value, kind.row)
    if fault is not None:
        return fault
    if any("\ud800" <= sign <= "\udfff" for sign in json.dumps(value, ensure_ascii=False)):
        half = Text(zh=r"半个代理对（\ud800 到 \udfff）", en=r"half of a surrogate pair (\ud800 to \udfff)")
        return _fault("", ("完整的字符", "whole characters"), half)
    return _fault(
        "", (f"一条{kind.word.zh}数据", f"a row of the kind {kind.word.en}"), Text(zh=str(error), en=str(error))
    )


def _names(row: dict[str, object]) -> Text:
    """The fields of a row, for a refusal."""
    listed = ", ".join(row)[:LONGEST_QUOTE] or "{}"
    return Text(zh=listed, en=listed)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _fault(field: str, expected: tuple[str, str], found: Text) -> Fault:
    return Fault(field, Text(zh=expected[0], en=expected[1]), found)


def _fix(number: int, line: str, kind: Kind[Row], *, first: bool) -> Text:
    """What to do about a refused line. The first one tells what the whole file is."""
    return (_fix_of_file(line, kind) if first else None) or _left_out(number)


def _fix_of_file(line: str, kind: Kind[Row]) -> Text | None:
    """What to do with a file that begins with `line`; None where it is a file of this kind."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    other = recognised(value)
    if other not in (None, kind.name):
        word, command = KINDS[other].word, f"minimind-tui data add FILE --kind {other}"
        return Text(
            zh=f"这看起来是“{word.zh}”文件：`{command}`。", en=f"This looks like a {word.en} file: `{command}`."
        )
    if isinstance(value, dict):
        return None
    if line[0] in "[{":
        command = "jq -c '.[]' FILE > rows.jsonl" if line[0] == "[" else "jq -c . FILE > rows.jsonl"
        return Text(
            zh=f"每行放一条完整的数据：`{command}` 能改成这样。",
            en=f"A line holds one whole row: `{command}` makes it so.",
        )
    command = "minimind-tui data add FILE --kind text"
    return Text(zh=f"这看起来是普通文本：`{command}`。", en=f"This looks like plain text: `{command}`.")


def _left_out(number: int) -> Text:
    command = f"sed '{number}d' FILE > rows.jsonl"
    return Text(zh=f"请改正这一行，或去掉它：`{command}`。", en=f"Mend this line, or leave it out: `{command}`.")
