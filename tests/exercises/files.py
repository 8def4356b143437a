"""The exercises of the course."""

from __future__ import annotations

from minimind_tui.commands.check import exercise_files
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root

COURSE = load_course(bundled_root())


FILES = exercise_files(COURSE)
