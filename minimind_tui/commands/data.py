"""`minimind-tui data list|get|add`: the data to train on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.cells import cell_len

from minimind_tui.base.home import Home
from minimind_tui.base.inert import json_line
from minimind_tui.base.terminal import can_draw
from minimind_tui.base.text import Language, Text
from minimind_tui.content.roots import bundled_root
from minimind_tui.datasets import corpora
from minimind_tui.datasets.corpora import CorpusError, Entry
from minimind_tui.datasets.kinds import KINDS

STATES: Mapping[corpora.State, Text] = {
    "built in": Text(zh="内置", en="built in"),
    "here": Text(zh="已下载", en="downloaded"),
    "added": Text(zh="自己加入", en="added"),
    "partial": Text(zh="下载了一部分", en="partly downloaded"),
    "absent": Text(zh="未下载", en="not downloaded"),
    "damaged": Text(zh="已损坏", en="damaged"),
}

STOPPED: Mapping[str, Text] = {
    "list": Text(zh="已停下。", en="Stopped."),
    "get": Text(zh="已停下。再运行一次会接着下载。", en="Stopped. Run it again to go on from here."),
    "add": Text(zh="已停下，什么也没有加入。", en="Stopped. Nothing was added."),
}
"""What ctrl+c leaves, by the verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `data`."""
    verbs = parser.add_subparsers(dest="data_verb", required=True, metavar="list|get|add")
    listing = verbs.add_parser("list", help="which data there are / 有哪些数据")
    listing.add_argument("--json", action="store_true", help="one JSON object a line / 每行一个 JSON")
    get = verbs.add_parser("get", help="download a known text / 下载一个已知的文本")
    get.add_argument("name", metavar="NAME")
    add = verbs.add_parser(
        "add", help="add a file of your own: text, or rows of JSON / 加入自己的文件：文本或 JSON 数据"
    )
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument(
        "--kind", choices=[*KINDS], help="what its rows are, else told by the first / 数据种类，默认看第一行"
    )
    add.add_argument("--name", metavar="NAME", help="its name, else the file's / 取名，默认用文件名")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Do the verb of `arguments`; 0, or 2 with the reason on the error output, or 130 when interrupted."""
    try:
        catalogue = corpora.read_catalogue(bundled_root() / "data" / "corpora.toml")
        if arguments.data_verb == "list":
            _list(corpora.listing(catalogue, home.corpora), language, as_json=arguments.json)
        elif arguments.data_verb == "get":
            _get(arguments.name, catalogue, language, home.corpora)
        else:
            _add(arguments, catalogue, language, home.corpora)
    except CorpusError as error:
        print(error.message.of(language), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(STOPPED[arguments.data_verb].of(language), file=sys.stderr)
        return 130
    return 0


def _list(entries: list[Entry], language: Language, *, as_json: bool) -> None:
    if as_json:
        for entry in entries:
            content = {
                "name": entry.name, "kind": entry.kind, "state": entry.state, "bytes": entry.size,
                "rows": entry.rows, "characters": entry.characters,
            }  # fmt: skip
            print(json_line(content))
        return
    columns = [
        [entry.name for entry in entries],
        [KINDS[entry.kind].word.of(language) for entry in entries],
        [counted(entry).of(language) for entry in entries],
    ]
    widths = [max(map(cell_len, column)) for column in columns]
    for entry, name, kind, count in zip(entries, *columns, strict=True):
        size = f"{entry.size:>14,}" if entry.size else f"{'-':>14}"
        title = f"  {entry.title.of(language)}" if entry.title else ""
        told = " " * (widths[2] - cell_len(count)) + count
        cells = f"{_padded(name, widths[0])}  {_padded(kind, widths[1])}  {told}"
        print(f"{cells} {size}  {STATES[entry.state].of(language)}{title}")


def counted(entry: Entry) -> Text:
    """How much is in a data set: its rows, else the characters of its text."""
    if entry.rows is not None:
        return Text(zh=f"{entry.rows:,} 行", en=f"{entry.rows:,} rows")
    if entry.characters is not None:
        return Text(zh=f"{entry.characters:,} 字符", en=f"{entry.characters:,} characters")
    return Text(zh="-", en="-")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


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


def _add(arguments: argparse.Namespace, catalogue: corpora.Catalogue, language: Language, folder: Path) -> None:
    shown = sys.stderr is not None and sys.stderr.isatty() and can_draw()
    try:
        path = corpora.add(arguments.file, catalogue, folder, arguments.name, arguments.kind, _show if shown else None)
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    entry = next(entry for entry in corpora.listing(catalogue, folder) if entry.name == path.stem)
    kind, count = KINDS[entry.kind].word, counted(entry)
    added = Text(
        zh=f"已加入：{path.stem}，{kind.zh}，{count.zh}（{path}）",
        en=f"Added: {path.stem}, {kind.en}, {count.en} ({path})",
    )
    print(added.of(language))
    joined = entry.joined_rows
    if joined is not None and entry.rows is not None and joined < entry.rows:
        print(
            Text(
                zh=f"读一整篇文本的实验用前 {joined:,} 行：一篇最多 {corpora.LONGEST_TEXT // 2**20} MiB。",
                en=f"Experiments that read one long text take its first {joined:,} rows: "
                f"{corpora.LONGEST_TEXT // 2**20} MiB at most.",
            ).of(language)
        )


def _show(done: int, total: int) -> None:
    """The progress on a terminal, in one line that is written over."""
    print(f"\r{done / total:>4.0%}  {done:,} / {total:,}", end="", file=sys.stderr, flush=True)
