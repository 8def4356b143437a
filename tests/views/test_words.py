"""What the screen and the command line say in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from minimind_tui.content.schema import Module
from minimind_tui.views.words import coming_modules


@dataclass
class Numbered:
    """A module, as far as its number goes."""

    number: int


@pytest.mark.parametrize(
    ("numbers", "english", "chinese"),
    [
        ([7], "module 7 is being written", "模块 7 还在编写"),
        ([7, 8], "modules 7 and 8 are being written", "模块 7、8 还在编写"),
        ([7, 9], "modules 7 and 9 are being written", "模块 7、9 还在编写"),
        ([*range(7, 21)], "modules 7 to 20 are being written", "模块 7 到 20 还在编写"),
        ([1, 2, 4, 5, 6, 9], "modules 1, 2, 4 to 6 and 9 are being written", "模块 1、2、4 到 6、9 还在编写"),
    ],
)
def test_coming_modules_are_named_in_few_words(numbers: list[int], english: str, chinese: str) -> None:
    modules = [cast("Module", Numbered(number)) for number in numbers]
    assert coming_modules(modules, "en") == english
    assert coming_modules(modules, "zh") == chinese
