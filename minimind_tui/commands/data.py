"""`minimind-tui data list|get|add`: the texts to train on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text
from minimind_tui.content.roots import bundled_root
from minimind_tui.datasets import corpora
from minimind_tui.datasets.corpora import CorpusError

STATES: Mapping[corpora.State, Text] = {
    "built in": Text(zh="内置", en="built in"),
    "here": Text(zh="已下载", en="downloaded"),
    "added": Text(zh="自己加入", en="added"),
    "partial": Text(zh="下载了一部分", en="partly downloaded"),
    "absent": Text(zh="未下载", en="not downloaded"),
    "damaged": Text(zh="已损坏", en="damaged"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `data`."""
    verbs = parser.add_subparsers(dest="data_verb", required=True, metavar="list|get|add")
    verbs.add_parser("list", help="which texts there are / 有哪些文本")
    get = verbs.add_parser("get", help="download a known text / 下载一个已知的文本")
    get.add_argument("name", metavar="NAME")
    add = verbs.add_parser("add", help="add a text file of your own / 加入自己的文本文件")
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument("--name", metavar="NAME", help="its name, else the file's / 取名，默认用文件名")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Do the verb of `arguments`; 0, or 2 with the reason on the error output, or 130 when interrupted."""
    try:
        catalogue = corpora.read_catalogue(bundled_root() / "data" / "corpora.toml")
        if arguments.data_verb == "list":
            _list(catalogue, language, home.corpora)
        elif arguments.data_verb == "get":
            _get(arguments.name, catalogue, language, home.corpora)
        else:
            path = corpora.add(arguments.file, catalogue, home.corpora, arguments.name)
            print(Text(zh=f"已加入：{path.stem}（{path}）", en=f"Added: {path.stem} ({path})").of(language))
    except CorpusError as error:
        print(error.message.of(language), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        stopped = Text(zh="已停下。再运行一次会接着下载。", en="Stopped. Run it again to go on from here.")
        print(stopped.of(language), file=sys.stderr)
        return 130
    return 0


def _list(catalogue: corpora.Catalogue, language: Language, folder: Path) -> None:
    entries = corpora.listing(catalogue, folder)
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        size = f"{entry.size:>12,}" if entry.size else f"{'-':>12}"
        title = f"  {entry.title.of(language)}" if entry.title else ""
        print(f"{entry.name:<{width}} {size}  {STATES[entry.state].of(language)}{title}")


def _get(name: str, catalogue: corpora.Catalogue, language: Language, folder: Path) -> None:
    if name == corpora.BUILT_IN:
        print(Text(zh=f"{name} 是内置的，不用下载。", en=f"{name} is built in: nothing to download.").of(language))
        return
    shown = sys.stderr.isatty()
    try:
        path = corpora.get(name, catalogue, folder, _show if shown else None)
    finally:
        if shown:
            print(file=sys.stderr)
    print(Text(zh=f"{name} 已就绪：{path}", en=f"{name} is ready: {path}").of(language))


def _show(done: int, total: int) -> None:
    """The progress on a terminal, in one line that is written over."""
    print(f"\r{done / total:>4.0%}  {done:,} / {total:,}", end="", file=sys.stderr, flush=True)
