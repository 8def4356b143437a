"""Downloads a known corpus: resumed after a lost connection, verified, and put in place whole or not at all.

What has arrived lies in `<target>.part`. Only a file of the right size and SHA-256 is renamed to its target,
so that no reader ever meets half a text.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import CorpusError, Known, Progress, unwritable

CHUNK: Final = 1 << 16
TIMEOUT_SECONDS: Final = 20.0
"""Seconds of silence after which a connection counts as lost."""

MOST_ATTEMPTS: Final = 5
"""The most connections for one file; each one after the first resumes where the last was lost."""


def download(known: Known, target: Path, progress: Progress | None = None) -> None:
    """Download `known` to `target`. Raises CorpusError, which names the fix; the part that arrived is kept."""
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            _fetch_all(known, part, progress)
            if _sha256(part) != known.sha256:
                part.unlink()
                raise CorpusError(_mismatch(known))
            os.replace(part, target)
    except urllib.error.HTTPError as error:
        raise CorpusError(_refused(known, error)) from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise CorpusError(_unreachable(known, error)) from error
    except OSError as error:
        raise unwritable(target.parent, error) from error


def _fetch_all(known: Known, part: Path, progress: Progress | None) -> None:
    """Fill `part` to its full size, connecting again as long as each attempt brings some bytes."""
    if _size(part) > known.size:
        part.unlink()
    for _ in range(MOST_ATTEMPTS):
        before = _size(part)
        if before == known.size:
            break
        failure: Exception | None = None
        try:
            _fetch(known, part, progress)
        except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
            failure = error
        if _size(part) <= before:
            raise failure or _cut(known, part)
    if _size(part) != known.size:
        raise _cut(known, part)


def _fetch(known: Known, part: Path, progress: Progress | None) -> None:
    """Use one connection: fetch the rest of the file if the server supports that, else all of it from the start."""
    here = _size(part)
    with _open(known, here) as response:
        continues = here > 0 and response.status == 206
        here = here if continues else 0
        with part.open("ab" if continues else "wb") as file:
            while here < known.size and (chunk := _read(response, min(CHUNK, known.size - here))):
                file.write(chunk)
                here += len(chunk)
                if progress is not None:
                    progress(here, known.size)
            file.flush()
            os.fsync(file.fileno())


def _open(known: Known, start: int) -> http.client.HTTPResponse:
    """The server's answer from byte `start` on, or from 0 where it cannot begin at `start`."""
    headers = {"User-Agent": "minimind-tui"} | ({"Range": f"bytes={start}-"} if start else {})
    request = urllib.request.Request(known.url, headers=headers)
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if start and error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            error.close()
            return _open(known, 0)
        raise
    begins = response.headers.get("Content-Range", "")
    if start and response.status == http.HTTPStatus.PARTIAL_CONTENT and not begins.startswith(f"bytes {start}-"):
        response.close()
        return _open(known, 0)
    return response


def _read(response: http.client.HTTPResponse, size: int) -> bytes:
    """The next bytes of the response. Every error is raised as an error of the connection, not of the disk."""
    try:
        return response.read(size)
    except (http.client.HTTPException, OSError) as error:
        raise ConnectionError(str(error)) from error


def _cut(known: Known, part: Path) -> ConnectionError:
    return ConnectionError(f"{_size(part):,} / {known.size:,} bytes")


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the lock of `target`, so that two downloads never write the same file."""
    with target.with_name(target.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CorpusError(
                Text(
                    zh=f"{target.stem} 正由另一个 minimind-tui 下载。请等它完成。",
                    en=f"Another minimind-tui is downloading {target.stem}. Wait for it to finish.",
                )
            ) from None
        yield


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _elsewhere(known: Known) -> Text:
    """The advice to download the file elsewhere and to add it."""
    command = f"minimind-tui data add FILE --name {known.name}"
    return Text(
        zh=f"也可以用别的办法取得这个文件（{known.url}），再运行 `{command}`。",
        en=f"Or get the file another way ({known.url}) and run `{command}`.",
    )


def _mismatch(known: Known) -> Text:
    way = _elsewhere(known)
    return Text(
        zh=f"下载的 {known.name} 与约定的 SHA-256 不符，已丢弃。"
        f"请再运行一次 `minimind-tui data get {known.name}`。{way.zh}",
        en=f"What arrived is not {known.name} (its SHA-256 differs) and was thrown away. "
        f"Run `minimind-tui data get {known.name}` again. {way.en}",
    )


def _refused(known: Known, error: urllib.error.HTTPError) -> Text:
    way = _elsewhere(known)
    return Text(
        zh=f"服务器没有给出 {known.name}：HTTP {error.code}。请稍后再试。{way.zh}",
        en=f"The server did not give {known.name}: HTTP {error.code}. Try again later. {way.en}",
    )


def _unreachable(known: Known, error: Exception) -> Text:
    way = _elsewhere(known)
    reason = getattr(error, "reason", None) or error
    return Text(
        zh=f"没能从网络取得 {known.name}：{reason}。已到的部分保留着；联网后再运行 "
        f"`minimind-tui data get {known.name}` 会接着下载。{way.zh}",
        en=f"Could not fetch {known.name}: {reason}. What arrived is kept: once online, "
        f"`minimind-tui data get {known.name}` goes on from there. {way.en}",
    )
