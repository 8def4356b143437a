"""The learner's note about a step: in the own editor where one is set, else in the one here, which keeps as one writes.

What the line under the text calls kept is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer
from textual.widgets import TextArea

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import Kind, Step
from minimind_tui.practice.notes import NoteError, keep_note, note_file, prepare_folder, read_note
from minimind_tui.ui.external_editor import edit, editor
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.quiet import set_subtitle, set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.tutor import Tutor

REST = 0.4
"""Seconds without a key after which what was written is kept."""


def open_note(app: Tutor, ref: str) -> None:
    """Open the note about the step `ref`, in the learner's own editor if there is one that works."""
    if editor():
        path, problem = note_file(app.home, ref), None
        try:
            prepare_folder(path)
        except OSError as error:
            problem = Bilingual(zh=f"{path}：{error.strerror}", en=f"{path}: {error.strerror}")
        problem = problem or edit(app, path)
        if problem is None:
            _say_what_is_kept(app, ref)
            return
        app.notify(problem.of(app.language), severity="warning")
    app.push_screen(NoteScreen(ref))


def _say_what_is_kept(app: Tutor, ref: str) -> None:
    """After the editor: whether there is a note now. An empty file is none."""
    try:
        text = read_note(app.home, ref)
        if not text.strip():
            keep_note(app.home, ref, "", text)
    except NoteError as error:
        app.notify(error.message.of(app.language), severity="error")
        return
    if text.strip():
        app.notify(app.say("笔记存好了；{app.search} 能搜到它。", "The note is kept; {app.search} finds it."))


def step_title(app: Tutor, ref: str) -> str:
    """The title of the step that a note is about."""
    kinds: tuple[Kind, ...] = ("lesson", "experiment", "exercise", "quiz", "review")
    steps = [Step(kind=kind, ref=ref) for kind in kinds]
    return app.course.full_title_of(next(filter(app.course.exists, steps), steps[0])).of(app.language)


class NoteScreen(TutorScreen):
    """A text to write in. It is kept when one rests, and on leaving."""

    DEFAULT_CSS = """
    #note { height: 1fr; border: round $panel; background: $background; border-title-color: $foreground; }
    #note:focus { border: round $primary; border-title-color: $primary; }
    """

    BINDINGS = [
        Binding("escape", "done", "写完|Done", id="note.done", priority=True, tooltip="存好并返回|Keep it and go back"),
    ]

    def __init__(self, ref: str) -> None:
        super().__init__()
        self._ref = ref
        self._known = ""
        """What is on the disk, as far as is known."""
        self._unread: Bilingual | None = None
        self._refused: str | None = None
        """The text that could not be kept: whoever leaves twice with it means it."""
        self._rest: Timer | None = None

    @property
    def spent_on(self) -> str:
        """The module that the time goes to."""
        return self._ref.partition("/")[0]

    def compose(self) -> ComposeResult:
        """The text area, and the foot."""
        self.area = TextArea(id="note", soft_wrap=True, show_line_numbers=False, tab_behavior="indent")
        self.area.cursor_blink = False
        yield self.area
        yield Foot()

    def on_mount(self) -> None:
        """Show the note as it is on the disk."""
        self.fill()

    def on_unmount(self) -> None:
        """However this screen ends, what was written is kept; but for what the learner gave up."""
        if self._unread is None and self.area.text not in (self._known, self._refused):
            with suppress(NoteError):
                keep_note(self.tutor.home, self._ref, self.area.text, self._known)

    def fill(self) -> None:
        """Read the note and give the keys to the text."""
        try:
            self._known = read_note(self.tutor.home, self._ref)
        except NoteError as error:
            self._unread = error.message
        self.area.load_text(self._known)
        self.area.read_only = self._unread is not None
        self.area.move_cursor(self.area.document.end)
        self.area.focus()
        set_title(self.area, self.say("笔记：", "Note: ") + step_title(self.tutor, self._ref))
        self._say()

    def keep_place(self) -> Callable[[], None]:
        """The cursor; what was written is saved first, and stays here where it cannot be."""
        unkept = None if self._keep() else self.area.text
        cursor = self.area.cursor_location

        def back() -> None:
            if unkept is not None:
                self.area.load_text(unkept)
            self.area.move_cursor(cursor)

        return back

    def on_text_area_changed(self, _: TextArea.Changed) -> None:
        """A key was typed: keep it when there is a rest."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        if self.area.text != self._known and self._unread is None:
            self._rest = self.set_timer(REST, self._keep)
        self._say()

    def _keep(self) -> bool:
        """Put it on the disk; whether it is there."""
        text = self.area.text
        if self._unread is not None or text == self._known:
            return True
        try:
            self._known = keep_note(self.tutor.home, self._ref, text, self._known)
        except NoteError as error:
            self._say(error.message)
            return False
        if self._known != text:  # another window has written too
            cursor = self.area.cursor_location
            self.area.load_text(self._known)
            self.area.move_cursor(cursor)
            self.notify(
                self.say("另一处也写了这篇笔记，两边都留下了。", "It was written elsewhere too: both are kept.")
            )
        self._say()
        return True

    def _say(self, problem: Bilingual | None = None) -> None:
        """Whether what is seen is kept, and what to do next."""
        problem = problem or self._unread
        kept = self.area.text == self._known
        state = self.say("✓ 已存", "✓ kept") if kept else "…"
        if problem is not None:
            state = self.say("✗ 没存下", "✗ not kept")
        elif not self._known.strip() and kept:
            state = ""
        set_subtitle(self.area, state)
        sentence = self.say(
            "写吧，会自动存；{note.done} 写完", "Write: it is kept by itself; {note.done} when you are done"
        )
        self.query_one(NextBar).say(problem.of(self.language) if problem else sentence)

    def action_done(self) -> None:
        """Keep it and go back; where it cannot be kept, only the second time."""
        if self._keep() or self._refused == self.area.text:
            self.app.pop_screen()
            return
        self._refused = self.area.text
        self.notify(
            self.say(
                "没存下来。再按 {note.done} 就放弃这些改动。",
                "It could not be kept. {note.done} again to leave without it.",
            ),
            severity="error",
        )
