"""Conversations to learn to answer from: `{"conversations": [turns]}`, as MiniMind's files for SFT are."""

from __future__ import annotations

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.faults import Fault
from minimind_tui.datasets.kinds.kind import Kind
from minimind_tui.datasets.kinds.turns import Turns, roles, senseless


class ChatRow(msgspec.Struct, frozen=True):
    """One conversation."""

    conversations: Turns


def _sense(row: ChatRow) -> Fault | None:
    turns, field = row.conversations, "conversations"
    if any(turn.role == "assistant" and turn.says_something for turn in turns):
        return senseless(turns, field)
    expected = Text(zh="至少一轮 assistant 的话", en="a turn in which the assistant says something")
    return senseless(turns, field) or Fault(field, expected, roles(turns))


CHAT = Kind("chat", Text(zh="对话", en="chat"), frozenset({"conversations"}), ChatRow, _sense)
