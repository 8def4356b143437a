"""A screen with a file of code on it: shown, written in here or in the learner's own editor, saved by itself."""

from __future__ import annotations

from pathlib import Path

from textual.timer import Timer

from minimind_tui.practice import exercises
from minimind_tui.practice.exercises import ExerciseError
from minimind_tui.ui.code_editor import CodeEditor
from minimind_tui.ui.external_editor import edit, editor
from minimind_tui.ui.screens.base import TutorScreen

LOOK_SECONDS = 1.0
"""How often the file is looked at: another program may have saved it."""

AUTOSAVE_SECONDS = 0.5
"""How long after the last letter the file is saved."""

NOTICE_SECONDS = 15.0


class CodeScreen(TutorScreen):
    """Subclasses compose `code`, and hear of a text that is typed, saved, or saved by another program."""

    def __init__(self) -> None:
        super().__init__()
        self.code = CodeEditor()
        """What is typed in; what it holds can be kept when the screen is gone, too."""
        self.path: Path | None = None
        self.known = ""
        """What the file holds, as far as this screen knows."""
        self._signature: tuple[int, int, int] | None = None
        self._saving: Timer | None = None

    def code_typed(self) -> None:
        """A letter was typed that is not kept yet."""

    def code_kept(self) -> None:
        """What was typed is on the disk."""

    def code_new(self) -> None:
        """The file holds another text than before."""

    def code_left(self) -> None:
        """The learner has finished typing."""

    def typing_begun(self) -> None:
        """The code is typed in from now on."""

    @property
    def writing(self) -> bool:
        """Whether keys are letters."""
        return not self.code.read_only

    @property
    def saved(self) -> bool:
        """Whether the disk holds what stands here."""
        return self._saving is None

    def on_mount(self) -> None:
        """Look at the file from time to time."""
        self.set_interval(LOOK_SECONDS, self._look)

    def read(self, path: Path) -> None:
        """Take the file at `path`. Raises ExerciseError."""
        self.known = exercises.read_code(path)
        self.path = path
        self._signature = self._signature_now()

    def _signature_now(self) -> tuple[int, int, int] | None:
        if self.path is None:
            return None
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _look(self) -> None:
        """Another program may have saved the file."""
        if self.path is not None and self.saved:
            signature = self._signature_now()
            if signature is not None and signature != self._signature:
                self.reread()

    def reread(self) -> None:
        """Show what the file holds."""
        assert self.path is not None
        self._signature = self._signature_now()
        try:
            text = exercises.read_code(self.path)
        except ExerciseError as error:
            self.complain(error)
            return
        if text != self.known:
            cursor = self.code.cursor_location
            self.known = text
            self.code.load_text(text)
            self.code.move_cursor(cursor)
            self.code_new()

    def complain(self, error: ExerciseError) -> None:
        """Say what is wrong with the file."""
        self.notify(error.message.of(self.language), severity="error", timeout=NOTICE_SECONDS)

    def on_text_area_changed(self, _: CodeEditor.Changed) -> None:
        """A letter was typed: save soon."""
        if self.writing and self.code.text != self.known:
            if self._saving is not None:
                self._saving.stop()
            self._saving = self.set_timer(AUTOSAVE_SECONDS, self.keep)
            self.code_typed()

    def keep(self) -> None:
        """Save what was typed, and say so."""
        if self.save():
            self.code_kept()

    def save(self) -> bool:
        """Save what was typed; whether there was something to save, and it is on the disk."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        text = self.code.text
        if self.path is None or not self.writing or text == self.known:
            return False
        try:
            aside = exercises.save_code(self.path, text, self.known)
        except ExerciseError as error:
            self.complain(error)
            return False
        self.known, self._signature = text, self._signature_now()
        if aside is not None:
            self.notify(
                self.say(
                    f"这个文件同时被别的程序改过：那一份留在 {aside.name}。",
                    f"Another program has changed this file: its version is kept as {aside.name}.",
                ),
                severity="warning",
                timeout=NOTICE_SECONDS,
            )
        return True

    def action_edit(self) -> None:
        """The learner's own editor, else the built-in one."""
        if self.path is None or self.writing:
            return
        if not editor():
            self.action_edit_here()
            return
        why_not = edit(self.tutor, self.path)
        if why_not is None:
            self.reread()
            self.code_left()
        else:
            self.notify(why_not.of(self.language), severity="warning", timeout=NOTICE_SECONDS)
            self.action_edit_here()

    def action_edit_here(self) -> None:
        """Type in the pane itself."""
        if self.path is not None and not self.writing:
            self.code.begin()
            self.typing_begun()

    def on_code_editor_left(self, _: CodeEditor.Left) -> None:
        """Esc: kept."""
        self.keep()
        self.code.end()
        self.code_left()
