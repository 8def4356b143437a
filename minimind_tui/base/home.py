"""Where the learner's things lie: runs, progress, downloads. Nothing is created here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
    """Whether a path can be written down: a file's name may be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Home:
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

    @property
    def artifacts(self) -> Path:
        """What runs have made and later runs may begin from, one folder each."""
        return self.cache / "artifacts"

    @property
    def notes(self) -> Path:
        """The learner's notes, `<module>/<lesson or experiment>.md`."""
        return self.data / "notes"

    @property
    def exercises(self) -> Path:
        """What the learner wrote for the exercises, `<module>/<exercise>.py`."""
        return self.data / "exercises"

    @property
    def reports(self) -> Path:
        """What is kept of unexpected errors."""
        return self.data / "reports"

    @property
    def keys(self) -> Path:
        """The learner's own keys."""
        return self.config / "keys.toml"
