"""The daily review: a card at a time, revealed by space, graded 1 to 4; it comes back when it would be forgotten.

Spoken mode gives a minute to answer aloud, and shows the answer and what an interviewer asks next in both languages.
How it stands is the `ReviewSitting`'s to know; here it is drawn.
"""

from __future__ import annotations

from datetime import timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Input

from minimind_tui.base.text import Language
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.practice import Card, OpenQuestion
from minimind_tui.practice import review
from minimind_tui.practice.clock import now
from minimind_tui.practice.mastery import plan
from minimind_tui.practice.review import Grade, Item
from minimind_tui.practice.review_sitting import SPEAKING, ReviewSitting, Stage
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.ui.screens.pager import PagerScreen
from minimind_tui.views.words import bar
from minimind_tui.views.wrap import wrapped

FARTHEST = 365
"""Days that an interview may be away."""

BESIDE = 100
"""Columns from which two languages stand beside each other."""

GRADES: dict[Grade, tuple[str, str]] = {
    1: ("忘了", "forgotten"),
    2: ("吃力", "hard"),
    3: ("记得", "good"),
    4: ("轻松", "easy"),
}


SENTENCES: dict[Stage, Bilingual] = {
    Stage.ASKED: Bilingual(
        zh="先自己回答，再按 {review.reveal} 看答案", en="Answer first, then {review.reveal} for the answer"
    ),
    Stage.REVEALED: Bilingual(
        zh="记得怎么样？1 忘了  2 吃力  3 记得  4 轻松", en="How well? 1 forgotten  2 hard  3 good  4 easy"
    ),
    Stage.OVER: Bilingual(
        zh="{review.interview} 定面试日期，按天排好；{pager.leave} 返回",
        en="{review.interview} to plan for an interview; {pager.leave} back",
    ),
}
"""What the foot of the screen says in each stage."""


def question_of(item: Item) -> Bilingual:
    """The question of a card or of a missed quiz question."""
    return item.content.question if isinstance(item.content, Card) else item.content.text


def answer_of(item: Item) -> Bilingual:
    """The answer; of a choice question, the right choices and why."""
    content = item.content
    if isinstance(content, Card | OpenQuestion):
        return content.answer
    right = [choice.text for choice in content.choices if choice.right]
    return Bilingual(
        zh="".join(f"- {text.zh}\n" for text in right) + "\n" + content.explanation.zh,
        en="".join(f"- {text.en}\n" for text in right) + "\n" + content.explanation.en,
    )


