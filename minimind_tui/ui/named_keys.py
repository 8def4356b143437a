"""A sentence names a key by its binding, `{exercise.edit}`; what is shown is the key that the learner has for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode

from minimind_tui.base.text import Language
from minimind_tui.ui.key_bar import key_name

NAMED = re.compile(r"\{([a-z]+(?:-[a-z]+)*\.[a-z0-9-]+)\}")
"""The id of a binding, in braces."""

_usual: dict[str, str] = {}
"""The keys that hold without the learner's own, by the ids of the bindings: of the screens loaded so far."""


def with_keys(sentence: str, own: Mapping[str, str], language: Language) -> str:
    """The sentence with keys in the places of bindings; `own` are the learner's. What is no binding stays."""
    if "{" not in sentence:
        return sentence

    def written(found: re.Match[str]) -> str:
        key = own.get(found[1]) or _usual_key(found[1])
        if key is None:
            return found[0]
        name = key_name(key)
        return "空格" if name == "Space" and language == "zh" else name

    return NAMED.sub(written, sentence)


def _usual_key(name: str) -> str | None:
    if name not in _usual:
        _usual.update((binding.id, binding.key) for binding in _bindings(DOMNode) if binding.id)
    return _usual.get(name)


def _bindings(kind: type) -> Iterator[Binding]:
    """Those of all classes that derive from this one."""
    derived: type
    for derived in kind.__subclasses__():
        yield from (binding for binding in vars(derived).get("BINDINGS", ()) if isinstance(binding, Binding))
        yield from _bindings(derived)
