"""The readers of rows: MiniMind's own formats are read as they are, and what is none is refused by line and field."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.schema import DataKind
from minimind_tui.datasets import lines
from minimind_tui.datasets.catalogue import CorpusError
from minimind_tui.datasets.faults import first_fault
from minimind_tui.datasets.kinds import KINDS, TaskRow, Turn, recognised
from minimind_tui.datasets.rows import RowError, rows
from tests.data.samples import ANSWERED, ASKED, CALLS, CHATS, ROWS, TASKS, TEXTS, TOOL_USE, content

FILE = Path("rows.jsonl")
every_kind = pytest.mark.parametrize("kind", get_args(DataKind))


def read(content: bytes, kind: DataKind = "text") -> list[Any]:
    """The rows in these bytes."""
    return list(rows(io.BytesIO(content), FILE, KINDS[kind]))


def refusal(content: bytes, kind: DataKind = "text") -> str:
    """With which words these bytes are refused; both languages name the file and the same place."""
    with pytest.raises(CorpusError) as raised:
        read(content, kind)
    message = raised.value.message
    assert message.en.startswith("rows.jsonl")
    assert message.zh.startswith("rows.jsonl")
    if isinstance(raised.value, lines.LineError):
        assert f"line {raised.value.line}" in message.en
        assert f"第 {raised.value.line} 行" in message.zh
    if isinstance(raised.value, RowError):
        assert raised.value.fault.field in message.zh
    return message.en


def test_every_kind_that_a_spec_may_name_has_a_reader() -> None:
    assert tuple(KINDS) == get_args(DataKind)


@every_kind
def test_rows_are_read_with_their_optional_fields_and_without_unknown_ones(kind: DataKind) -> None:
    found = read(content(ROWS[kind]), kind)
    assert len(found) == len(ROWS[kind])
    for row, written in zip(found, ROWS[kind], strict=True):
        again = {name: value for name, value in msgspec.to_builtins(row).items() if value is not None}
        assert again.keys() == written.keys() - {"source", "id", "score"}


@every_kind
def test_a_kind_is_recognised_by_its_fields(kind: DataKind) -> None:
    assert recognised(ROWS[kind][0]) == kind


def test_what_is_no_row_of_any_kind_is_not_recognised() -> None:
    assert [recognised(value) for value in ({"title": "x"}, {}, [{"text": "a"}], "text", None)] == [None] * 5


def test_tools_and_calls_are_lists_whether_written_as_json_or_not() -> None:
    written = TOOL_USE
    as_lists = json.loads(json.dumps(written))
    as_lists[0]["tools"], as_lists[2]["tool_calls"] = json.loads(written[0]["tools"]), json.loads(CALLS)
    first, second = read(content([{"conversations": written}, {"conversations": as_lists}]), "chat")
    for row in (first, second):
        assert row.conversations[0].functions == [{"type": "function", "function": {"name": "add"}}]
        assert row.conversations[2].calls == [{"name": "add", "arguments": {"a": 1, "b": 2}}]
        assert row.conversations[1].calls == []
        assert row.conversations[4].reasoning_content == "one and two"


def test_the_prompt_of_a_task_is_without_the_answer_that_holds_a_place() -> None:
    with_place, without = read(content(TASKS), "task")
    assert isinstance(with_place, TaskRow)
    assert list(with_place.prompt) == list(without.prompt) == [Turn(role="user", content="你好")]
    assert (with_place.gt, without.gt) == (["3", "three"], None)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_a_mark_at_the_start_other_line_ends_and_blank_lines_at_the_end_are_no_mistakes(end: str) -> None:
    plain = read(content(TEXTS))
    assert read(b"\xef\xbb\xbf" + content(TEXTS, end) + b"\r\n \n\n") == plain
    assert read(content(TEXTS, end).rstrip()) == plain


NOT_TEXT = [
    (b"", "holds no rows"),
    (b"\xef\xbb\xbf\r\n\n", "holds no rows"),
    (b'{"text": "a"}\n\n{"text": "b"}\n', "line 2 is blank, and rows follow it"),
    (b'{"text": "a"}\n{"text": \n', 'line 2: expected JSON; found "{\\"text\\":" (column 9: Expecting value)'),
    (b'{"text": "a"}\n[1]\n', "line 2: expected a JSON object; found a list"),
    (b'{"text": "a"}\n17\n', "line 2: expected a JSON object; found 17"),
    (b'{"text": "a"}\n{"txt": "b"}\n', "line 2, text: expected a string; found nothing"),
    (b'{"text": "a"}\n{"text": null}\n', "line 2, text: expected a string; found null"),
    (b'{"text": "a"}\n{"text": ["b"]}\n', "line 2, text: expected a string; found a list"),
    (b'{"text": "a"}\n{"text": " "}\n', 'line 2, text: expected some text; found " "'),
    (b'{"text": "a"}\n{"text": NaN}\n', "line 2: expected JSON"),
    (b'{"text": "a"}\n{"text": "\\ud800"}\n', "line 2: expected whole characters; found half of a surrogate pair"),
    (b'{"text": "a"}\n{"text": "a", "x": ' + b"[" * 90_000 + b"]" * 90_000 + b"}\n", "that is not nested so deep"),
    (b'{"text": "a"}\n{"text": 1, "text": "b"}\n', "line 2: expected a row of the kind text"),
    (b'{"text": "a"}\n{"text": "b\xff"}\n', "line 2 is not UTF-8: it cannot be read at byte 25 of the file"),
    (b'\xef\xbb\xbf{"text": "\xff"}\n', "line 1 is not UTF-8: it cannot be read at byte 13 of the file"),
    (b'{"text": "a"}\n{"text": "b", "other": "\xff"}\n', "line 2 is not UTF-8: it cannot be read at byte 38"),
    ('{"text": "a"}\n'.encode("utf-16"), "line 1 is not UTF-8: it cannot be read at byte 0"),
]


@pytest.mark.parametrize(("wrong", "said"), NOT_TEXT)
def test_a_row_that_is_none_is_refused_by_its_line(wrong: bytes, said: str) -> None:
    assert said in refusal(wrong)


def turn(role: object, content: object = "a", **more: object) -> dict[str, object]:
    return {"role": role, "content": content, **more}


NOT_CHAT = [
    ({"conversations": []}, "conversations: expected a list with something in it; found a list"),
    ({"conversations": "hello"}, 'conversations: expected a list with something in it; found "hello"'),
    ({"conversations": ["hello"]}, 'conversations[0]: expected a JSON object; found "hello"'),
    (
        {"conversations": [ASKED, ANSWERED, turn("bot")]},
        'conversations[2].role: expected one of assistant, system, tool, user; found "bot"',
    ),
    ({"conversations": [{"content": "a"}]}, "conversations[0].role: expected one of"),
    ({"conversations": [{"role": "user"}]}, "conversations[0].content: expected a string; found nothing"),
    ({"conversations": [turn("user", None)]}, "conversations[0].content: expected a string; found null"),
    ({"conversations": [turn("user", ""), ANSWERED]}, "conversations[0].content: expected what the user says"),
    (
        {"conversations": [ASKED, turn("assistant", reasoning_content=3)]},
        "conversations[1].reasoning_content: expected a string; found 3",
    ),
    (
        {"conversations": [ASKED, turn("assistant", tool_calls=[{}, 3])]},
        "conversations[1].tool_calls[1]: expected a JSON object; found 3",
    ),
    (
        {"conversations": [turn("system", tools="none"), ASKED, ANSWERED]},
        'conversations[0].tools: expected a list of JSON objects; found "none"',
    ),
    (
        {"conversations": [ASKED, turn("assistant", tool_calls='{"name": "add"}')]},
        "conversations[1].tool_calls: expected a list of JSON objects",
    ),
    (
        {"conversations": [turn("system"), ASKED]},
        "conversations: expected a turn in which the assistant says something; found system, user",
    ),
    ({"conversations": [ASKED, turn("assistant", "")]}, "expected a turn in which the assistant says something"),
    (
        {"conversations": [ASKED, turn("tool"), ANSWERED]},
        "conversations[1].role: expected a tool's turn after an assistant's or another tool's",
    ),
]


@pytest.mark.parametrize(("wrong", "said"), NOT_CHAT)
def test_a_conversation_that_is_none_is_refused_by_its_field(wrong: dict[str, object], said: str) -> None:
    found = refusal(content([*CHATS, wrong]), "chat")
    assert found.startswith("rows.jsonl, line 3, ")
    assert said in found
    assert "`sed '3d' FILE > rows.jsonl`" in found


def test_the_refusal_in_chinese_says_the_same() -> None:
    with pytest.raises(RowError) as raised:
        read(content([{"conversations": [ASKED, turn("bot")]}]), "chat")
    assert raised.value.message.zh == (
        'rows.jsonl 第 1 行，conversations[1].role：应为 assistant, system, tool, user 之一，实际是 "bot"。'
        "请改正这一行，或去掉它：`sed '1d' FILE > rows.jsonl`。"
    )


def test_a_preference_is_between_two_answers() -> None:
    wrong = {"chosen": [ASKED, ANSWERED], "rejected": [ASKED]}
    said = refusal(content([wrong]), "preference")
    assert "line 1, rejected: expected the assistant's turn at the end; found user" in said
    assert "chosen[0].role" in refusal(content([{"chosen": [turn("me")], "rejected": []}]), "preference")


def test_a_task_asks_something_and_lists_its_answers() -> None:
    assert "a turn in which the user asks something" in refusal(content([{"conversations": [ANSWERED]}]), "task")
    for wrong, said in (("3", "gt: expected a list of strings"), ([3], "gt[0]: expected a string; found 3")):
        assert said in refusal(content([{"conversations": [ASKED], "gt": wrong}]), "task")


def test_a_file_of_another_kind_is_told_from_its_first_row() -> None:
    for kind, rows_of_it in ROWS.items():
        other: DataKind = "chat" if kind in ("text", "preference") else "preference"
        said = refusal(content(rows_of_it), other)
        assert f"This looks like a {kind} file: `minimind-tui data add FILE --kind {kind}`" in said
    assert "This looks like" not in refusal(content([*CHATS, *TEXTS]), "chat"), "not the whole file, a line of it"


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        (b"Once upon a time\n", "This looks like plain text: `minimind-tui data add FILE --kind text`"),
        (b"1984\n", "This looks like plain text"),
        (b'[{"text": "a"}, {"text": "b"}]\n', "`jq -c '.[]' FILE > rows.jsonl` makes it so"),
        (b'[\n{"text": "a"}\n]', "`jq -c '.[]' FILE > rows.jsonl` makes it so"),
        (b'{\n"text": "a"\n}', "`jq -c . FILE > rows.jsonl` makes it so"),
    ],
)
def test_a_file_that_has_no_rows_is_told_from_its_first_line(begins: bytes, said: str) -> None:
    assert said in refusal(begins)


def test_a_line_is_never_read_whole_where_it_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 2**20)
    asked: list[int] = []

    class Endless:
        def readline(self, size: int, /) -> bytes:
            asked.append(size)
            return b"x" * size

    with pytest.raises(CorpusError, match="line 1 is over 1 MiB"):
        list(lines.lines(Endless(), FILE))
    assert asked == [2**20 + 1]


def test_rows_are_read_no_further_than_they_are_wanted() -> None:
    source = io.BytesIO(content(TEXTS) * 1000)
    next(rows(source, FILE, KINDS["text"]))
    assert source.tell() == len(content(TEXTS[:1]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["user", "assistant", "tool", "", "[]", "[{}]"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "conversations", "chosen", "rejected", "gt", "role", "content", "tools"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
TURNS = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "tool", "system"]) | JSON,
            "content": st.text(max_size=3) | JSON,
        },
        optional={"tools": JSON, "tool_calls": JSON, "reasoning_content": JSON},
    ),
    max_size=3,
)
NEARLY = st.fixed_dictionaries(
    {}, optional={"text": JSON, "conversations": TURNS | JSON, "chosen": TURNS, "rejected": TURNS | JSON, "gt": JSON}
)


def attempted(content: bytes, kind: DataKind) -> CorpusError | None:
    """The error with which these bytes are refused; None where they are rows."""
    try:
        found = read(content, kind)
    except CorpusError as error:
        return error
    assert found
    return None


@given(value=NEARLY | JSON, kind=st.sampled_from(get_args(DataKind)))
def test_a_fault_is_named_just_where_a_row_is_refused(value: object, kind: DataKind) -> None:
    """What looks for the fault and what decodes are two programs: they agree on every row."""
    line = json.dumps(value).encode()
    try:
        msgspec.json.decode(line, type=KINDS[kind].row)
    except msgspec.ValidationError:
        typed = False
    else:
        typed = True
    assert (first_fault(value, KINDS[kind].row) is None) is typed
    error = attempted(line, kind)
    assert typed or isinstance(error, RowError)
    assert "a row of the kind" not in str(error), "refused without a reason"


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode), st.sampled_from(get_args(DataKind)))
def test_any_bytes_are_rows_or_refused_by_the_name_of_the_file(anything: bytes, kind: DataKind) -> None:
    for begins in (b"", content(ROWS[kind])):
        error = attempted(begins + anything, kind)
        assert error is None or error.message.en.startswith("rows.jsonl")