class InterviewDialog(Dialog[int]):
    """In how many days is the interview? Answers the number, -1 for none any more, nothing on Esc."""

    BINDINGS = [Binding("escape", "dismiss", "不改|Leave it", id="interview.cancel", tooltip="不改|Leave it as it is")]

    def compose(self) -> ComposeResult:
        """The question and the field."""
        styles = self.styles_by_name()
        with Vertical(classes="dialog"):
            yield Prose(
                wrapped(
                    self.say("几天后面试？", "In how many days is your interview?"), style=str(styles["markdown.h1"])
                )
            )
            yield Input(type="integer", placeholder=self.say("例如 14；留空表示没有", "14, say; empty for none"))
            yield Prose(
                Text(
                    self.say("Enter 确认，{interview.cancel} 不改", "Enter to set it, {interview.cancel} to leave it"),
                    style=styles["muted"],
                ),
                id="hint",
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Set it, if it is a number of days."""
        written = event.value.strip()
        if not written:
            self.dismiss(-1)
        elif written.isdigit() and int(written) <= FARTHEST:
            self.dismiss(int(written))
        else:
            hint = self.say(f"请输入 0 到 {FARTHEST} 的整数", f"Write a whole number from 0 to {FARTHEST}")
            self.query_one("#hint", Prose).update(Text(hint, style=self.styles_by_name()["bad"]))


class ReviewScreen(PagerScreen):
    """What is due today. Every grade is kept before the next card is shown."""

    BINDINGS = [
        Binding(
            "enter", "space", "看答案|Reveal", id="review.reveal", tooltip="看答案；再按往下读|The answer; then read on"
        ),
        Binding(
            "f",
            "follow_up",
            "答追问|Follow-up",
            id="review.follow-up",
            tooltip="看下一个追问的答案|The answer of the next follow-up question",
        ),
        *(
            Binding(
                str(grade),
                f"grade({grade})",
                f"{chinese}|{english.capitalize()}",
                show=False,
                id=f"review.grade-{grade}",
                tooltip=f"{chinese}|{english.capitalize()}",
            )
            for grade, (chinese, english) in GRADES.items()
        ),
        Binding("m", "spoken", "口答|Spoken", id="review.spoken", tooltip="口答模式：60 秒|Spoken answers: 60 seconds"),
        Binding(
            "i", "interview", "面试日期|Interview", id="review.interview", tooltip="几天后面试|Days to your interview"
        ),
    ]

    def __init__(self, modules: list[str] | None = None) -> None:
        super().__init__()
        self.sitting = ReviewSitting(self.tutor.course, self.tutor.progress, modules)
        self._clock: Timer | None = None

    @property
    def spent_on(self) -> str:
        """Review is counted by itself."""
        return "review"

    def fill(self) -> None:
        """The first card; in another language, the same one."""
        if not self.sitting.offered:
            self.sitting.begin()
            self._start_clock()
        super().fill()

    def _start_clock(self) -> None:
        """Count the seconds of this card, where they count."""
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        if self.sitting.counting:
            self._clock = self.set_interval(1, self._tick)

    def _tick(self) -> None:
        if self.app.screen is not self:  # a dialog or the help stands before the question
            return
        self.sitting.second_passed()
        if not self.sitting.counting:
            self._start_clock()
        self.redraw()

    def title_row(self) -> Text:
        """How many items are left, and of what kind this one is."""
        styles = self.styles_by_name()
        waiting, graded = self.sitting.waiting, self.sitting.graded
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(self.say("今天的复习", "Today's review"), styles["markdown.h1"])
        left = len(waiting.items)
        if graded or left:
            text.append("  " + bar(graded / max(1, graded + left), 10), styles["muted"])
        text.append(
            self.say(
                f"  到期 {waiting.again}，新的 {len(waiting.new)}，共 {waiting.total} 张",
                f"  {waiting.again} due, {len(waiting.new)} new, {waiting.total} in all",
            )
        )
        days = review.days_until(review.interview(self.tutor.progress), now())
        if days is not None:
            text.append(self.say(f"  离面试 {days} 天", f"  interview in {days} d"), styles["unsure"])
        return text

    def page(self) -> RenderableType:
        """The question; revealed, the answer and what would be asked next; without a card, what comes."""
        sitting, item = self.sitting, self.sitting.item
        if item is None:
            return self._nothing_due()
        styles = self.styles_by_name()
        module = self.tutor.course.modules.get(item.module)
        parts: list[RenderableType] = [
            Text(module.title.of(self.language) if module else "", styles["muted"]),
            self.markdown("## " + question_of(item).of(self.language)),
        ]
        if sitting.counting:
            left = sitting.seconds_left
            parts += ["", Text(f"{bar(left / SPEAKING, 20)} {left} s", styles["unsure"])]
        if sitting.stage is Stage.REVEALED:
            parts.append("")
            if sitting.spoken:
                parts.append(self._both(item))
            else:
                parts.append(self.markdown(answer_of(item).of(self.language)))
                parts += self._asked_next(self.language)
            parts += ["", self._grades(item)]
        return Group(*parts)

    def _asked_next(self, language: Language) -> list[RenderableType]:
        """What an interviewer asks next, with the answers that have been asked for."""
        sitting = self.sitting
        if not sitting.follow_ups:
            return []
        lines = []
        for index, each in enumerate(sitting.follow_ups):
            answer = f"\n\n  {each.answer.of(language)}" if index < sitting.follow_ups_answered else ""
            lines.append(f"- {each.question.of(language)}{answer}")
        head = "接着会问" if language == "zh" else "Asked next"
        return [Text(head, self.styles_by_name()["markdown.h2"]), self.markdown("\n\n".join(lines))]

    def _both(self, item: Item) -> RenderableType:
        """The answer and what comes next, in both languages."""
        heads: dict[Language, str] = {"zh": "中文", "en": "English"}
        columns = []
        for language, head in heads.items():
            parts: list[RenderableType] = [
                Text(head, self.styles_by_name()["muted"]),
                self.markdown(answer_of(item).of(language)),
            ]
            columns.append(Group(*parts, *self._asked_next(language)))
        if self.size.width < BESIDE:
            return Group(columns[0], "", columns[1])
        grid = Table.grid(padding=(0, 3), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        grid.add_row(*columns)
        return grid

    def _grades(self, item: Item) -> Table:
        """The four keys, each with when the card would come back."""
        styles = self.styles_by_name()
        grid = Table.grid(padding=(0, 2))
        for grade, (chinese, english) in GRADES.items():
            interval = review.interval_after(self.tutor.progress, item, grade, now())
            grid.add_row(
                Text(str(grade), styles["key"]),
                Text(self.say(chinese, english)),
                Text(self._interval(interval), styles["muted"]),
            )
        return grid

    def _interval(self, interval: timedelta) -> str:
        if interval < review.IN_DAYS:
            minutes = max(1, round(interval.total_seconds() / 60))
            return self.say(f"{minutes} 分钟后再来", f"again in {minutes} min")
        if interval.days == 1:
            return self.say("明天再来", "again tomorrow")
        return self.say(f"{interval.days} 天后再来", f"again in {interval.days} d")

    def _nothing_due(self) -> RenderableType:
        styles, sitting = self.styles_by_name(), self.sitting
        text = Text()
        if not sitting.offered:
            return Text(self.say("还没有卡片。", "There are no cards yet."))
        text.append(
            self.say(
                f"今天的复习做完了，这次 {sitting.graded} 张。\n" if sitting.graded else "今天没有要复习的。\n",
                f"Today's review is done, {sitting.graded} this time.\n"
                if sitting.graded
                else "Nothing is due today.\n",
            ),
            styles["markdown.h1"],
        )
        coming = review.coming(self.tutor.progress, sitting.offered, now())
        if coming:
            grid = Table.grid(padding=(0, 2))
            for moment, count in coming:
                grid.add_row(
                    Text(moment.isoformat(), styles["muted"]),
                    Text(f"{count:>3}"),
                    Text("▇" * min(40, count), styles["good"]),
                )
            head = Text(self.say("接下来几天", "The days that come"), styles["markdown.h2"])
            return Group(text, head, grid, *self._plan())
        return Group(text, *self._plan())

    def _plan(self) -> list[RenderableType]:
        """The modules for each day until the interview."""
        styles = self.styles_by_name()
        days = plan(self.tutor.course, self.tutor.progress, now())
        if not days:
            return []
        grid = Table.grid(padding=(0, 2))
        for planned in days:
            titles = [self.tutor.course.modules[name].title.of(self.language) for name in planned.modules]
            what = self.say("、", ", ").join(titles) or self.say("只复习卡片", "cards alone")
            grid.add_row(Text(planned.day.isoformat(), styles["muted"]), Text(what))
        return ["", Text(self.say("到面试为止", "Until the interview"), styles["markdown.h2"]), grid]

    def sentence(self) -> str:
        """The sentence at the foot: the key that leads on."""
        said = SENTENCES[self.sitting.stage]
        return self.say(said.zh, said.en)

    def action_space(self) -> None:
        """The answer; once it is there, read on."""
        if self.sitting.reveal():
            self._start_clock()
            self.redraw()
        elif self.sitting.stage is Stage.REVEALED:
            self.pager.action_read_on()

    def action_follow_up(self) -> None:
        """The answer of the next follow-up."""
        if self.sitting.answer_follow_up():
            self.redraw()

    def action_grade(self, grade: Grade) -> None:
        """Keep it, and take the next."""
        if self.sitting.grade(grade):
            self._start_clock()
            self.redraw(top=True)

    def action_spoken(self) -> None:
        """Spoken answers on or off."""
        self.sitting.turn_spoken()
        self._start_clock()
        self.redraw()

    def action_interview(self) -> None:
        """Ask for the day of the interview."""
        self.app.push_screen(InterviewDialog(), self._set_interview)

    def _set_interview(self, days: int | None) -> None:
        if days is None:
            return
        was_over = self.sitting.stage is Stage.OVER
        self.sitting.set_interview(days if days >= 0 else None)
        if was_over:
            self._start_clock()
        self.redraw(top=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what can be done now."""
        if action == "follow_up":
            return self.sitting.follow_ups_answered < len(self.sitting.follow_ups)
        return self.sitting.stage is not Stage.OVER if action in ("space", "spoken") else True
