"""`minimind-tui clean`: remove old runs and what they made. It says what that frees, and does it only when told to."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, find_run
from minimind_tui.run.artifacts import ABOUT, Artifact, InUse, Shelf, in_use, remove
from minimind_tui.run.models import NotFound, everything, named
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.stop import delete, size_of

DAY = 24 * 3600
DEFAULT_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `clean` takes."""
    parser.add_argument(
        "run", metavar="NAME", nargs="*", help="these runs and artifacts; a run that goes on is stopped / 指定的"
    )
    parser.add_argument(
        "--days",
        type=_days,
        default=DEFAULT_DAYS,
        metavar="N",
        help=f"else those not used for N days, {DEFAULT_DAYS} by default / 否则是 N 天没用过的",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="also those that others, which stay, were made from / 别的模型由它做成、还留着的，也删",
    )
    parser.add_argument("--yes", action="store_true", help="remove them / 真的删除")


def _days(text: str) -> int:
    """So many days; argparse says what is wrong with anything else."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days: give 0, 1, 2, …")
    return int(text)


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """List what is chosen and its size; with --yes remove it. 1 where something could not be removed."""
    before = time.time() - arguments.days * DAY
    folders: list[Path] = []
    if arguments.run:
        runs, artifacts = _asked_for(home, arguments.run)
    else:
        runs = [each for each in list_runs(home) if each.state in ENDINGS and each.created < before]
        old = [each for each in Shelf(home.artifacts).all() if _used(each) < before]
        artifacts = old if arguments.all else without_ancestors(old, home, {each.id for each in runs})
        folders = [folder for folder in Shelf(home.artifacts).torn() if folder.stat().st_mtime < before]
    cleaning = Cleaning(home, language, really=arguments.yes)
    for info in runs:
        cleaning.run(info)
    things: list[Artifact | Path] = [*artifacts, *folders]
    for each in things:
        cleaning.artifact(each)
    cleaning.say_sum()
    return 1 if cleaning.kept else 0


class Cleaning:
    """Removes one after the other, or says only what that would free, and counts."""

    def __init__(self, home: Home, language: Language, *, really: bool) -> None:
        self.home, self.language, self.really = home, language, really
        self.runs = self.artifacts = self.freed = self.kept = 0

    def run(self, info: RunInfo) -> None:
        """A run, with the models that it has kept."""
        folder = self.home.runs / info.id
        if in_use(folder / "models"):
            self._stays(info.id, Text(zh="有运行正在用它的模型", en="a run is using its model"))
            return
        try:
            size = delete(self.home, info.id) if self.really else size_of(folder)
        except OSError as error:
            self._stays(info.id, _reason(error))
            return
        print(f"{inert(info.id)}  {_moment(info.created)}  {info.state:<9}{size / 1e6:>9,.1f} MB")
        self.runs, self.freed = self.runs + 1, self.freed + size

    def artifact(self, each: Artifact | Path) -> None:
        """An artifact; a path is the folder of one that is damaged."""
        folder = each if isinstance(each, Path) else each.path.parent
        try:
            size, line = size_of(folder), self._line(each)
            if in_use(folder):
                raise InUse
            if self.really:
                remove(folder)
        except InUse:
            self._stays(each.name, Text(zh="有运行正在用它", en="a run is using it"))
            return
        except OSError as error:
            self._stays(each.name, _reason(error))
            return
        name, rest = line
        print(f"{inert(name)}{size / 1e6:>9,.1f} MB{inert(rest)}")
        self.artifacts, self.freed = self.artifacts + 1, self.freed + size

    def _line(self, each: Artifact | Path) -> tuple[str, str]:
        """What it is, and what removing it costs."""
        chinese = self.language == "zh"
        if isinstance(each, Path):
            return f"{each.name[:16]}  {'已损坏' if chinese else 'damaged'}", ""
        heirs = [thing.name for thing in everything(self.home) if each.key in _ancestors(thing)]
        seconds = f"{each.about.seconds:,.0f} s"
        rest = f"  再做一次约 {seconds}" if chinese else f"  made again in {seconds}"
        if heirs:
            listing = ", ".join(heirs[:3]) + (" …" if len(heirs) > 3 else "")
            rest += f"；由它而来：{listing}" if chinese else f"; from it came {listing}"
        return f"{each.name}  {_moment(each.about.made)}  {each.about.kind:<9}", rest

    def _stays(self, name: str, why: Text) -> None:
        print(f"{inert(name)}: {why.of(self.language)}", file=sys.stderr)
        self.kept += 1

    def say_sum(self) -> None:
        """How much it was, or would be."""
        runs, artifacts, amount = self.runs, self.artifacts, f"{self.freed / 1e6:,.1f} MB"
        if not runs and not artifacts:
            if not self.kept:
                print(Text(zh="没有可清理的。", en="There is nothing to clean.").of(self.language))
            return
        english = [f"{runs} run{'s' * (runs != 1)}"] * (runs > 0)
        english += [f"{artifacts} artifact{'s' * (artifacts != 1)}"] * (artifacts > 0)
        chinese = [f"{runs} 次运行"] * (runs > 0) + [f"{artifacts} 个做出来的模型或分词器"] * (artifacts > 0)
        what = Text(zh="、".join(chinese), en=" and ".join(english))
        said = Text(zh=f"删了{what.zh}，腾出 {amount}", en=f"{what.en} removed, {amount} freed")
        if not self.really:
            said = Text(
                zh=f"{what.zh}，删掉会腾出 {amount}。加上 --yes 才真的删除。",
                en=f"{what.en} would be removed, {amount} freed. Nothing is removed without --yes.",
            )
        print(said.of(self.language))


def _asked_for(home: Home, names: list[str]) -> tuple[list[RunInfo], list[Artifact]]:
    """The runs and artifacts of these names. Raises UsageError for what is neither."""
    runs, artifacts = [], []
    for name in names:
        try:
            artifacts.append(named(Shelf(home.artifacts).all(), name))
        except NotFound:
            try:
                runs.append(find_run(home, name))
            except UsageError as error:
                more = Text(
                    zh=f"{error.message.zh} 做出来的模型：minimind-tui models。",
                    en=f"{error.message.en} What runs have made: minimind-tui models.",
                )
                raise UsageError(more) from error
    return runs, artifacts


def _used(artifact: Artifact) -> float:
    """When it was last begun from, or made."""
    try:
        return (artifact.path.parent / ABOUT).stat().st_mtime
    except OSError:
        return 0.0


def without_ancestors(chosen: list[Artifact], home: Home, gone: set[str]) -> list[Artifact]:
    """Those of `chosen` from which nothing descends that stays; the runs `gone` go, with the models that they kept."""
    leaving = {each.key for each in chosen}
    staying = [each for each in everything(home) if each.key not in leaving and each.about.run not in gone]
    needed = {stage.key for each in staying for stage in each.lineage}
    return [each for each in chosen if each.key not in needed]


def _ancestors(thing: Artifact) -> set[str]:
    return {stage.key for stage in thing.lineage[:-1]}


def _reason(error: OSError) -> Text:
    reason = error.strerror or str(error)
    return Text(zh=reason, en=reason)


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
