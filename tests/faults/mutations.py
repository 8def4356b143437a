"""How files go bad: bytes lost, changed and added, and structures with something else in one place."""

from __future__ import annotations

import contextlib
import copy
import json
import math
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from minimind_tui.base.text import Text
from tests.budget import DEADLINE

ROOM = 1 << 30
"""Bytes that a reader may take for one bad file."""


class Hangs(BaseException):
    """The time is up. No Exception, so that nothing on the way takes it for a bad file."""


@contextlib.contextmanager
def patience(seconds: float = 20.0) -> Iterator[None]:
    """Fail where the block computes for longer than `seconds`, waits for ever, or takes more than a gigabyte of memory.

    Processor time is counted, which does not grow with what else the machine has to do. Whoever waits for something
    that never comes takes none: for that there is the deadline of all conditions. Both fire again each second, for an
    exception out of a callback of the garbage collector is dropped.
    """

    def out_of_time(number: int, _: object) -> None:
        raise Hangs(f"no end after {seconds:g} s of computing" if number == signal.SIGPROF else "waits for ever")

    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    before = {number: signal.signal(number, out_of_time) for number in (signal.SIGPROF, signal.SIGALRM)}
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, limits[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    signal.setitimer(signal.ITIMER_REAL, DEADLINE, 1.0)
    try:
        yield
    finally:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        resource.setrlimit(resource.RLIMIT_AS, limits)


def must_name(message: Text, place: object) -> None:
    """A message says, in both languages, which file it speaks of."""
    assert str(place) in message.en
    assert str(place) in message.zh


# Bytes

JUNK = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"\x00", b"\x00" * 500, b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\x1b[2J", b"\xe2\x80\xae",
            b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b"\n\n", b'"', b"'", b'"""', b"'''", b"{", b"}", b"[", b"]", b",",
            b":", b"=", b"#", b"\\", b"9" * 400, b"9" * 5000, b"[" * 3000, b'{"a":' * 3000, b"{a=" * 3000, b"-",
            b"e999",
            b"NaN", b"null", b"true", b"1979-05-27", b"$", b"$$", b"{{", b"}}", b"`", b"```", b"> " * 60, b"- " * 60,
            b"|", b"*", b"_", b"(", b"~~~", b"&#0;", b"<b>",
        ]
    ),
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` after one to three accidents."""
    for _ in range(draw(st.integers(1, 3))):
        content = _accident(draw, content)
    return content


def _accident(draw: st.DrawFn, content: bytes) -> bytes:
    at = draw(st.integers(0, len(content)))
    end = min(len(content), at + draw(st.integers(1, 40)))
    kind = draw(
        st.sampled_from(["insert", "flip", "cut", "delete", "overwrite", "twice", "swap", "crlf", "bom", "reversed"])
    )
    if kind == "insert":
        return content[:at] + draw(JUNK) + content[at:]
    if kind == "flip" and at < len(content):
        return content[:at] + bytes([content[at] ^ (1 << draw(st.integers(0, 7)))]) + content[at + 1 :]
    if kind == "cut":
        return content[:at]
    if kind == "delete":
        return content[:at] + content[end:]
    if kind == "overwrite":
        return content[:at] + draw(JUNK) + content[end:]
    if kind == "crlf":
        return content.replace(b"\n", b"\r\n")
    if kind == "bom":
        return b"\xef\xbb\xbf" + content
    lines = content.split(b"\n")
    one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    if kind == "twice":
        lines.insert(other, lines[one])
    elif kind == "swap":
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == "reversed":
        lines = [*lines[:one], *reversed(lines[one:])]
    return b"\n".join(lines)


# Structures

LEAVES = st.one_of(
    st.sampled_from(
        [
            True, False, 0, 1, -1, 2, 99, 10**20, 10**400, -(10**400), 2**62, 2**63, -(2**63), 1e308, -1e308, 5e-324,
            0.5, math.nan, math.inf, -math.inf, "", "NaN", "Infinity", "-Infinity", "x", "\x00", "\x1b[31m", "\u202e",
            "\n", "中" * 300, "a" * 5000, "9" * 5000, "{measure}", "{measure[0]}", "{", "../..", "/dev/zero", "zh", [],
            {}, [[]], [1], ["x"], [None], {"": ""}, {"zh": "x"}, {"zh": "x", "en": "y"},
        ]
    ),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
)  # fmt: skip


@st.composite
def altered(draw: st.DrawFn, value: Any) -> Any:
    """A parsed structure with something else in one or two of its places."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 2))):
        places = list(_places(value))
        if not places:
            return value
        holder, key = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["replace", "replace", "replace", "delete", "add", "repeat", "wrap"]))
        if change == "replace":
            holder[key] = copy.deepcopy(draw(LEAVES))
        elif change == "delete":
            del holder[key]
        elif change == "wrap":
            holder[key] = [holder[key]]
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(["", "x", "v", "kind", "id", "\x1b", "loss"]))] = copy.deepcopy(draw(LEAVES))
        else:
            holder += [copy.deepcopy(holder[key])] * (3 if change == "add" else 300)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def as_json(value: Any) -> bytes:
    """JSON, with the NaN and Infinity that JSON has not."""
    return json.dumps(value, ensure_ascii=True).encode()


def as_toml(table: dict[str, Any]) -> bytes:
    """TOML: one line a key of the outermost table."""
    return "".join(f"{_key(key)} = {_inline(value)}\n" for key, value in table.items()).encode("utf-8", "replace")


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=True).replace("\x7f", "\\u007f")


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(_character(c) for c in value) + '"'
    return "1979-05-27" if value is None else repr(value)


def _character(character: str) -> str:
    if character in '"\\' or ord(character) < 32 or ord(character) == 127:
        return f"\\u{ord(character):04x}"
    return character


# Places that hold no file

KINDS = ("nothing", "empty", "folder", "pipe", "circle", "dangling", "sparse")


def put(kind: str, path: Path) -> None:
    """Put in the place of `path` what is no readable file."""
    path.unlink(missing_ok=True)
    if kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "circle":
        path.symlink_to(path.name)
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "sparse":
        path.touch()
        os.truncate(path, 10 * 2**30)
