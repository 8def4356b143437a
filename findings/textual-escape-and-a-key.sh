#!/usr/bin/env bash
# Textual 8.2.8: keys typed right after Esc, in one read, as tmux (escape-time 500 ms), a slow SSH line or a fast typist
# deliver them. Esc followed by Enter, Space or a sign loses Esc; Esc followed by letters and a second Esc makes of the
# first one the key "circumflex_accent" with the character "^", which a text area then holds; and none of the letters
# counts before a tenth of a second has passed or 32 of them have come. Only a letter alone keeps a trace of Esc, as
# "alt+n". A terminal cannot say Alt and a key in other bytes than Esc and that key, so an app without Alt bindings
# would expect "escape", "n".
#
# Output seen:
#   Esc Enter            enter
#   Esc [                left_square_bracket
#   Esc n                alt+n
#   Esc n N Esc          circumflex_accent n N escape
#   Esc n N, at once     nothing
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet textual==8.2.8
cat >try.py <<'PROGRAM'
import sys
import time

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY


def keys(typed: str, waits: bool = True) -> str:
    """The names of the keys that are read, then, if asked for, of those that come of waiting."""
    parser = XTermParser()
    read = list(parser.feed(typed))
    if waits:
        time.sleep(ESCAPE_DELAY + 0.05)
        read += parser.tick()
    return " ".join(key.key for key in read) or "nothing"


seen = {
    "Esc Enter": keys("\x1b\r"),
    "Esc [": keys("\x1b["),
    "Esc n": keys("\x1bn"),
    "Esc n N Esc": keys("\x1bnN\x1b"),
    "Esc n N, at once": keys("\x1bnN", waits=False),
}
for typed, read in seen.items():
    print(f"{typed:20} {read}")
expected = ["enter", "left_square_bracket", "alt+n", "circumflex_accent n N escape", "nothing"]
sys.exit(list(seen.values()) != expected)
PROGRAM
tools/bin/python try.py
