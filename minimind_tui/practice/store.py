"""What the learner did, in one SQLite file: steps done, predictions, place, settings.

Each write is its own transaction in WAL mode, so what the screen has acknowledged survives a kill.
A file that cannot be read is set aside under a new name, never overwritten; where nothing can be
written at all, the course goes on in memory and `Progress.warning` says so.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from minimind_tui.content.schema import Text

SCHEMA_VERSION = 1
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLite's codes for a file that cannot be this database: damaged, another format, other tables."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS done (kind TEXT, ref TEXT, at REAL, PRIMARY KEY (kind, ref));
CREATE TABLE IF NOT EXISTS prediction (experiment TEXT PRIMARY KEY, choice TEXT, at REAL);
CREATE TABLE IF NOT EXISTS place (path TEXT PRIMARY KEY, step INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS watched (run TEXT PRIMARY KEY, at REAL);
"""
_TABLES = ("done", "prediction", "place", "setting", "watched")


@dataclass(frozen=True)
class Place:
    """Where the learner stopped: the path's id and the index of its step."""

    path: str
    step: int


class Progress:
    """The learner's state. Open it once a process; every method commits before it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning: Text | None = None
        self._database = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._connect(str(self.path))
        except sqlite3.DatabaseError as error:
            return self._set_aside(error)
        except OSError as error:
            return self._in_memory(error)

    def _connect(self, where: str) -> sqlite3.Connection:
        database = sqlite3.connect(where, timeout=5.0, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check failed")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise sqlite3.DatabaseError(f"written by a newer version ({version})")
            database.executescript(_SCHEMA)
            for table in _TABLES:
                database.execute(f"SELECT * FROM {table} LIMIT 1")
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
        aside = self.path.with_name(f"{self.path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3")
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                beside = self.path.with_name(self.path.name + suffix)
                if beside.exists():
                    beside.rename(aside.with_name(aside.name + suffix))
            database = self._connect(str(self.path))
        except (OSError, sqlite3.DatabaseError) as second:
            return self._in_memory(second)
        self.warning = Text(
            zh=f"进度文件读不出来（{error}）。它已改名为 {aside}，没有删除；现在用一个新的。",
            en=f"The progress file could not be read ({error}). It is kept as {aside}; a new one starts.",
        )
        return database

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        self.warning = Text(
            zh=f"进度存不进 {self.path}（{error}）。可以继续学，但关闭后不会记住；请检查磁盘空间和文件夹权限。",
            en=f"Progress cannot be saved in {self.path} ({error}). You can go on, but it is forgotten "
            "on leaving; check the disk's space and the folder's permissions.",
        )
        return self._connect(":memory:")

    def _write(self, statement: str, *values: object) -> None:
        try:
            self._database.execute(statement, values)
        except sqlite3.OperationalError as error:
            kept = {table: self._database.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}
            self._database = self._in_memory(error)
            for table, rows in kept.items():
                for row in rows:
                    marks = ",".join("?" * len(row))
                    self._database.execute(f"INSERT INTO {table} VALUES ({marks})", row)
            self._database.execute(statement, values)

    def mark_done(self, kind: str, ref: str) -> None:
        """The step `kind` `ref` is done. Doing it again keeps the first time."""
        self._write("INSERT OR IGNORE INTO done VALUES (?, ?, ?)", kind, ref, time.time())

    def done(self) -> set[tuple[str, str]]:
        """All steps done, as (kind, ref)."""
        return {(kind, ref) for kind, ref in self._database.execute("SELECT kind, ref FROM done")}

    def predict(self, experiment: str, choice: str) -> None:
        """Commit to a prediction. The first one stands: later runs do not change it."""
        self._write("INSERT OR IGNORE INTO prediction VALUES (?, ?, ?)", experiment, choice, time.time())

    def prediction(self, experiment: str) -> str | None:
        """The choice committed to before the first run; the empty string where it was skipped."""
        row = self._database.execute("SELECT choice FROM prediction WHERE experiment = ?", (experiment,)).fetchone()
        return None if row is None else str(row[0])

    def set_place(self, path: str, step: int) -> None:
        """Remember where the learner is."""
        self._write("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", path, step, time.time())

    def place(self, path: str | None = None) -> Place | None:
        """Where the learner was last, on `path` or on any."""
        row = self._database.execute(
            "SELECT path, step FROM place WHERE ?1 IS NULL OR path = ?1 ORDER BY at DESC LIMIT 1", (path,)
        ).fetchone()
        return None if row is None else Place(str(row[0]), int(row[1]))

    def setting(self, name: str) -> str | None:
        """A remembered choice, such as the language or the theme."""
        row = self._database.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Remember a choice."""
        self._write("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def watch(self, run_id: str) -> None:
        """The learner has begun a run and will want to know what became of it."""
        self._write("INSERT OR IGNORE INTO watched VALUES (?, ?)", run_id, time.time())

    def unwatch(self, run_id: str) -> None:
        """The learner has seen how it ended."""
        self._write("DELETE FROM watched WHERE run = ?", run_id)

    def watched(self) -> list[str]:
        """The runs whose end the learner has not seen, the oldest first."""
        return [str(run) for (run,) in self._database.execute("SELECT run FROM watched ORDER BY at")]

    def close(self) -> None:
        """Close the file. Nothing is lost without it."""
        self._database.close()
