"""Two answers of which one is the better: `{"chosen": [turns], "rejected": [turns]}`, as MiniMind's file for DPO is."""

from __future__ import annotations

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.datasets.faults import Fault
from minimind_tui.datasets.kinds.kind import Kind
from minimind_tui.datasets.kinds.turns import Turns, roles, senseless


class PreferenceRow(msgspec.Struct, frozen=True):
    """Two conversations, usually the same up to the last turn."""

    chosen: Turns
    rejected: Turns


def _sense(row: PreferenceRow) -> Fault | None:
    for field, turns in (("chosen", row.chosen), ("rejected", row.rejected)):
        fault = senseless(turns, field)
        if fault is None and turns[-1].role != "assistant":
            fault = Fault(field, Text(zh="以 assistant 的一轮结尾", en="the assistant's turn at the end"), roles(turns))
        if fault is not None:
            return fault
    return None


PREFERENCE = Kind(
    "preference", Text(zh="偏好", en="preference"), frozenset({"chosen", "rejected"}), PreferenceRow, _sense
)
