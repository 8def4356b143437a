"""The name of a token in sentences of a spec: it depends on the tokenizer of the run.

`nats per {token}` is nats per character, per byte or per token.
"""

from __future__ import annotations

from collections.abc import Mapping

from minimind_tui.base.text import Language, Text
from minimind_tui.content.tables import Value

PARAMETER = "tokenizer"
"""The parameter that names the tokenizer; where an experiment has none, its tokens are characters."""

PLACE = "token"
"""The placeholder: `{token}` in a sentence."""

NAMES = {
    "characters": Text(zh="字符", en="character"),
    "bytes": Text(zh="字节", en="byte"),
}
OTHERS = Text(zh="token", en="token")


def token_name(parameters: Mapping[str, Value], language: Language) -> str:
    """What a token of a run with these parameters is called."""
    return NAMES.get(str(parameters.get(PARAMETER, "characters")), OTHERS).of(language)


def with_units(text: Text | None, parameters: Mapping[str, Value], language: Language) -> str:
    """`text` in `language` with `{token}` replaced by the name of the tokens; empty where `text` is None."""
    return text.of(language).replace(f"{{{PLACE}}}", token_name(parameters, language)) if text else ""
