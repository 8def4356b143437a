"""The parameters of an experiment as lines of a form: what can be typed, what the arrow keys do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import DataKind, Experiment, Parameter
from minimind_tui.content.tables import Value
from minimind_tui.run.request import LONGEST_TEXT
from minimind_tui.views.words import as_text

NUMBER_CELLS = 24
"""Characters of a number; more of them are a slip."""


@dataclass
class Field:
    """One line of the form; `text` is what stands in it, valid or not."""

    name: str
    kind: str
    label: Bilingual
    text: str
    default: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    help: Bilingual | None = None

    @property
    def changed(self) -> bool:
        """Whether it differs from its default."""
        return self.text != self.default

    @property
    def typed(self) -> bool:
        """Whether characters may be typed into it."""
        return self.kind in ("int", "float", "text") and not self.choices

    def accepts(self, character: str) -> bool:
        """Whether `character` may be typed into it."""
        if not self.typed:
            return False
        return character.isprintable() if self.kind == "text" else character in "0123456789.-+e"

    @property
    def longest(self) -> int:
        """How many characters have room in it."""
        return int(self.maximum or LONGEST_TEXT) if self.kind == "text" else NUMBER_CELLS

    def allowed(self) -> str:
        """What may stand in it, in short."""
        if self.choices:
            return " | ".join(self.choices)
        if self.kind == "text":
            return f"{len(self.text)}/{self.longest}"
        if self.minimum is not None and self.maximum is not None:
            return f"{plain(self.minimum)} – {plain(self.maximum)}"
        if self.minimum is not None:
            return f">= {plain(self.minimum)}"
        return f"<= {plain(self.maximum)}" if self.maximum is not None else ""

    def turn(self, by: int) -> None:
        """The next value up or down: the next choice, one more, or a step of a rate."""
        if self.choices:
            index = self.choices.index(self.text) if self.text in self.choices else 0
            self.text = self.choices[(index + by) % len(self.choices)]
            return
        if self.kind == "text":
            return
        value = self._number()
        if value is None:
            self.text = self.default
            return
        if self.kind == "int":
            value = round(value) + by * (10 if abs(value) >= 100 else 1)
        else:
            value = value * (2.0 if by > 0 else 0.5)
        if self.minimum is not None:
            value = max(self.minimum, value)
        if self.maximum is not None:
            value = min(self.maximum, value)
        self.text = str(round(value)) if self.kind == "int" and math.isfinite(value) else f"{value:g}"

    def _number(self) -> float | None:
        """What stands in it as a number; None where it is none, or none that can be counted from."""
        try:
            value = float(self.text)
        except (ValueError, OverflowError):
            return None
        return value if math.isfinite(value) else None


def plain(limit: float) -> str:
    """A limit as one would write it: 2147483647, not 2.14748e+09."""
    return str(int(limit)) if math.isfinite(limit) and limit == int(limit) else f"{limit:g}"


def fields(
    experiment: Experiment,
    values: dict[str, Value],
    seed: int,
    full: bool,
    language: Language,
    data_sets: Callable[[DataKind], list[str]],
    made: Mapping[str, list[str]] | None = None,
) -> list[Field]:
    """The form's lines: the experiment's own parameters, then the seed and the budget.

    `data_sets` says which data sets of a kind there are; `made` are the models and tokenizers that each parameter of
    such a kind may be.
    """
    choices = made or {}
    lines = [_field(each, values, language, data_sets, choices.get(each.name, [])) for each in experiment.parameters]
    lines.append(
        Field(
            "seed",
            "int",
            Bilingual(zh="随机种子", en="seed"),
            str(seed),
            "1",
            minimum=0,
            maximum=2**31 - 1,
            help=Bilingual(zh="换一个种子，看结论还成不成立", en="another seed: does the finding still hold?"),
        )
    )
    if any(parameter.full is not None for parameter in experiment.parameters):
        lines.append(
            Field(
                "full",
                "bool",
                Bilingual(zh="长时间预算", en="full budget"),
                as_text(full),
                "false",
                ("false", "true"),
                help=Bilingual(zh="训练更久", en="train for longer"),
            )
        )
    return lines


def _field(
    parameter: Parameter,
    values: dict[str, Value],
    language: Language,
    data_sets: Callable[[DataKind], list[str]],
    made: list[str],
) -> Field:
    default = language if parameter.kind == "language" else parameter.default
    choices = {
        "bool": ("false", "true"),
        "language": ("zh", "en"),
        "corpus": tuple(data_sets(parameter.data_kind)) if parameter.kind == "corpus" else (),
        "model": tuple(made),
        "tokenizer": tuple(made),
    }.get(parameter.kind, tuple(parameter.choices))
    return Field(
        parameter.name,
        parameter.kind,
        parameter.label,
        as_text(values.get(parameter.name, default)),
        as_text(default),
        choices,
        parameter.minimum,
        parameter.maximum,
        parameter.help,
    )
