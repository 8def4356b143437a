"""Reading files that anybody may have put there: not too large, and no pipe that never ends."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path, most: int) -> BinaryIO:
    """A regular file of at most `most` bytes, open for reading. Raises OSError for anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        kind = os.fstat(descriptor)
        if not stat.S_ISREG(kind.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if kind.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of the regular file at `path`, at most `most` of them. Raises OSError for anything else."""
    with open_regular(path, most) as file:
        return file.read(os.fstat(file.fileno()).st_size)  # all of `most` would be set aside at once
