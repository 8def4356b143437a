"""Where the learner's things lie: runs, progress, downloads. Nothing is created here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

NAME = "minimind-tui"


@dataclass(frozen=True)
class Home:
    """The folders of one learner on one machine."""

    data: Path
    cache: Path
    config: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Home:
        """The folder named by MINIMIND_TUI_HOME for everything, else the platform's own places."""
        named = environ.get("MINIMIND_TUI_HOME")
        if named:
            root = Path(named).expanduser().absolute()
            return cls(root / "data", root / "cache", root / "config")
        return cls(
            platformdirs.user_data_path(NAME),
            platformdirs.user_cache_path(NAME),
            platformdirs.user_config_path(NAME),
        )

    @property
    def runs(self) -> Path:
        """One folder a run."""
        return self.data / "runs"

    @property
    def slots(self) -> Path:
        """Locks that bound how many runs train at once."""
        return self.data / "slots"

    @property
    def queue(self) -> Path:
        """Tickets of the runs that wait for a slot."""
        return self.data / "queue"

    @property
    def database(self) -> Path:
        """Progress, predictions, settings."""
        return self.data / "progress.sqlite3"

    @property
    def corpora(self) -> Path:
        """Downloaded and added texts."""
        return self.cache / "corpora"
