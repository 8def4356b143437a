"""The places that every screen leads to, and that the app is all that its screens ask of it."""

from __future__ import annotations

import re
from pathlib import Path

from minimind_tui.ui.keymap import declared
from minimind_tui.ui.places import PLACES, screen_of
from minimind_tui.ui.tutor import Tutor, tutor_of
from tests.ui.seeing import see, tiny_app


def test_every_place_that_a_key_goes_to_is_one_and_the_other_way_round() -> None:
    actions = [binding.action for binding, _ in declared().values()]
    assert {found[1] for action in actions if (found := re.search(r"\bgo\('(\w+)'\)", action))} == set(PLACES)


async def test_a_place_is_opened_once(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "Small path")
        for place in PLACES:
            before = len(app.screen_stack)
            app.action_go(place)
            app.action_go(place)
            await pilot.pause()
            assert isinstance(app.screen, screen_of(place))
            assert len(app.screen_stack) == before + 1
        tutor: Tutor = app  # which the type checker proves
        assert tutor_of(app.screen) is tutor
