"""What to try next, in the lab, in the form, on paper and in the report: its answer comes after the attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lab.model import Lab
from minimind_tui.views.paper import print_report
from minimind_tui.views.report import make_report
from tests.tiny import begin, home_in, seen
from tests.trying import TRY, course_with
from tests.ui.seeing import see, shown, until

LATER = """
[[try_next]]
question = { zh = "换个种子？", en = "Another seed?" }
set = { seed = 2 }
answer = { zh = "不变。", en = "It stays." }

[[try_next]]
question = { zh = "换个想法？", en = "Another thought?" }
answer = { zh = "自己想。", en = "Think for yourself." }
"""


def app_with_tries(folder: Path, language: Language) -> TutorApp:
    """An app on the tiny course, whose experiment has three questions on what to try next."""
    course = load_course(course_with(folder / "course", TRY, LATER))
    app = TutorApp(home_in(folder), course, language)
    trust(app.progress, course.root)
    return app


@pytest.mark.parametrize(
    ("language", "head", "question", "answer", "done"),
    [
        ("en", "Then try", "More steps?", "Twice, still.", "finished"),
        ("zh", "接着试", "多数几步？", "还是两倍。", "完成"),
    ],
)
async def test_the_answer_comes_after_the_run_that_was_asked_for_and_no_other(
    tmp_path: Path, language: Language, head: str, question: str, answer: str, done: str
) -> None:
    app = app_with_tries(tmp_path, language)
    seen(begin(app.home, app.course.root))
    seen(begin(app.home, app.course.root, steps=8))
    async with app.run_test(size=(100, 44)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, done)
        await pilot.press("V")
        await see(pilot, head, question, "steps=7")
        assert answer not in shown(app), "8 steps are no attempt at 7"
        await pilot.press("o", "n")
        await see(pilot, "‹ 7 ›", question)
        await pilot.press("enter")
        await see(pilot, done, "steps=7")
        await pilot.press("V")
        await see(pilot, head, answer)
        assert "steps=7" not in shown(app).partition(head)[2], "what to change is told of the others alone"
        await pilot.press("V")
        await see(pilot, answer, question)


async def test_a_key_shows_the_answers_untried_one_at_a_time(tmp_path: Path) -> None:
    app = app_with_tries(tmp_path, "en")
    seen(begin(app.home, app.course.root, seed=2))
    async with app.run_test(size=(100, 44)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "finished")
        await pilot.press("a", "V")  # nothing is shown by a key pressed on a plot
        await see(pilot, "It stays.", "Run it with these", "Another thought?")
        assert "Twice, still." not in shown(app)
        await pilot.press("a")
        await see(pilot, "Twice, still.")
        assert "Think for yourself." not in shown(app)
        await pilot.press("a")
        await see(pilot, "Think for yourself.")
        await until(pilot, lambda: "Run it with these" not in shown(app), "nothing is left to be shown")


async def test_the_form_goes_round_the_questions_that_change_something(tmp_path: Path) -> None:
    app = app_with_tries(tmp_path, "en")
    seen(begin(app.home, app.course.root))
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "finished")
        await pilot.press("o", "9")
        await see(pilot, "‹ 9 ›")
        await pilot.press("n")
        await see(pilot, "‹ 7 ›", "More steps?")
        await pilot.press("n")
        await see(pilot, "Another seed?", "‹ 5 ›")
        await pilot.press("down")
        await see(pilot, "‹ 2 ›")
        await pilot.press("n", "up")
        await see(pilot, "‹ 7 ›")


def test_a_first_run_is_not_told_what_comes_next(tmp_path: Path) -> None:
    app = app_with_tries(tmp_path, "en")
    lab = Lab(app.home, app.course, app.course.experiments["small/count"], "en")
    lab.look_for_attempts()
    assert (lab.answered, lab.can_answer) == (set(), False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_paper_and_report_answer_what_was_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language
) -> None:
    app = app_with_tries(tmp_path, language)
    spec, answer = app.course.experiments["small/count"], "还是两倍。" if language == "zh" else "Twice, still."

    def report() -> str:
        return make_report(app.course, app.progress, app.home, language, None).text

    plain = begin(app.home, app.course.root)
    seen(plain)
    print_report(plain, spec, language)
    assert answer not in capsys.readouterr().out + report()
    tried = begin(app.home, app.course.root, steps=7)
    seen(tried)
    print_report(tried, spec, language)
    assert answer in capsys.readouterr().out
    assert answer in report()
