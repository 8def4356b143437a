"""The learner's own keys: `keys.toml` in the configuration folder, `"study.next" = "n,right"` a line.

A line that cannot be followed is named and passed over; the rest holds.
"""

from __future__ import annotations

import difflib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import tomli
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key
from textual.screen import Screen

import minimind_tui.ui
from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.ui.key_bar import key_name
from minimind_tui.views.words import pick

LARGEST_FILE = 100_000
PACKAGE = minimind_tui.ui.__name__
MODIFIERS = ("ctrl", "shift", "alt")
SENT_AS = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+left_square_bracket": "escape"}
"""Keys that every terminal sends as another one."""
THIS_LINE, THIS_KEY = Text(zh="这一行", en="line"), Text(zh="这个按键", en="key")
_NAMED = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}


class Declared(NamedTuple):
    """A binding that can be given another key: where it works, and what it is called."""

    binding: Binding
    owners: frozenset[type]


@dataclass
class Keymap:
    """What was read: the keys by the ids of the bindings, and what could not be followed."""

    keys: dict[str, str] = field(default_factory=dict)
    problems: list[Text] = field(default_factory=list)


class _Entry(NamedTuple):
    line: int
    name: str
    keys: list[str]


def declared() -> dict[str, Declared]:
    """Every binding with an id, by its id, in the order of the screens' names; the app's own first."""
    found: dict[str, tuple[Binding, set[type]]] = {}
    for owner in sorted(_owners(), key=lambda kind: (not issubclass(kind, App), kind.__module__, kind.__name__)):
        for binding in _own_bindings(owner):
            if binding.id:
                known = found.setdefault(binding.id, (binding, set()))
                known[1].add(owner)
    return {name: Declared(binding, frozenset(owners)) for name, (binding, owners) in found.items()}


FORMER_NAMES = re.compile(r"^drill\.")
"""What the keys of an exercise were called before: a learner's own file may still say so."""


def read_keymap(path: Path) -> Keymap:
    """The learner's keys. A file that is not there is an empty one."""
    found = Keymap()
    if not path.exists():
        return found
    try:
        text = read_bounded(path, LARGEST_FILE).decode()
        table = tomli.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        found.problems.append(
            Text(
                zh=f"按键设置 {path} 读不了：{reason}。先用默认按键；minimind-tui keys 打印一份好的。",
                en=f"The keys in {path} cannot be read: {reason}. The usual ones hold; minimind-tui keys prints a "
                "sound file.",
            )
        )
        return found
    known = declared()
    entries = []
    for written, value in _flat(table):
        line, name = _line_of(text, written), FORMER_NAMES.sub("exercise.", written)
        problem, keys = _understood(name, value, known)
        if problem is None:
            entries.append(_Entry(line, name, keys))
        else:
            found.problems.append(_placed(path, line, problem))
    _drop_clashes(path, entries, known, found.problems)
    found.keys = {entry.name: ",".join(entry.keys) for entry in entries}
    return found


