"""`glossary` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui import cli
from tests.glossary_course import glossary_course
from tests.run.makers import own_home
from tests.tiny import tiny_course


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_home(tmp_path, monkeypatch)


def says(
    capsys: pytest.CaptureFixture[str], course: Path, language: str, *arguments: str, status: int = 0
) -> tuple[str, str]:
    assert cli.main(["--lang", language, "--course", str(course), "glossary", *arguments]) == status
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_all_terms_or_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = glossary_course(tmp_path / "course")
    assert says(capsys, root, "en") == ("gradient  梯度\nLayerNorm  层归一化\ntoken  词元\n", "")
    assert sorted(says(capsys, root, "zh")[0].splitlines()) == ["层归一化  LayerNorm", "梯度  gradient", "词元  token"]
    shown = says(capsys, root, "en", "gradient")[0]
    assert shown.splitlines() == [
        "gradient  梯度",
        "    A derivative x².",
        "    Defined in: 01 Small module › Later on (small/later)",
        "    See also: LayerNorm",
    ]
    shown = says(capsys, root, "zh", "layer", "normalization")[0]
    assert shown.splitlines() == [
        "层归一化  LayerNorm  layer normalization",
        "    除以标准差。",
        "    另见：梯度、词元",
    ]


@pytest.mark.parametrize(("language", "words"), [("en", "Did you mean gradient?"), ("zh", "是不是：梯度？")])
def test_a_misspelled_term(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str) -> None:
    out, error = says(capsys, glossary_course(tmp_path / "course"), language, "gradeint", status=2)
    assert out == ""
    assert words in error
    assert "minimind-tui glossary" in error


def test_a_course_without_one_and_a_broken_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no glossary" in says(capsys, tiny_course(tmp_path / "bare"), "en")[0]
    broken = glossary_course(tmp_path / "course", "format = 1\nterms = 3\n")
    error = says(capsys, broken, "zh", "token", status=2)[1]
    assert "glossary.toml:2" in error
    assert "术语表用不了" in error
