"""The roadmap: every tier and module of the course, planned ones shown as planned."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from minimind_tui.content.course import PRACTICE
from minimind_tui.content.paths import module_steps, module_tasks, path_of
from minimind_tui.content.schema import Module
from minimind_tui.practice.self_test import self_test_passed
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.views.words import hours
from minimind_tui.views.wrap import wrapped


class RoadmapScreen(TutorScreen):
    """All modules at the left, the chosen one at the right (below, in a narrow terminal)."""

    DEFAULT_CSS = """
    #roadmap-body { height: 1fr; }
    #roadmap-list { width: 1fr; height: 1fr; max-height: 100%; border: round $panel; background: $background; }
    #roadmap-list:focus { border: round $primary; }
    #roadmap-detail { width: 1fr; height: 1fr; border: round $panel; padding: 0 1; }
    RoadmapScreen.-narrow #roadmap-body { layout: vertical; }
    RoadmapScreen.-narrow #roadmap-list { width: 100%; height: 1fr; }
    RoadmapScreen.-narrow #roadmap-detail { width: 100%; height: 45%; }
    """

    PARTS = (Choices,)
    BINDINGS = [
        Binding(
            "escape",
            "app.pop_screen",
            "返回|Back",
            id="roadmap.back",
            tooltip="回到上一个屏幕|Back to the screen before",
        ),
        Binding(
            "space",
            "page",
            "往下看|See more",
            id="roadmap.page",
            tooltip="模块说明的下一屏；到底后回到开头|More about the module; at its end, back to its start",
        ),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self) -> None:
        super().__init__()
        self._chosen: int | None = None
        self._sentence = ""

    @property
    def detail(self) -> VerticalScroll:
        """What is said of the chosen module."""
        return self.query_one("#roadmap-detail", VerticalScroll)

    def compose(self) -> ComposeResult:
        """The list and the chosen module."""
        with Horizontal(id="roadmap-body"):
            yield Choices(*self._options(), id="roadmap-list")
            with VerticalScroll(id="roadmap-detail", can_focus=False):
                yield Prose(id="roadmap-module")
        yield Foot()

    def on_mount(self) -> None:
        """The list is there at once."""
        self.fill()

    def fill(self) -> None:
        """To the module that was chosen last; at first, to the first one."""
        self.watch(self.detail, "virtual_size", self._guide, init=False)  # what to do next: is there more to see?
        choices = self.query_one(Choices)
        choices.focus()
        if self._chosen is None:
            choices.action_first()
        else:
            choices.highlighted = self._chosen

    def _options(self) -> list[Option | None]:
        rows: list[Option | None] = []
        styles = self.styles_by_name()
        for tier in self.tutor.course.tiers:
            head = Text(tier.title.of(self.language), style=styles["markdown.h2"])
            head.append(f"  {tier.goal.of(self.language)}", styles["muted"])
            rows.append(Option(head, disabled=True))
            rows.extend(
                Option(self._row(module), id=module.id)
                for module in self.tutor.course.modules.values()
                if module.tier == tier.id
            )
        return rows

    def _row(self, module: Module) -> Text:
        styles = self.styles_by_name()
        steps = module_tasks(self.tutor.course, module.id)
        done = self.tutor.progress.done()
        count = sum((step.kind, step.ref) in done for step in steps)
        text = Text(no_wrap=True, overflow="ellipsis")
        passed = self_test_passed(self.tutor.course, done, module.id)
        if steps and (passed or count == len(steps)) and module.state == "ready":
            mark, style = "✓", "good"
        elif steps:
            mark, style = "▸", "key"
        else:
            mark, style = "·", "muted"
        text.append(f" {mark} ", styles[style])
        text.append(f"{module.number:02d} {module.title.of(self.language)}", "" if steps else styles["muted"])
        text.append(f"  {hours(module.hours, self.language)}", styles["muted"])
        if steps:
            text.append(f"  {count}/{len(steps)}")
            if passed and count < len(steps):
                text.append("  " + self.say("自测通过", "self-test passed"), styles["muted"])
        else:
            text.append("  " + self.say("计划中", "planned"), styles["muted"])
        return text

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Describe the module under the cursor."""
        module = self.tutor.course.modules.get(event.option.id or "")
        if module is None:
            return
        self._chosen = event.option_index
        styles = self.styles_by_name()
        text = wrapped("")
        text.append(f"{module.number:02d} {module.title.of(self.language)}\n", styles["markdown.h1"])
        text.append(module.question.of(self.language) + "\n\n", styles["strong"])
        for topic in module.topics:
            text.append("- ", styles["key"])
            text.append(topic.of(self.language) + "\n")
        steps, tasks = module_steps(self.tutor.course, module.id), module_tasks(self.tutor.course, module.id)
        done = self.tutor.progress.done()
        for heading, listed in (
            (self.say("现在能学的：", "Ready now:"), [step for step in steps if step.kind not in PRACTICE]),
            (self.say("练习：", "Practice:"), [step for step in steps if step.kind in PRACTICE]),
            (self.say("课文里的实验：", "Experiments in these lessons:"), tasks[len(steps) :]),
        ):
            if listed:
                text.append("\n" + heading + "\n", styles["strong"])
            for step in listed:
                text.append("✓ " if (step.kind, step.ref) in done else "  ", styles["good"])
                text.append(self.tutor.course.title_of(step).of(self.language) + "\n")
        if module.state != "ready":
            text.append("\n")
            text.append(
                self.say("其余部分在计划中。", "The rest is planned.")
                if steps
                else self.say("这个模块还在计划中，内容尚未写好。", "This module is planned: nothing to open yet."),
                styles["muted"],
            )
        self.query_one("#roadmap-module", Prose).update(text)
        self.detail.scroll_home(animate=False)
        self._sentence = (
            self.say("按 {choices.open} 打开这个模块", "Press {choices.open} to open this module")
            if steps
            else self.say(
                "还没有内容；↑↓ 看别的模块，{roadmap.back} 返回",
                "Nothing to open yet; ↑↓ for other modules, {roadmap.back} to go back",
            )
        )
        self.call_after_refresh(self._guide)

    def _guide(self) -> None:
        """What to do now; where the module has more to say than there is room, how to see it."""
        more = self.say("；{roadmap.page} 看下面的", "; {roadmap.page} to see the rest") if self._hidden() > 0 else ""
        self.query_one(NextBar).say(self._sentence + more)

    def _hidden(self) -> float:
        """Rows of the module that lie under its pane."""
        return self.detail.max_scroll_y - self.detail.scroll_y

    def on_resize(self) -> None:
        """Another size, another amount of room."""
        self.call_after_refresh(self._guide)

    def action_page(self) -> None:
        """Scroll on by a screenful."""
        if self._hidden() > 0:
            self.detail.scroll_page_down(animate=False)
        else:
            self.detail.scroll_home(animate=False)
        self.call_after_refresh(self._guide)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what the module has, on the path through it where there is one, at what is not done yet."""
        module = event.option.id or ""
        steps = module_steps(self.tutor.course, module)
        done = self.tutor.progress.done()
        index = next((at for at, step in enumerate(steps) if (step.kind, step.ref) not in done), 0)
        path = path_of(self.tutor.course, module)
        if path:
            self.tutor.open_path(path.id, path.steps.index(steps[index]))
        elif steps:
            self.tutor.open_steps(module, steps, index)
