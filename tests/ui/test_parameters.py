"""The form of an experiment's parameters: on the smallest screen too a line, its help and the keys are seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lab.fields import fields
from minimind_tui.ui.screens.parameters import ParameterForm, ParametersDialog
from tests.tiny import home_in
from tests.ui.seeing import see, shown

LONGEST = "block/train-your-own"


async def opened(app: TutorApp, pilot: Pilot[int]) -> list[str]:
    """The form of the experiment with the most parameters; the labels of its lines."""
    spec = app.course.experiments[LONGEST]
    values = {each.name: each.default for each in spec.parameters}
    lines = fields(spec, values, 1, False, app.language, lambda _: ["tinytales"])
    app.push_screen(ParametersDialog(lines, lambda _: None))
    await see(pilot, lines[0].label.of(app.language))
    return [line.label.of(app.language) for line in lines]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (100, 30), (120, 40)])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_line_is_seen_with_its_help_and_the_keys(
    tmp_path: Path, size: tuple[int, int], language: Language
) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), language)
    async with app.run_test(size=size) as pilot:
        labels = await opened(app, pilot)
        form = app.screen.query_one(ParameterForm)
        for label in [*labels, labels[0]]:
            text = shown(app)
            row = next(line for line in text.splitlines() if "‹" in line)
            assert label in row
            assert ("取消" if language == "zh" else "cancels") in text, "the last word on the keys"
            if form.line.help:
                assert form.line.help.of(language)[:20] in text
            hidden = len(labels) - sum(any(f" {each} " in line for line in text.splitlines()) for each in labels)
            assert (hidden > 0) == ("还有" in text or " more" in text)
            await pilot.press("down")
            await pilot.pause()


async def test_a_screen_of_the_usual_size_shows_them_all(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(80, 24)) as pilot:
        labels = await opened(app, pilot)
        assert all(label in shown(app) for label in labels)


async def test_only_the_line_with_the_cursor_stands_out(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(80, 24)) as pilot:
        labels = await opened(app, pilot)
        await pilot.press("down")
        await pilot.pause()
        bold = {
            segment.text.strip()
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.bold
        }
        assert {label for label in labels if any(text.startswith(label) for text in bold)} == {labels[1]}
