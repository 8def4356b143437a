"""`minimind-tui models`: the models and tokenizers that runs have made, and what each came from."""

from __future__ import annotations

import argparse
import time

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert, json_line
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError
from minimind_tui.run.artifacts import Artifact
from minimind_tui.run.descent import Stage, in_one_line
from minimind_tui.run.events import finite
from minimind_tui.run.models import LATEST, NotFound, everything, named

ABILITIES = {
    "writes": Text(zh="会写", en="writes"),
    "talks": Text(zh="会写，会对话", en="writes, talks"),
    "tokens": Text(zh="分词器", en="tokenizer"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `models` takes."""
    parser.add_argument(
        "what", nargs="?", choices=("list", "show"), default="list", help="all of them, or one / 全部，或一个"
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="of which `show` tells all / 要看的那一个")
    parser.add_argument("--json", action="store_true", help="one JSON object a line / 每行一个 JSON")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """List them, the newest first, or show one with its whole line of descent."""
    things = everything(home)
    if arguments.what == "show":
        if arguments.name is None:
            raise UsageError(
                Text(zh="要看哪一个？minimind-tui models show 名字", en="Which one? minimind-tui models show NAME")
            )
        try:
            things = [named(things, LATEST if arguments.name == "last" else arguments.name)]
        except NotFound as error:
            raise UsageError(error.message) from error
    for thing in things:
        if arguments.json:
            print(json_line(finite(as_object(thing))))
        elif arguments.what == "show":
            _show(thing, language)
        else:
            print(f"{inert(thing.name)}  {_moment(thing.about.made)}")
            print(f"    {in_short(thing, language)}")
            print(f"    {inert(in_one_line(thing.lineage))}")
    if not things and not arguments.json:
        print(
            Text(
                zh="还没有模型。跑一个会存下模型的实验：minimind-tui run block/train-your-own",
                en="There are none yet. Run an experiment that keeps a model: minimind-tui run block/train-your-own",
            ).of(language)
        )
    return 0


def as_object(thing: Artifact) -> dict[str, object]:
    """What `--json` prints of one."""
    about = thing.about
    return {
        "name": thing.name, "kind": about.kind, "can": about.can, "experiment": about.experiment, "run": about.run,
        "parameters": about.parameters, "seed": about.seed, "weights": about.weights, "bytes": about.bytes,
        "tokenizer": about.tokenizer, "made": about.made, "seconds": about.seconds, "file": str(thing.path),
        "lineage": [stage.name for stage in thing.lineage],
    }  # fmt: skip


def in_short(thing: Artifact, language: Language) -> str:
    """What it can do, its size and its tokenizer."""
    about = thing.about
    parts = [ABILITIES[about.can].of(language)]
    if about.kind == "model":
        weights = f"{about.weights / 1e6:.2f} M"
        parts.append(f"{weights} 个参数" if language == "zh" else f"{weights} parameters")
    parts += [inert(about.tokenizer), f"{about.bytes / 1e6:,.1f} MB", inert(about.experiment or about.run)]
    return " · ".join(parts)


def _show(thing: Artifact, language: Language) -> None:
    about, chinese = thing.about, language == "zh"
    print(f"{inert(thing.name)}  {_moment(about.made)}")
    print(f"    {in_short(thing, language)}")
    print(f"    {inert(str(thing.path))}")
    print("由来，最早的在前：" if chinese else "Its line of descent, the first one first:")
    for number, stage in enumerate(thing.lineage, 1):
        print(f"{number:>3}  {_stage(stage, chinese)}")


def _stage(stage: Stage, chinese: bool) -> str:
    """One line: the name, when it was made, and with which parameters."""
    values = "  ".join(f"{name}={value}" for name, value in stage.parameters.items())
    seed = f"{'种子' if chinese else 'seed'}={stage.seed}"
    moment = _moment(stage.made) if stage.made else ""
    return inert("  ".join(part for part in (stage.name, stage.experiment, moment, seed, values) if part))


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
