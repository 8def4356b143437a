"""Questions whose answers can be checked: like chat, with `gt`, as MiniMind's files for reinforcement learning are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.faults import Fault
from minimind_tui.datasets.kinds.kind import Kind
from minimind_tui.datasets.kinds.turns import Turn, Turns, roles, senseless


class TaskRow(msgspec.Struct, frozen=True):
    """One task. `gt` (ground truth) lists what a right answer holds; files without it leave the judging to others."""

    conversations: Turns
    gt: list[str] | None = None

    @property
    def prompt(self) -> Sequence[Turn]:
        """What is asked: without a last turn of the assistant, which holds a place in MiniMind's files, and no more."""
        turns = self.conversations
        return turns[:-1] if turns[-1].role == "assistant" else turns


def _sense(row: TaskRow) -> Fault | None:
    turns, field = row.conversations, "conversations"
    if any(turn.role == "user" for turn in turns):
        return senseless(turns, field)
    expected = Text(zh="至少一轮 user 的话", en="a turn in which the user asks something")
    return Fault(field, expected, roles(turns))


TASK = Kind("task", Text(zh="任务", en="task"), frozenset({"conversations", "gt"}), TaskRow, _sense)
