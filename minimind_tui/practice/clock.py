"""What time it is for the learner's practice: seconds since 1970, as `time.time` says it."""

from __future__ import annotations

import os
import time
from datetime import date, datetime

DAY = 86400.0
AHEAD = "MINIMIND_TUI_DAYS_AHEAD"
"""The environment variable that moves the clock so many days into the future, for tests and previews."""


def now() -> float:
    """The present moment in seconds since 1970, moved by the days ahead."""
    try:
        ahead = float(os.environ.get(AHEAD, "0"))
    except ValueError:
        ahead = 0.0
    return time.time() + ahead * DAY


def day(moment: float) -> date:
    """The learner's own calendar day of a moment."""
    return datetime.fromtimestamp(moment).date()
