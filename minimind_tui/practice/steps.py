"""Decides when a step of practice is done, from stored answers, attempts and grades.

- a quiz once enough of its questions stand as right;
- an exercise once the code passed its checks, which is kept with the attempt;
- a module's cards once each was graded at least once, or a day's session of them was gone through to its end: more
  than a ration of new ones a day does not stay in anybody's head.
"""

from __future__ import annotations

from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.schema import Step
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import day
from minimind_tui.practice.mastery import questions_of
from minimind_tui.practice.store import Progress


def settle(course: Course, progress: Progress, step: Step, moment: float) -> bool:
    """Whether a step is done; one of practice is marked as soon as there is the evidence."""
    if (step.kind, step.ref) in progress.done():
        return True
    module = step.ref.partition("/")[0]
    met = (step.kind == "quiz" and quiz.standing(progress, module, questions_of(course, module)).passed) or (
        step.kind == "review" and _cards_gone_through(course, progress, module, moment)
    )
    if met:
        progress.mark_done(step.kind, step.ref)
    return met


def cards_seen(course: Course, progress: Progress, module: str) -> tuple[int, int]:
    """How many of a module's cards were graded at least once, and how many there are."""
    try:
        cards = course.cards(module)
    except ContentError:
        return 0, 0
    log = review.reviews(progress)
    return sum(review.Item(module, card).ref in log for card in cards), len(cards)


def _cards_gone_through(course: Course, progress: Progress, module: str, moment: float) -> bool:
    seen, total = cards_seen(course, progress, module)
    if not total or seen == total:
        return bool(total)
    offered, log = review.items(course, progress, [module]), review.reviews(progress)
    today = any(day(at) == day(moment) for item in offered for at, _ in log.get(item.ref, ()))
    return today and not review.session(progress, offered, moment).items
