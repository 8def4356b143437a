"""The turns of a conversation, as MiniMind's files write them, and what makes no sense in their order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.faults import Fault, quoted

Objects = list[dict[str, Any]]


class Turn(msgspec.Struct, frozen=True):
    """One message. MiniMind writes `tools` and `tool_calls` as JSON inside a string; others write the list itself."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    reasoning_content: str | None = None
    """What the assistant thinks before it answers."""
    tools: str | Objects | None = None
    """The functions that the assistant may call, on a `system` turn."""
    tool_calls: str | Objects | None = None
    """The functions that the assistant calls in this turn; its `content` may then be empty."""

    @property
    def functions(self) -> Objects:
        """`tools` as a list, empty where there are none."""
        return _objects(self.tools)

    @property
    def calls(self) -> Objects:
        """`tool_calls` as a list, empty where there are none."""
        return _objects(self.tool_calls)

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it that could be learned."""
        return bool(self.content or self.reasoning_content or self.tool_calls)


Turns = Annotated[list[Turn], msgspec.Meta(min_length=1)]


def senseless(turns: Sequence[Turn], field: str) -> Fault | None:
    """What makes no sense in any conversation, whatever it is for; `field` is where its turns stand in the row."""
    for index, turn in enumerate(turns):
        place = f"{field}[{index}]"
        for name, value in (("tools", turn.tools), ("tool_calls", turn.tool_calls)):
            if not _is_objects(value):
                return Fault(f"{place}.{name}", Text(zh="JSON 对象的列表", en="a list of JSON objects"), quoted(value))
        if turn.role == "user" and not turn.content:
            return Fault(f"{place}.content", Text(zh="用户说的话", en="what the user says"), quoted(""))
        if turn.role == "tool" and (index == 0 or turns[index - 1].role not in ("assistant", "tool")):
            expected = Text(
                zh="tool 跟在 assistant 或另一个 tool 后面", en="a tool's turn after an assistant's or another tool's"
            )
            return Fault(f"{place}.role", expected, quoted(turn.role))
    return None


def roles(turns: Sequence[Turn]) -> Text:
    """Who speaks, in order, for a refusal."""
    names = ", ".join(turn.role for turn in turns[:8]) + (", …" if len(turns) > 8 else "")
    return Text(zh=names, en=names)


def _objects(value: str | Objects | None) -> Objects:
    found: Objects = json.loads(value) if isinstance(value, str) and value else value or []
    return found


def _is_objects(value: str | Objects | None) -> bool:
    """Whether it is a list of objects, or the JSON of one, or nothing."""
    if not isinstance(value, str) or not value:
        return True
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)
