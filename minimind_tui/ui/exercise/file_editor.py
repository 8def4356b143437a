"""The pane that a file of code is read and written in: it saves by itself, and shows what another program saves."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.timer import Timer

from minimind_tui.practice.code_file import CodeFile
from minimind_tui.practice.exercises import ExerciseError
from minimind_tui.ui.code_editor import CodeEditor
from minimind_tui.ui.external_editor import edit
from minimind_tui.ui.tutor import Tutor, tutor_of

LOOK_SECONDS = 1.0
"""How often the file is looked at: another program may have saved it."""

AUTOSAVE_SECONDS = 0.5
"""How long after the last letter the file is saved."""

NOTICE_SECONDS = 15.0


class FileEditor(CodeEditor):
    """A code editor on a `CodeFile`. `CodeEditor.Left` means that the learner has finished and the text is saved."""

    @dataclass
    class Typed(Message):
        """A letter was typed that is not saved yet."""

        editor: FileEditor

    @dataclass
    class Saved(Message):
        """What was typed is on the disk."""

        editor: FileEditor

    @dataclass
    class Reloaded(Message):
        """Another program has saved another text, which is shown now."""

        editor: FileEditor

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._file: CodeFile | None = None
        self._saving: Timer | None = None

    @property
    def writing(self) -> bool:
        """Whether keys are letters."""
        return not self.read_only

    @property
    def saved(self) -> bool:
        """Whether the disk holds what stands here."""
        return self._saving is None

    def on_mount(self) -> None:
        """Look at the file from time to time."""
        self.set_interval(LOOK_SECONDS, self._look)

    def open(self, file: CodeFile | None) -> None:
        """Show what `file` holds; None is an empty text that cannot be written in."""
        self._file = file
        text = file.text if file is not None else ""
        if self.text != text:
            self.load_text(text)

    def begin(self) -> None:
        """Let the learner type, where there is a file."""
        if self._file is not None:
            super().begin()

    def edit_elsewhere(self) -> bool:
        """Lend the terminal to the learner's own editor until it is closed; why that cannot be is said."""
        if self._file is None:
            return False
        why_not = edit(self._tutor, self._file.path)
        if why_not is None:
            self._reread()
            return True
        self.notify(why_not.of(self._tutor.language), severity="warning", timeout=NOTICE_SECONDS)
        return False

    def save(self) -> bool:
        """Save what was typed; whether there was something to save, and it is on the disk.

        It works after the screen has gone, too.
        """
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        if self._file is None or not self.writing or self.text == self._file.text:
            return False
        try:
            aside = self._file.save(self.text)
        except ExerciseError as error:
            self.complain(error)
            return False
        if aside is not None:
            self.notify(
                self._tutor.say(
                    f"这个文件同时被别的程序改过：那一份留在 {aside.name}。",
                    f"Another program has changed this file: its version is kept as {aside.name}.",
                ),
                severity="warning",
                timeout=NOTICE_SECONDS,
            )
        return True

    def complain(self, error: ExerciseError) -> None:
        """Say what is wrong with the file."""
        self.notify(error.message.of(self._tutor.language), severity="error", timeout=NOTICE_SECONDS)

    @property
    def _tutor(self) -> Tutor:
        return tutor_of(self)

    def _look(self) -> None:
        if self._file is not None and self.saved and self._file.changed():
            self._reread()

    def _reread(self) -> None:
        """Show what the file holds now."""
        assert self._file is not None
        try:
            if not self._file.reread():
                return
        except ExerciseError as error:
            self.complain(error)
            return
        cursor = self.cursor_location
        self.load_text(self._file.text)
        self.move_cursor(cursor)
        self.post_message(self.Reloaded(self))

    def _save_and_tell(self) -> None:
        if self.save():
            self.post_message(self.Saved(self))

    def on_text_area_changed(self, _: CodeEditor.Changed) -> None:
        """A letter was typed: save soon."""
        if self.writing and self._file is not None and self.text != self._file.text:
            if self._saving is not None:
                self._saving.stop()
            self._saving = self.set_timer(AUTOSAVE_SECONDS, self._save_and_tell)
            self.post_message(self.Typed(self))

    def on_code_editor_left(self, _: CodeEditor.Left) -> None:
        """The learner has pressed Esc; the screen hears of it after this."""
        self._save_and_tell()
        self.end()
