"""Quiz and review by keys over several days, killed whenever the screen has acknowledged something."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import AHEAD
from minimind_tui.practice.store import Progress
from tests.terminal.console import Console
from tests.terminal.tutor import Tutor
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

CHOICE = re.compile(r" ([abc]) +[(\[].[)\]] +(\w+)")
SUM = re.compile(r"(\d) (?:and|加) 1")
EVEN = {"two", "four", "二", "四"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return add_practice(tiny_course(tmp_path / "course"))


def kill(console: Console) -> None:
    """Now, and no later."""
    os.kill(console.pid, signal.SIGKILL)
    console.wait_exit()


@contextmanager
def kept(tutor: Tutor) -> Iterator[Progress]:
    """What the file holds."""
    with closing(Progress(tutor.home.database)) as progress:
        assert progress.warning is None
        yield progress


def practise(tutor: Tutor, line: int) -> Console:
    """The tutor, opened at a line of the list of practice."""
    console = tutor.open()
    console.wait_for(tutor.say("按 Enter", "Press Enter"))
    console.press("E")
    console.wait_for(
        tutor.say("今天的复习", "Today's review"), tutor.say("Enter 开始复习", "Enter to begin the review")
    )
    console.press(*"j" * line, "Enter")
    return console


def answer(tutor: Tutor, console: Console, right: bool) -> str:
    """Answer the question on the screen as one who reads it, rightly or not; what was asked."""
    asked, choices = console.text, dict(CHOICE.findall(console.text))
    if sought := SUM.search(asked):
        found = [letter for letter, number in choices.items() if (int(number) == int(sought[1]) + 1) == right]
        console.press(found[0], "Enter")
        name = f"sum-{sought[1]}"
    elif choices:
        found = [letter for letter, word in choices.items() if word in EVEN]
        console.press(*found[: 2 if right else 1], "Enter")
        name = "even"
    else:
        console.press("Enter")
        console.wait_for(tutor.say("参考答案", "A good answer"))
        console.press(*("ab" if right else "a"), "Enter")
        name = "why"
    verdict = tutor.say("✓ 对", "✓ Right") if right else tutor.say("✗ 不对", "✗ Not right")
    console.wait_for(verdict, tutor.say("n ", "n for"))
    return name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_answers_outlive_a_kill_and_are_asked_first(tmp_path: Path, course: Path, language: Language) -> None:
    tutor = Tutor(tmp_path / "here", course, language)
    questions = load_course(course).quiz("small")
    missed = []
    with practise(tutor, 2) as console:
        for number in (1, 2):
            console.wait_for(f"{number}/8", tutor.say("Enter", "Enter"))
            missed.append(answer(tutor, console, right=False))
            if number == 1:
                console.press("n")
        kill(console)
    with kept(tutor) as progress:
        assert quiz.last_scores(progress, "small").keys() == set(missed)
        assert quiz.standing(progress, "small", questions).wrong == 2
    asked = []
    with practise(tutor, 2) as console:
        for number in range(1, 9):
            console.wait_for(f"{number}/8", "Enter")
            asked.append(answer(tutor, console, right=True))
            console.press("n")
        console.wait_for(tutor.say("8 题答对 8", "8 of 8 right"), tutor.say("已通过", "Passed"))
        kill(console)
    assert set(asked[:2]) == set(missed)
    assert set(asked) == {question.id for question in questions}
    with kept(tutor) as progress:
        assert quiz.standing(progress, "small", questions).right == 8
        assert ("quiz", "small/quiz") in progress.done()


class Reviewer:
    """A learner at the daily review, some days from now."""

    def __init__(self, tutor: Tutor, days: int) -> None:
        tutor.environment[AHEAD] = str(days)
        self.tutor = tutor
        self.console = practise(tutor, 0)

    def counts(self, due: int, new: int) -> None:
        """The title says how many wait."""
        self.console.wait_for(self.tutor.say(f"到期 {due}，新的 {new}，", f"{due} due, {new} new, "))

    def grade(self, question: tuple[str, str], grade: int) -> None:
        """Reveal the card, which must be this one, and grade it."""
        revealed = self.tutor.say("1 忘了  2 吃力", "1 forgotten  2 hard")
        self.console.wait_for(self.tutor.say(*question), self.tutor.say("先自己回答", "Answer first"))
        self.console.press("Space")
        self.console.wait_for(revealed)
        self.console.press(str(grade))
        self.console.wait_gone(revealed)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cards_come_back_over_the_days_a_forgotten_one_sooner(tmp_path: Path, course: Path, language: Language) -> None:
    tutor = Tutor(tmp_path / "here", course, language)
    first, second = ("一？", "One?"), ("二？", "Two?")
    today = Reviewer(tutor, 0)
    with today.console as console:
        today.counts(0, 2)
        today.grade(first, 1)
        today.grade(second, 4)  # the forgotten one waits until the others were asked
        kill(console)
    with kept(tutor) as progress:
        assert [grade for _, grade in review.reviews(progress)["card small/first"]] == [1]
    again = Reviewer(tutor, 0)
    with again.console as console:
        again.counts(1, 0)
        for grade in (2, 3, 3):
            again.grade(first, grade)
        console.wait_for(tutor.say("今天的复习做完了，这次 3 张", "review is done, 3 this time"))
        console.press("i")
        console.wait_for(tutor.say("几天后面试", "In how many days"))
        console.press("9", "0", "Enter")
        console.wait_for(tutor.say("离面试 90 天", "interview in 90 d"))
        kill(console)
    with kept(tutor) as progress:
        assert review.interview(progress) is not None
        assert [grade for _, grade in review.reviews(progress)["card small/first"]] == [1, 2, 3, 3]
        assert [grade for _, grade in review.reviews(progress)["card small/second"]] == [4]
    for days, due in ((3, 1), (30, 2)):
        later = Reviewer(tutor, days)
        with later.console as console:
            later.counts(due, 0)
            console.wait_for(tutor.say(*first), tutor.say(f"离面试 {90 - days} 天", f"interview in {90 - days} d"))
            kill(console)
