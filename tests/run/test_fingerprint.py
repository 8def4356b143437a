"""What a measurement rests on: what changes it, at whatever remove, and what does not."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.imports import imports
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.fingerprint import fingerprint, measured_code
from minimind_tui.run.reference import measured_with, reference_of
from minimind_tui.run.summary import Summary
from tests.tiny import CODE, tiny_course

SHARED = '"""What experiments share."""\n\nfrom data import made\n\nBY = 1  # each step\n'
MADE = "SIZE = 3\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course whose experiment takes something from beside it, which takes something from the data."""
    course = tiny_course(tmp_path, f"from experiments.shared import BY\n{CODE}")
    (course / "experiments" / "shared.py").write_text(SHARED, encoding="utf-8")
    for name, text in (("made.py", MADE), ("stories/__init__.py", ""), ("stories/en.toml", "a = 1\n")):
        file = course / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return course


def replace(file: Path, old: str, new: str) -> None:
    """Write other words into a file, which must have stood there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def of(root: Path, language: Language | None = None) -> str:
    return fingerprint(load_course(root), "small/count", language)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("experiments/small/count.py", "total += settings.by", "total += settings.by + 0"),
        ("experiments/shared.py", "BY = 1", "BY = 2"),
        ("data/made.py", "SIZE = 3", "SIZE = 4"),
        ("experiments/small/count.toml", "default = 5", "default = 6"),
        ("experiments/small/count.toml", "set = { by = 2 }", "set = { by = 3 }"),
        ("experiments/small/count.toml", "twos.total / ones.total", "twos.total - ones.total"),
        ("experiments/small/count.toml", "holds_above = 1.9", "holds_above = 1.8"),
        ("experiments/small/count.toml", "seconds = 1", "seconds = 1\nprocesses = 2"),
    ],
)
def test_what_computes_something_else_has_another_one(root: Path, file: str, old: str, new: str) -> None:
    before = of(root)
    replace(root / file, old, new)
    assert of(root) != before
    replace(root / file, new, old)
    assert of(root) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("experiments/shared.py", '"""What experiments share."""', '"""Said in other words,\n\non three lines."""'),
        ("experiments/shared.py", "  # each step", ""),
        ("experiments/small/count.py", "    record.plan", "\n    # the plan\n    record.plan"),
        ("experiments/small/count.py", "import BY\n", "import BY\nfrom minimind_tui.run.recorder import Recorder\n"),
        ("experiments/small/count.toml", 'en = "Does it count?"', 'en = "Can it count?"'),
        ("experiments/small/count.toml", "twice: {measure:.1f}", "two times: {measure:.2f}"),
    ],
)
def test_what_says_the_same_in_other_words_has_the_same(root: Path, file: str, old: str, new: str) -> None:
    before = of(root)
    replace(root / file, old, new)
    assert of(root) == before


def test_another_pytorch_has_another_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(root)
    monkeypatch.setattr(metadata, "version", lambda _: "2.14.0+cpu")
    other = of(root)
    assert other != before
    monkeypatch.setattr(metadata, "version", lambda _: "2.14.0")
    assert of(root) == other, "the same for another device"


def test_the_tables_of_the_data_in_its_language(root: Path) -> None:
    (root / "experiments/shared.py").write_text("import data.stories\n", encoding="utf-8")
    english, chinese = of(root, "en"), of(root, "zh")
    (root / "data/stories/en.toml").write_text("a = 2\n", encoding="utf-8")
    assert of(root, "en") != english
    assert of(root, "zh") == chinese


def test_ours_reach_down_to_the_attention() -> None:
    code = (bundled_root() / "experiments/attention/causal-mask.py").read_text(encoding="utf-8")
    assert {"experiments.language_model", "minimind_tui.nn", "minimind_tui.nn.model"} <= set(imports(code))
    assert "minimind_tui.run.recorder" not in imports(code)


def test_where_the_product_keeps_its_parts_is_left_out() -> None:
    """A statement that takes something from `nn` too is measured, and so is all that is no import."""
    code = (
        "import minimind_tui.base.home\nfrom minimind_tui import run\n"
        "from minimind_tui.datasets import (\n    corpora,\n)\n"
        "import minimind_tui.nn.rope\nfrom minimind_tui import nn, run\nfrom minimind_tui.nn import norm\n"
        "import torch, minimind_tui.base.home\nfrom data import corpus\nfrom . import beside\n\n\n"
        "def f():\n    from minimind_tui.run.recorder import Settings\n\n    return minimind_tui.run\n"
    )
    assert measured_code(code).splitlines() == [
        "import minimind_tui.nn.rope",
        "from minimind_tui import nn, run",
        "from minimind_tui.nn import norm",
        "import torch, minimind_tui.base.home",
        "from data import corpus",
        "from . import beside",
        "def f():",
        "    return minimind_tui.run",
    ]


def test_remarks_are_left_out_and_nothing_else() -> None:
    code = (
        '"""About."""\nimport os  # for ever\n\n\nclass A:\n    """Of A."""\n\n    x = "# no remark"\n    """x."""\n\n'
        '    def f(self) -> str:\n        """One.\n\n        Two.\n        """\n        return """a\n\nb"""\n'
    )
    assert measured_code(code).splitlines() == [
        "import os",
        "class A:",
        '    x = "# no remark"',
        "    def f(self) -> str:",
        '        return """a',
        'b"""',
    ]


def test_a_reference_says_what_it_was_measured_with(tmp_path: Path) -> None:
    file = tmp_path / "x.reference.json"
    assert measured_with(file) == ""
    file.write_bytes(reference_of(Summary("small/count", 1, {}), "0123456789abcdef"))
    assert measured_with(file) == "0123456789abcdef"
    file.write_bytes(reference_of(Summary("small/count", 1, {})))
    assert measured_with(file) == ""
