"""A course from elsewhere may hold any code: its experiments run only after the learner said so.

What is trusted is the folder's content: with one file changed, added or renamed the question is asked again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.store import Progress


def is_bundled(root: Path) -> bool:
    """Whether this is the course that came with the program."""
    return root.resolve() == bundled_root().resolve()


def is_trusted(progress: Progress, root: Path) -> bool:
    """Whether the experiments of the course in `root` may run: the course's own always may."""
    return is_bundled(root) or progress.setting(_name(root)) is not None


def trust(progress: Progress, root: Path) -> None:
    """Remember that the learner trusts the course in `root` as it is now."""
    progress.set_setting(_name(root), "yes")


def _name(root: Path) -> str:
    return f"trusted course {digest(root)}"


def digest(root: Path) -> str:
    """A hash over the names and contents of all files under `root`, but for what Python and git put there."""
    total = hashlib.sha256()
    for folder, folders, files in os.walk(os.fsencode(root)):
        folders[:] = sorted(name for name in folders if name not in (b"__pycache__", b".git"))
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted([*files, *links]):
            path = os.path.join(folder, name)
            content = hashlib.sha256(_content(path)).digest()
            total.update(os.path.relpath(path, os.fsencode(root)) + b"\0" + content)
    return total.hexdigest()


def _content(path: bytes) -> bytes:
    """A hash of the content of a file, the target of a link to a folder, nothing for anything else."""
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            return os.readlink(path)
        if not stat.S_ISREG(kind):
            return b""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return f"errno {error.errno}".encode()
