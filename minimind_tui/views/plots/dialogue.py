"""Conversations: who said what, and what the answer was worth."""

from __future__ import annotations

from rich.console import Group, RenderableType

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.content.plots import Dialogue
from minimind_tui.run import records
from minimind_tui.views.numbers import reading
from minimind_tui.views.plots.entries import Entry, EntryKind, recorded
from minimind_tui.views.plots.kind import Shown
from minimind_tui.views.wrap import wrapped

ROLES = {
    "system": Text(zh="系统", en="system"),
    "user": Text(zh="用户", en="user"),
    "assistant": Text(zh="助手", en="assistant"),
    "tool": Text(zh="工具", en="tool"),
}
MOST_TURNS = 200
LONGEST_TURN = 4000


class DialogueKind(EntryKind[Dialogue, records.Dialogue]):
    """The turns in their order, then the reward."""

    def data(self, shown: Shown[Dialogue]) -> list[Entry[records.Dialogue]]:
        """The conversations of that name, the latest of each arm first."""
        return recorded(shown, records.Dialogue, shown.plot.metric)

    def entry(self, content: records.Dialogue, language: Language) -> RenderableType:
        """A paragraph per turn, which begins with who speaks."""
        parts = []
        for turn in content.turns[:MOST_TURNS]:
            who = ROLES[turn.role].of(language) if turn.role in ROLES else inert(turn.role, 20)
            style = "key" if turn.role == "assistant" else "muted"
            parts.append(wrapped("").append(f"{who}  ", style).append(inert(turn.text, LONGEST_TURN)))
        if content.reward is not None:
            word = "奖励" if language == "zh" else "reward"
            parts.append(
                wrapped("").append(f"{word} {reading(content.reward)}", "good" if content.reward > 0 else "bad")
            )
        return Group(*parts)


KIND = DialogueKind()
