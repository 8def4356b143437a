"""What time it is for the learner's practice: seconds since 1970, as `time.time` says it."""

from __future__ import annotations

import os
import time
from datetime import date, datetime

DAY = 86400.0
AHEAD = "MINIMIND_TUI_DAYS_AHEAD"
"""So many days in the future: to see what will come, and to test it."""


def now() -> float:
    """The present moment."""
    try:
        ahead = float(os.environ.get(AHEAD, "0"))
    except ValueError:
        ahead = 0.0
    return time.time() + ahead * DAY


def day(moment: float) -> date:
    """The learner's own calendar day of a moment."""
    return datetime.fromtimestamp(moment).date()