def _flat(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """`study.next = "n"` without quotation marks is a table in TOML, and meant the same."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _line_of(text: str, name: str) -> int:
    last = name.rpartition(".")[2]
    for wanted in (name, last):
        for number, line in enumerate(text.split("\n"), start=1):
            if re.match(rf"\s*[\"']?([\w.-]+\.)?{re.escape(wanted)}[\"']?\s*=", line):
                return number
    return 1


def _placed(path: Path, line: int, problem: Text, what: Text = THIS_LINE) -> Text:
    return Text(
        zh=f"{path.name} 第 {line} 行：{problem.zh}。{what.zh}不算，别的照常。",
        en=f"{path.name}, line {line}: {problem.en}. This {what.en} is passed over, the others hold.",
    )


def _understood(name: str, value: object, known: dict[str, Declared]) -> tuple[Text | None, list[str]]:
    """What is wrong with an entry, or the keys that it names."""
    shown = inert(name, 60)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        return Text(
            zh=f"没有叫 {shown} 的操作" + (f"，是不是 {close[0]}" if close else "；minimind-tui keys 列出全部"),
            en=f"there is no action {shown}"
            + (f"; did you mean {close[0]}" if close else "; minimind-tui keys lists all"),
        ), []
    if not isinstance(value, str) or not value.strip():
        return Text(zh=f"{shown} 要写成引号里的按键", en=f"{shown} wants a key in quotation marks"), []
    keys = []
    for written in _split(value):
        key = normal(written)
        if key is None:
            return Text(
                zh=f"没有叫 {inert(written, 20)} 的按键；可以写 n、N、f2、left、ctrl+x 这样的",
                en=f"there is no key {inert(written, 20)}; write n, N, f2, left or ctrl+x",
            ), []
        if key in SENT_AS:
            return Text(
                zh=f"终端把 {inert(written, 20)} 当作 {key_name(SENT_AS[key])}，不能用它",
                en=f"terminals send {inert(written, 20)} as {key_name(SENT_AS[key])}: it cannot be used",
            ), []
        keys.append(key)
    return None, list(dict.fromkeys(keys))


def _split(value: str) -> list[str]:
    """`n,right`; a comma that stands for itself is written `comma`, or alone."""
    return [","] if value.strip() == "," else [key.strip() for key in value.split(",")]


def normal(written: str) -> str | None:
    """A key as Textual names it; None for what is none."""
    *modifiers, last = written.split("+") if len(written) > 1 else [written]
    if any(modifier not in MODIFIERS for modifier in modifiers):
        return None
    if len(last) == 1 and last.isprintable() and not last.isspace():
        last = _character_to_key(last)
    elif last not in _NAMED or last.startswith("<") or "+" in last:
        return None
    return "+".join([*modifiers, last])


def _drop_clashes(path: Path, entries: list[_Entry], known: dict[str, Declared], problems: list[Text]) -> None:
    """Take out the keys that would have two meanings on one screen: of two entries, the later one's."""
    groups = list(_groups())
    while True:
        changed = {entry.name: entry for entry in entries}
        clash = next(filter(None, (_clash(group, changed) for group in groups)), None)
        if clash is None:
            return
        entry, other, key = clash
        entry.keys.remove(key)
        if not entry.keys:
            entries.remove(entry)
        other_word = known[other].binding.description
        text = Text(
            zh=f"{key_name(key)} 在同一个屏幕上已经是 {other}（{pick(other_word, 'zh')}）",
            en=f"{key_name(key)} is {other} ({pick(other_word, 'en')}) on the same screen",
        )
        problems.append(_placed(path, entry.line, text, THIS_KEY if entry.keys else THIS_LINE))


def _clash(group: list[Binding], changed: dict[str, _Entry]) -> tuple[_Entry, str, str] | None:
    """An entry of the learner's that takes a key of another binding on the same screen; what is meant to be stays."""

    def turn(binding: Binding) -> int:
        entry = changed.get(binding.id or "")
        return entry.line if entry else 0

    meanings: dict[str, Binding] = {}
    for binding in sorted(group, key=turn):
        entry = changed.get(binding.id or "")
        usual = _usual(binding)
        for key in entry.keys if entry else usual:
            other = meanings.setdefault(key, binding)
            same = other.id == binding.id or other.action.rpartition(".")[2] == binding.action.rpartition(".")[2]
            meant = key in usual and key in _usual(other)
            if entry is not None and other.id and not same and not meant:
                return entry, other.id, key
    return None


def _usual(binding: Binding) -> list[str]:
    return [normal(key) or key for key in binding.key.split(",")]


def _groups() -> Iterator[list[Binding]]:
    """What may work at the same time: a screen's bindings, those of the widgets that it declares, the app's."""
    owners = _owners()
    apps = [binding for owner in owners if issubclass(owner, App) for binding in _own_bindings(owner)]
    for owner in owners:
        if issubclass(owner, Screen):
            yield [binding for part in parts_of(owner) for binding in _own_bindings(part)] + apps


def parts_of(screen: type) -> list[type]:
    """The classes whose bindings may work on a screen, the app's aside: its own, those of its `PARTS` and of theirs."""
    found: list[type] = []
    waiting = [screen]
    while waiting:
        kind = waiting.pop()
        found += [each for each in kind.__mro__ if each.__module__.startswith(PACKAGE) and each not in found]
        waiting += [part for part in getattr(kind, "PARTS", ()) if part not in found]
    return found


def _owners() -> list[type[DOMNode]]:
    """Every class of the screens' package that has bindings of its own."""
    for module in pkgutil.walk_packages(minimind_tui.ui.__path__, f"{PACKAGE}."):
        import_module(module.name)
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(PACKAGE)]
    kinds = {kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)}
    return [
        kind
        for kind in sorted(kinds, key=lambda each: (each.__module__, each.__qualname__))
        if issubclass(kind, DOMNode)
        and kind.__module__.startswith(PACKAGE)
        and ("BINDINGS" in vars(kind) or issubclass(kind, Screen))
    ]


def _own_bindings(owner: type) -> list[Binding]:
    return [binding for binding in vars(owner).get("BINDINGS", ()) if isinstance(binding, Binding)]
