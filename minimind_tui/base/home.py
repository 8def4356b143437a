"""Where the learner's things lie: runs, progress, downloads. Nothing is created here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs

from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Text

NAME = "minimind-tui"


NO_HOME = Text(
    zh="找不到你的主目录。请先运行 export MINIMIND_TUI_HOME=/某个/可写的文件夹。",
    en="You have no home folder here. First run export MINIMIND_TUI_HOME=/a/folder/you/can/write.",
)


class HomeError(Refusal):
    """There is no folder for the learner's things; `message` names the fix."""


def is_text(path: Path) -> bool:
    """Whether `path` can be encoded as text: a file name may consist of any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


class Home(NamedTuple):
    """The folders of one learner on one machine."""

    data: Path
    cache: Path
    config: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Home:
        """The folder named by MINIMIND_TUI_HOME for everything, else the platform's own places.

        Raises HomeError where neither names a folder that can be used.
        """
        named = environ.get("MINIMIND_TUI_HOME")
        if named:
            root = Path(os.path.expanduser(named)).absolute()
            home = cls(root / "data", root / "cache", root / "config")
        else:
            try:
                folders = (
                    platformdirs.user_data_path(NAME),
                    platformdirs.user_cache_path(NAME),
                    platformdirs.user_config_path(NAME),
                )
            except RuntimeError:  # a user whom the machine does not know, in a container say
                raise HomeError(NO_HOME) from None
            home = cls(*folders)
            if not home.data.is_absolute():  # it would become a folder called ~
                raise HomeError(NO_HOME)
        if not is_text(home.data):
            raise HomeError(
                Text(
                    zh=f"文件夹名不是 UTF-8：{home.data}。请把 MINIMIND_TUI_HOME 设到别处。",
                    en=f"The folder's name is not UTF-8: {home.data}. Set MINIMIND_TUI_HOME to another one.",
                )
            )
        return home

    @classmethod
    def of_run(cls, folder: Path) -> Home:
        """The home that a run's folder lies in: its slots are counted there."""
        found = cls.from_environment()
        return cls(folder.parent.parent, found.cache, found.config)

    @property
    def runs(self) -> Path:
        """The folder that holds a folder for each run."""
        return self.data / "runs"

    @property
    def slots(self) -> Path:
        """The folder of the lock files that bound how many runs train at once."""
        return self.data / "slots"

    @property
    def queue(self) -> Path:
        """The folder of the tickets of runs that wait for a slot."""
        return self.data / "queue"

    @property
    def database(self) -> Path:
        """The SQLite file of progress, predictions and settings."""
        return self.data / "progress.sqlite3"

    @property
    def corpora(self) -> Path:
        """The folder of the texts that were downloaded or added."""
        return self.cache / "corpora"

    @property
    def artifacts(self) -> Path:
        """What runs have made and later runs may begin from, one folder each."""
        return self.cache / "artifacts"

    @property
    def notes(self) -> Path:
        """The folder of the learner's notes, `<module>/<lesson or experiment>.md`."""
        return self.data / "notes"

    @property
    def exercises(self) -> Path:
        """The folder of the learner's code for the exercises, `<module>/<exercise>.py`."""
        return self.data / "exercises"

    @property
    def passed(self) -> Path:
        """What of the learner's code has passed on this machine: a hash for each exercise."""
        return self.data / "passed"

    @property
    def reports(self) -> Path:
        """The folder of the reports about unexpected errors."""
        return self.data / "reports"

    @property
    def keys(self) -> Path:
        """The file of the learner's own key bindings."""
        return self.config / "keys.toml"
