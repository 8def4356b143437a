"""A step of practice beside the lessons: a short page on what it is and how it stands; Enter opens the thing itself."""

from __future__ import annotations

from minimind_tui.base.text import Text
from minimind_tui.content.practice import Card, OpenQuestion
from minimind_tui.content.schema import Step
from minimind_tui.practice import exercises, quiz, review
from minimind_tui.practice.clock import now
from minimind_tui.practice.steps import cards_seen
from minimind_tui.ui.tutor import Tutor

_SELF_TEST = Text(
    zh="**自测**：这个模块讲的，你也许早就会了。通过了，就放心跳过它：整个模块都算完成，按 {study.skip} 直接去下一个。"
    "没通过，或者还不熟，就按 {study.next} 从头读起。",
    en="**A self-test.** Perhaps you know all that this module teaches. If you pass, skip it with a clear conscience: "
    "the whole module counts as done, and {study.skip} leads to the next one. If not, {study.next} begins to read.",
)


def practice_page(app: Tutor, step: Step) -> str:
    """The page as markdown. Raises ContentError where what is to be practised cannot be read."""
    module = step.ref.partition("/")[0]
    write = {"quiz": _quiz, "exercise": _exercise, "review": _cards}[step.kind]
    about = write(app, step.ref if step.kind == "exercise" else module, (step.kind, step.ref) in app.progress.done())
    return f"# {app.course.full_title_of(step).of(app.language)}\n\n" + "\n\n".join(about) + "\n"


def _quiz(app: Tutor, module: str, done: bool) -> list[str]:
    questions = app.course.quiz(module)
    stands = quiz.standing(app.progress, module, questions)
    best = quiz.best(app.progress, module, questions)
    count, needed = len(questions), quiz.needed(len(questions))
    spoken = sum(isinstance(question, OpenQuestion) for question in questions)
    about = app.say(
        f"{count} 道题" + (f"，其中 {spoken} 道问答题，自己对照要点打分" if spoken else "") + "。每答一题，马上有解释；"
        "答错的下次先问，在每天的复习里也会再来。",
        f"{count} questions" + (f", {spoken} of them open: you grade those by their points" if spoken else "") + ". "
        "Each answer is explained at once; what you miss is asked first next time, and comes back in the daily review.",
    )
    if not best and stands.unanswered == count:
        state = app.say(f"还没做过。{needed} 题对就算通过。", f"Not begun yet. {needed} right is a pass.")
    else:
        state = app.say(
            f"现在对 {stands.right}/{count}" + (f"，错 {stands.wrong} 题" if stands.wrong else ""),
            f"Now {stands.right}/{count} right" + (f", {stands.wrong} wrong" if stands.wrong else ""),
        )
        if stands.unanswered:
            state += app.say(f"，{stands.unanswered} 题还没答", f", {stands.unanswered} not answered yet")
        if best > stands.right:
            state += app.say(f"；最好的时候对 {best} 题", f"; at best {best} were right")
        state += app.say("。", ".") + (
            "" if done else app.say(f"{needed} 题对就算通过。", f" {needed} right is a pass.")
        )
    stated = _state(app, state, done, app.say("已通过。", "Passed. "))
    known = app.course.modules.get(module)
    return [app.say(_SELF_TEST.zh, _SELF_TEST.en), about, stated] if known and known.quiz_first else [about, stated]


def _exercise(app: Tutor, ref: str, done: bool) -> list[str]:
    module, _, name = ref.partition("/")
    found = next((exercise for exercise in app.course.exercises(module) if exercise.id == name), None)
    if found is None:
        return [app.say("这个练习不见了。", "This exercise is gone.")]
    names = app.say("、", ", ").join(f"`{name}`" for name in found.symbols)
    about = app.say(
        f"手写代码，约 {found.minutes} 分钟：在你自己的文件里写 {names}。一存就检查，"
        "会说清哪个形状、哪个值不对；要提示有三条。",
        f"Code by hand, some {found.minutes} min: you write {names} in a file of your own. Saving checks it, "
        "and you are told which shape or value differs; three hints are there if you want them.",
    )
    stands = exercises.standing(app.progress, ref)
    if not stands.attempts and not done:
        return [about, _state(app, app.say("还没试过。", "Not tried yet."), done, "")]
    helped = ""
    if stands.hints > len(found.hints):
        helped = app.say("，看过答案", ", the solution seen")
    elif stands.hints:
        helped = app.say(
            f"，看了 {stands.hints} 条提示", f", {stands.hints} hint{'s' if stands.hints > 1 else ''} taken"
        )
    times = f"{stands.attempts} time{'s' if stands.attempts != 1 else ''}"
    state = app.say(f"检查过 {stands.attempts} 次{helped}。", f"Checked {times}{helped}.")
    state += "" if done else app.say("还没通过。", " Not passed yet.")
    return [about, _state(app, state, done, app.say("已通过。", "Passed. "))]


def _cards(app: Tutor, module: str, done: bool) -> list[str]:
    count = len(app.course.cards(module))
    seen, _ = cards_seen(app.course, app.progress, module)
    waiting = review.session(app.progress, review.items(app.course, app.progress, [module]), now())
    about = app.say(
        f"{count} 张卡片，面试官会这样问。先自己说出答案，再翻开对照，给自己打分：记得越牢，隔得越久再来。"
        f"一天最多 {review.NEW_A_DAY} 张新的；今天的过完，这一步就算完成，以后的在每天的复习里（{{app.practice}}）。",
        f"{count} cards, asked as an interviewer asks. Say your answer first, then look, and grade yourself: the "
        f"better you knew it, the later it comes back. At most {review.NEW_A_DAY} new ones a day; with today's done, "
        "so is this step, and the rest comes in the daily review ({app.practice}).",
    )
    state = app.say(f"见过 {seen}/{count} 张", f"{seen}/{count} seen")
    if waiting.items:
        count = len(waiting.items)
        missed = sum(not isinstance(item.content, Card) for item in waiting.items)
        state += app.say(f"；现在要过 {count} 张", f"; {count} to go now")
        if missed:
            state += app.say(f"，里面有答错的题 {missed} 道", f", questions that you missed among them: {missed}")
    return [about, _state(app, state + app.say("。", "."), done, app.say("完成了。", "Done. "))]


def _state(app: Tutor, state: str, done: bool, word: str) -> str:
    """How it stands, in bold; the mark says that the step is done."""
    return f"**✓ {word}{state}**" if done else f"**{state}**"


def practice_sentence(app: Tutor, step: Step, onward: str, past: str = "") -> str:
    """What to do next: open it, or, where it is done, go on; from a self-test first `past` the module."""
    if (step.kind, step.ref) in app.progress.done():
        if past:
            return app.say("通过了：", "Passed. ") + past + app.say("；或 ", ", or ") + onward
        return (app.say("完成了：", "Done. ") if step.kind == "review" else app.say("通过了：", "Passed. ")) + onward
    if not app.course.exists(step):
        return onward
    opens = {
        "quiz": app.say("{choices.open} 做测验", "{choices.open} for the quiz"),
        "exercise": app.say("{choices.open} 动手写", "{choices.open} to write it"),
        "review": app.say("{choices.open} 过一遍卡片", "{choices.open} for the cards"),
    }[step.kind]
    return opens + app.say("；或 ", ", or ") + onward
