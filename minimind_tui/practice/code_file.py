"""The learner's file of an exercise, as this program last knew it: another editor may write it at any time."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.practice.exercises import read_code, save_code


class CodeFile:
    """A file of code and the text that was last read from it or saved to it. Making one raises ExerciseError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._signature = self._signature_now()
        self.text = read_code(path)

    def _signature_now(self) -> tuple[int, int, int] | None:
        """Time of the last change, size, inode; None where there is no such file at the moment."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def changed(self) -> bool:
        """Whether another program has written the file since it was last read or saved here."""
        signature = self._signature_now()
        return signature is not None and signature != self._signature

    def reread(self) -> bool:
        """Read the file again; whether its text is another one. Raises ExerciseError, once for each change."""
        self._signature = self._signature_now()
        before, self.text = self.text, read_code(self.path)
        return self.text != before

    def save(self, text: str) -> Path | None:
        """Write `text`. Where another program wrote meanwhile, its version is kept at the path that is returned.

        Raises ExerciseError; the text is not on the disk then, and not taken for it.
        """
        aside = save_code(self.path, text, self.text)
        self.text, self._signature = text, self._signature_now()
        return aside
