#!/usr/bin/env bash
# GNU screen 4.9.0 (Debian 12): while a program listens to the mouse (private mode 1000 or 1003), screen passes a lone
# Esc on only together with the next key, however much later that comes. Without the mouse it passes Esc on after
# 0.3 s (its maptimeout), as its manual says. A program that draws therefore never sees Esc alone: Esc, a pause, "b"
# arrives as Alt+b. Seen with nothing but a loop that reads the terminal; mode 1006 alone, 1004 and 2004 do no harm.
#
# Output seen:
#   no mouse: 1b
#   mode 1000: nothing; with the next key: 1b62
#   mode 1003: nothing; with the next key: 1b62
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet pexpect==4.9.0
apt-get download screen=4.9.0-4 >/dev/null 2>&1
dpkg -x screen_4.9.0-4_*.deb unpacked
mkdir -m 700 sockets
cat >try.py <<'PROGRAM'
import os
import sys
import time

import pexpect

READS = """
import os, sys, tty
tty.setraw(0)
sys.stdout.write("MODEready")
sys.stdout.flush()
while True:
    print("got", os.read(0, 100).hex(), flush=True)
"""
environment = {**os.environ, "SCREENDIR": os.path.abspath("sockets"), "SYSSCREENRC": "/dev/null", "TERM": "xterm"}
os.environ.update(environment)
screen = "unpacked/usr/bin/screen"
seen = []
for name, mode in (("no mouse", ""), ("mode 1000", r"\x1b[?1000h"), ("mode 1003", r"\x1b[?1003h")):
    program = [sys.executable, "-c", READS.replace("MODE", mode)]
    child = pexpect.spawn(screen, ["-c", "/dev/null", "-S", "tried", *program], env=environment, timeout=20)
    child.expect("ready")
    time.sleep(0.5)
    child.send("\x1b")
    if child.expect(["got 1b", pexpect.TIMEOUT], timeout=3) == 0:
        seen.append(f"{name}: 1b")
    else:
        child.send("b")
        child.expect("got ([0-9a-f]+)")
        seen.append(f"{name}: nothing; with the next key: {child.match[1].decode()}")
    os.system(f"{screen} -S tried -X quit >/dev/null")
    child.close(force=True)
print("\n".join(seen))
late = "nothing; with the next key: 1b62"
sys.exit(seen != ["no mouse: 1b", f"mode 1000: {late}", f"mode 1003: {late}"])
PROGRAM
LD_LIBRARY_PATH="unpacked/usr/lib" tools/bin/python try.py
