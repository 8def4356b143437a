"""Where a row of JSON departs from the struct that it should be, in words for a person and in both languages.

A row is decoded by msgspec, whose errors are English and name types. Only when that fails is the row looked at again,
here, along the same struct: so a kind of data set is declared once, and its refusals follow from its declaration.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import inspect

from minimind_tui.base.text import Text

LONGEST_QUOTE = 40
"""Characters of a value that a refusal quotes."""

NOTHING = Text(zh="没有这一项", en="nothing")

STRING = Text(zh="字符串", en="a string")
LIST = Text(zh="列表", en="a list")
OBJECT = Text(zh="JSON 对象", en="a JSON object")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a row. `field` is its place, such as `conversations[2].role`; empty: the row."""

    field: str
    expected: Text
    found: Text


def first_fault(value: object, struct: type) -> Fault | None:
    """The first place at which `value`, decoded from JSON, is not what `struct` declares; None where it is."""
    return next(_faults(value, inspect.type_info(struct), ""), None)


def quoted(value: object) -> Text:
    """A value as it stands in the file, cut where it is long; a list or an object by its name."""
    if isinstance(value, list | dict):
        return LIST if isinstance(value, list) else OBJECT
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE] + "…"
    return Text(zh=text, en=text)


def _faults(value: object, wanted: inspect.Type, field: str) -> Iterator[Fault]:
    """All faults of a value, in the order of the struct's fields."""
    if isinstance(wanted, inspect.UnionType):
        yield from _of_union(value, wanted, field)
    elif not _is_shaped(value, wanted):
        yield Fault(field, _expected(wanted), quoted(value))
    elif isinstance(wanted, inspect.StructType) and isinstance(value, dict):
        for each in wanted.fields:
            place = f"{field}.{each.name}".removeprefix(".")
            if each.name in value:
                yield from _faults(value[each.name], each.type, place)
            elif each.required:
                yield Fault(place, _expected(each.type), NOTHING)
    elif isinstance(wanted, inspect.ListType) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, wanted.item_type, f"{field}[{index}]")


def _of_union(value: object, wanted: inspect.UnionType, field: str) -> Iterator[Fault]:
    """None where one of the types takes the value. Of a value with the right shape, what is wrong inside it."""
    found = [list(_faults(value, each, field)) for each in wanted.types]
    if all(found):
        inside = [faults for faults in found if faults[0].field != field]
        yield from inside[0] if inside else [Fault(field, _expected(wanted), quoted(value))]


def _is_shaped(value: object, wanted: inspect.Type) -> bool:
    """Whether a value is of the JSON type that is wanted, whatever stands in it."""
    if isinstance(wanted, inspect.LiteralType):
        return isinstance(value, str) and value in wanted.values
    if isinstance(wanted, inspect.StrType):
        return isinstance(value, str)
    if isinstance(wanted, inspect.ListType):
        return isinstance(value, list) and len(value) >= (wanted.min_length or 0)
    if isinstance(wanted, inspect.StructType | inspect.DictType):
        return isinstance(value, dict)
    if isinstance(wanted, inspect.NoneType):
        return value is None
    if isinstance(wanted, inspect.AnyType):
        return True
    raise TypeError(f"a row holds no {wanted}: say here how it is checked and called")


def _expected(wanted: inspect.Type) -> Text:
    """What may stand at a place, in words."""
    if isinstance(wanted, inspect.LiteralType):
        names = ", ".join(map(str, wanted.values))
        return Text(zh=f"{names} 之一", en=f"one of {names}")
    if isinstance(wanted, inspect.UnionType):
        return either(_expected(each) for each in wanted.types if not isinstance(each, inspect.NoneType))
    if isinstance(wanted, inspect.ListType):
        if wanted.min_length:
            return Text(zh="不空的列表", en="a list with something in it")
        if isinstance(wanted.item_type, inspect.StrType):
            return Text(zh="字符串的列表", en="a list of strings")
        return LIST
    return STRING if isinstance(wanted, inspect.StrType) else OBJECT


def either(choices: Iterable[Text]) -> Text:
    """Several things of which one may stand at a place."""
    several = list(choices)
    return Text(zh="或".join(each.zh for each in several), en=" or ".join(each.en for each in several))
