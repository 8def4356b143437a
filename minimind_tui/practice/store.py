"""What the learner did, in one SQLite file: steps done, predictions, answers, reviews, place, settings.

Each write is its own transaction in WAL mode, so what the screen has acknowledged survives a kill.
A file that cannot be read is set aside under a new name, never overwritten; where nothing can be
written at all, the course goes on in memory and `Progress.warning` says so.
"""

from __future__ import annotations

import errno
import itertools
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from minimind_tui.base.text import Text

SCHEMA_VERSION = 2
BUSY_SECONDS = 5.0
MAGIC = b"SQLite format 3\0"
FORMATS = {1, 2}
"""What SQLite writes behind it: a rollback journal, or WAL. It takes a file of any other number as read-only."""
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLite's codes for a file that cannot be this database: damaged, another format, other tables."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS done (kind TEXT, ref TEXT, at REAL, PRIMARY KEY (kind, ref));
CREATE TABLE IF NOT EXISTS prediction (experiment TEXT PRIMARY KEY, choice TEXT, at REAL);
CREATE TABLE IF NOT EXISTS place (path TEXT PRIMARY KEY, step INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS watched (run TEXT PRIMARY KEY, at REAL);
CREATE TABLE IF NOT EXISTS confidence (experiment TEXT PRIMARY KEY, chance REAL);
CREATE TABLE IF NOT EXISTS outcome (experiment TEXT PRIMARY KEY, came_true INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS answer (question TEXT, at REAL, chosen TEXT, score REAL, PRIMARY KEY (question, at));
CREATE TABLE IF NOT EXISTS review (item TEXT, at REAL, grade INTEGER, PRIMARY KEY (item, at));
CREATE TABLE IF NOT EXISTS attempt (exercise TEXT, at REAL, passed INTEGER, seconds REAL, PRIMARY KEY (exercise, at));
CREATE TABLE IF NOT EXISTS hint (exercise TEXT PRIMARY KEY, level INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS spent (what TEXT, day TEXT, machine TEXT, seconds REAL, PRIMARY KEY (what, day, machine));
"""
TABLES = (
    "done",
    "prediction",
    "place",
    "setting",
    "watched",
    "confidence",
    "outcome",
    "answer",
    "review",
    "attempt",
    "hint",
    "spent",
)
"""All tables. Repeated events have a row each, so that the work of two machines can be merged."""


class Place(NamedTuple):
    """Where the learner stopped: the path's id and the index of its step."""

    path: str
    step: int


class Progress:
    """The learner's state. Open it once a process; every method commits before it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning: Text | None = None
        self.on_warning: Callable[[Text], None] | None = None
        """Hears of a warning that comes later."""
        self._database = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.path.exists():
                if not self.path.is_file():
                    raise OSError(errno.EINVAL, "not a regular file")
                self._examine()
            return self._connect(str(self.path))
        except sqlite3.DatabaseError as error:
            return self._set_aside(error)
        except OSError as error:
            return self._in_memory(error)

    def _examine(self) -> None:
        """Raise DatabaseError where the file is not ours or damaged, as far as possible without writing into it."""
        with self.path.open("rb") as file:
            head = file.read(len(MAGIC) + 4)
        if head.startswith(MAGIC) and not {*head[len(MAGIC) + 2 :]} <= FORMATS:
            raise sqlite3.DatabaseError("written in a format of the future")
        try:
            self._check("ro")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            self._check("rw")  # a write was interrupted, and has to be taken back first

    def _check(self, mode: str) -> None:
        with closing(self._connection(f"mode={mode}")) as database:
            if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("its integrity check failed")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if not 0 <= version <= SCHEMA_VERSION:
                raise sqlite3.DatabaseError(f"written by a newer version ({version})")
            ours = _objects(_memory())
            for kind, name, statement in _objects(database):
                wanted = next((item for item in ours if item[1] == name), None)
                if kind in ("trigger", "view") or wanted not in (None, (kind, name, statement)):
                    raise sqlite3.DatabaseError(f"{kind} {name} is not the one of this program")

    def _connection(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS)

    def _connect(self, where: str) -> sqlite3.Connection:
        database = sqlite3.connect(where, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            database.text_factory = lambda content: content.decode("utf-8", "replace")
            _when_free(lambda: database.execute("PRAGMA journal_mode=WAL"))
            database.execute("PRAGMA synchronous=NORMAL")
            if not _is_current(database):  # opening writes nothing where nothing is missing: the disk may be full
                database.executescript(_SCHEMA)
                database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        except BaseException:
            database.close()
            raise
        return database

    def _set_aside(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Move a damaged file out of the way, and start a new one beside it.

        Only a damaged one: on a full disk, or where another process holds it, the file itself is sound.
        """
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in DAMAGED or not self.path.is_file():
            return self._in_memory(error)
        aside = self._free_name()
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                beside = self.path.with_name(self.path.name + suffix)
                if beside.exists():
                    beside.rename(aside.with_name(aside.name + suffix))
            database = self._connect(str(self.path))
        except (OSError, sqlite3.DatabaseError) as second:
            return self._in_memory(second)
        self._warn(
            Text(
                zh=f"进度文件读不出来（{error}）。它已改名为 {aside}，没有删除；现在用一个新的。",
                en=f"The progress file could not be read ({error}). It is kept as {aside}; a new one starts.",
            )
        )
        return database

    def _free_name(self) -> Path:
        """The name for a damaged file: that of the second, with a number where the second has had one."""
        moment = time.strftime("%Y%m%d-%H%M%S")
        for number in itertools.count(1):
            name = f"{self.path.stem}-damaged-{moment}{'' if number == 1 else f'-{number}'}.sqlite3"
            if not (aside := self.path.with_name(name)).exists():
                break
        return aside

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        """Go on in memory, with what can still be read of the file."""
        database = self._connect(":memory:")
        for table in TABLES:
            with suppress(sqlite3.DatabaseError):
                for row in self._rows_of(table):
                    database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        self._warn(
            Text(
                zh=f"进度存不进 {self.path}（{error}）。可以继续学，但关闭后不会记住；请检查磁盘空间和文件夹权限。",
                en=f"Progress cannot be saved in {self.path} ({error}). You can go on, but it is forgotten "
                "on leaving; check the disk's space and the folder's permissions.",
            )
        )
        return database

    def _rows_of(self, table: str) -> list[tuple[Any, ...]]:
        if not self.path.is_file():
            return []
        for mode in ("mode=ro", "immutable=1"):  # on a disk that cannot be written, SQLite needs to be told so
            with suppress(sqlite3.DatabaseError), closing(self._connection(mode)) as database:
                return database.execute(f"SELECT * FROM {table}").fetchall()
        return []

    def _warn(self, warning: Text) -> None:
        self.warning = warning
        if self.on_warning is not None:
            self.on_warning(warning)

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """One statement, committed when this returns; where the file fails, in memory from now on."""
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:  # the disk is full, or the file was damaged while it was open
            before, self._database = self._database, self._in_memory(error)
            before.close()
            return self._database.execute(statement, values).fetchall()

    def together(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Make a change of many statements: all of it is kept when this returns, or nothing.

        Raises DatabaseError where it could not be kept: it is not tried in memory.
        """
        database = self._database
        _when_free(lambda: database.execute("BEGIN IMMEDIATE"))
        try:
            change(database)
            database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.DatabaseError):
                database.execute("ROLLBACK")
            raise

    def mark_done(self, kind: str, ref: str) -> None:
        """Store that the step `kind` `ref` is done; a repetition keeps the first time."""
        self.execute("INSERT OR IGNORE INTO done VALUES (?, ?, ?)", kind, ref, time.time())

    def done(self) -> set[tuple[str, str]]:
        """All steps done, as (kind, ref)."""
        rows = self.execute("SELECT kind, ref FROM done WHERE typeof(kind) = 'text' AND typeof(ref) = 'text'")
        return {(kind, ref) for kind, ref in rows}

    def predict(self, experiment: str, choice: str) -> None:
        """Commit to a prediction. The first one stands: later runs do not change it."""
        self.execute("INSERT OR IGNORE INTO prediction VALUES (?, ?, ?)", experiment, choice, time.time())

    def prediction(self, experiment: str) -> str | None:
        """The choice committed to before the first run; the empty string where it was skipped."""
        return self._text("SELECT choice FROM prediction WHERE experiment = ?", experiment)

    def _text(self, statement: str, name: str) -> str | None:
        rows = self.execute(statement, name)
        return rows[0][0] if rows and isinstance(rows[0][0], str) else None

    def set_place(self, path: str, step: int) -> None:
        """Store the step of `path` at which the learner is."""
        self.execute("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", path, step, time.time())

    def place(self, path: str | None = None) -> Place | None:
        """Where the learner was last, on `path` or on any."""
        rows = self.execute(
            "SELECT path, step FROM place WHERE (?1 IS NULL OR path = ?1) AND typeof(path) = 'text' "
            "AND typeof(step) = 'integer' ORDER BY at DESC LIMIT 1",
            path,
        )
        return Place(*rows[0]) if rows else None

    def setting(self, name: str) -> str | None:
        """A remembered choice, such as the language or the theme."""
        return self._text("SELECT value FROM setting WHERE name = ?", name)

    def set_setting(self, name: str, value: str) -> None:
        """Remember a choice."""
        self.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def watch(self, run_id: str) -> None:
        """Store that the learner has begun a run whose end is not seen yet."""
        self.execute("INSERT OR IGNORE INTO watched VALUES (?, ?)", run_id, time.time())

    def unwatch(self, run_id: str) -> None:
        """Store that the learner has seen the end of the run."""
        self.execute("DELETE FROM watched WHERE run = ?", run_id)

    def watched(self) -> list[str]:
        """The runs whose end the learner has not seen, the oldest first."""
        return [run for (run,) in self.execute("SELECT run FROM watched WHERE typeof(run) = 'text' ORDER BY at")]

    def close(self) -> None:
        """Close the file. Nothing is lost without it."""
        self._database.close()


def _when_free(change: Callable[[], object]) -> None:
    """Make a change for which SQLite does not wait by itself while another process holds the file."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            change()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _is_current(database: sqlite3.Connection) -> bool:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return version == SCHEMA_VERSION and set(TABLES) <= {name for _, name, _ in _objects(database)}


def _memory() -> sqlite3.Connection:
    """An empty database of this version."""
    database = sqlite3.connect(":memory:")
    database.executescript(_SCHEMA)
    return database


def _objects(database: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    """(kind, name, statement) of everything that a database is made of."""
    return database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
