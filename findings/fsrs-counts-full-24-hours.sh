#!/usr/bin/env bash
# The FSRS scheduler counts days as full 24 hours between two moments: a review on the next day may count as none.
#
# Seen with fsrs 6.3.2. Spaced repetition is described in days, and Anki counts calendar days with a rollover. The library
# takes `(review - last review).days`: who learns a card at 20:10 and reviews it the next day at 20:09 has reviewed it
# "on the same day", and its stability stays where it was; one minute later it is more than three times as large. A card
# is due 48 hours after 20:10, so that at 19:30 on its day nothing is offered. Who studies a little earlier each evening
# never gets on. What to do: hand it midnights (in UTC), one per calendar day of the learner, and keep the hours to oneself.
#
# Output seen:
#   fsrs 6.3.2: stability 2.31 days; reviewed 23:59 later 2.31, 24:00 later 7.32; 47:59 later 7.32, 48:00 later 10.96
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet fsrs==6.3.2
cat > "$folder/measure.py" <<'PY'
from datetime import UTC, datetime, timedelta
from importlib import metadata

from fsrs import Card, Rating, Scheduler

scheduler = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
first = datetime(2026, 3, 3, 20, 10, tzinfo=UTC)


def learned():
    card, _ = scheduler.review_card(Card(card_id=1), Rating.Good, first)
    return card


def after(hours, minutes=0):
    card, _ = scheduler.review_card(learned(), Rating.Good, first + timedelta(hours=hours, minutes=minutes))
    return card.stability


same, next_day, short, two = after(23, 59), after(24), after(47, 59), after(48)
print(f"fsrs {metadata.version('fsrs')}: stability {learned().stability:.2f} days; reviewed 23:59 later {same:.2f}, "
      f"24:00 later {next_day:.2f}; 47:59 later {short:.2f}, 48:00 later {two:.2f}")
assert learned().due == first + timedelta(days=2), "it is due at another moment now"
assert same == learned().stability, "a review on the next day counts now, before 24 hours are over"
assert short == next_day, "a review two days later counts as such now, before 48 hours are over"
assert next_day > 3 * same
PY
"$folder/venv/bin/python" "$folder/measure.py"
