"""What time it is for the learner's practice, and on which day: a day begins at 4:00 and not at midnight, as in Anki.

Moments are seconds since 1970, as `time.time` says them. Days are the learner's own, in the time zone where the machine
is now: nothing but moments is stored, so that a journey or a changed clock leaves no wrong day in the file.
"""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

DAY = 86400.0
ROLLOVER = 4
"""The hour at which a day begins: who studies past midnight is still in the evening before."""
AHEAD = "MINIMIND_TUI_DAYS_AHEAD"
"""The environment variable that moves the clock so many days into the future, for tests and previews."""


def now() -> float:
    """The present moment in seconds since 1970, moved by the days ahead."""
    time.tzset()  # without it a process keeps the time zone in which it was started
    try:
        ahead = float(os.environ.get(AHEAD, "0"))
    except ValueError:
        ahead = 0.0
    return time.time() + ahead * DAY


def day(moment: float) -> date:
    """The learner's own day of a moment; what is before 4:00 by the clock on the wall belongs to the day before."""
    return (datetime.fromtimestamp(moment) - timedelta(hours=ROLLOVER)).date()


def beginning(when: date) -> float:
    """The moment at which a day begins: 4:00 on that date, or as soon after it as the clocks there allow."""
    return datetime.combine(when, time_of_day(ROLLOVER)).timestamp()
