"""A course in which every text is hostile, its harmless twin, and a walk through either by the same keys."""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import combining

import pyte
from wcwidth import wcwidth

from tests.terminal.command import command
from tests.terminal.console import Console
from tests.tiny import COURSE, MODULE, SPEC, tiny_course

Spoil = Callable[[str], str]
"""What becomes of a text of the course."""
Walked = dict[str, tuple[str, list[tuple[int, int, str]]]]
"""For each stop of a walk: the screen's text, and its frames."""

COLUMNS, ROWS = 120, 40
QUICKLY = 10.0
"""Seconds in which a long text must be open."""

SEQUENCES = {
    "colours and erasing": "\x1b[31;5mred\x1b[2J\x1b[1;1H\x1b[?1049l",
    "title": "\x1b]0;pwned\x07",
    "clipboard": "\x1b]52;c;cHduZWQ=\x1b\\",
    "hyperlink": "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "device strings": "\x1bPq#0\x1b\\\x1b_Gi=1\x1b\\\x1b^x\x1b\\\x1bXy\x1b\\\x1bc",
    "torn": "\x1b[",
    "control codes": "a\x00b\x07c\x08\x08d\x0be\x0cf\x0e\x0f\x7fg\rh",
    "C1": "\x9b31mred\x9d0;pwned\x9c\x85\x90q\x9c",
    "directions": "\u202eabc\u202c\u2066x\u2069\u200e\u200f\u061c",
}
"""What would command a terminal."""
SHAPES = {
    "markup": "[red]x[/red][/][/bold][@click=app.quit]y[/][link=http://evil.example]z[/link][$primary]",
    "html": '<script>alert(1)</script><img src="x">&#27;[31m',
    "markdown": "**b** `c` ![i](http://evil.example/i.png) [l](http://evil.example) | t | $x$ {{a}} {0} {measure!r}",
    "zero width": "\u200b\u200c\u200d\ufeff\u2060" * 20,
    "Zalgo": "Z" + "\u0301\u0336\u0489" * 60 + "o" + "\u20e3" * 30,
    "lines": "p\nq\n\n\tr\u2028s\u2029t\r\nu",
    "wide": "中文" * 8 + "한국어" + "\uff21\uff22",
    "frames": "│╭──╮╰╯█▀▄",
    "long": "A" * 600,
}
"""What would break a layout, or be taken for a style."""
EVERYTHING = " ".join([*SEQUENCES.values(), *SHAPES.values()])
FILE_NAME = "\x1b]0;pwned\x07\x1b[2J[red]x[bold]\u202e\x9b31m\x85\n\u200bzz"
"""A name that file systems take."""
FORBIDDEN = re.compile("[\x00\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
KIND = re.compile(
    rb"\x1b\[(?P<private>[?<=>][0-9;]*)?[0-9;:]*(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|\x1b(?P<string>[\]PX^_])(?P<number>[0-9]*)|\x1b(?P<short>.)",
    re.DOTALL,
)

CODE = """
import json
from pathlib import Path
TEXTS = {name: json.loads(text) for name, text in PLACEHOLDER}
def run(settings, record):
    record.plan(settings.steps)
    for step in range(1, settings.steps + 1):
        record.metric(step, total=step * settings.by, **{TEXTS["metric"]: step})
    if settings.steps == 6:
        print(TEXTS["output"])
        print(TEXTS["output"].encode("utf-8", "surrogatepass")[:-1] + bytes([255, 27]))
        raise ValueError(TEXTS["error"])
    record.layer(TEXTS["layer"], [1.0, 2.0])
    for name in ("one", "two"):
        labels = [TEXTS["label"], "plain", TEXTS["label"]]
        record.matrix(TEXTS["matrix"] + name, [[0.0, 1.0, 0.5]] * 3, row_labels=labels, column_labels=labels)
    record.sample(TEXTS["sample"], prompt=TEXTS["prompt"])
    record.reference(TEXTS["reference"], 3.0)
    record.note(TEXTS["note"], TEXTS["note"])
"""
NAMES = ("metric", "output", "error", "layer", "label", "matrix", "sample", "prompt", "reference", "note")
LESSON = """# {title}

{text} **bold** `code` [a link](https://example.org) ![a picture](x.png)

- {text}

> {text}

| a | b |
| - | - |
| {text} | c |

```python
{text}
```

{{{{small/count: twos.total | .0f}}}} $x^2$

The end.
"""


def quoted(text: str) -> str:
    """A TOML string."""
    return '"' + re.sub(r'[\x00-\x1f"\\\x7f-\x9f]', lambda sign: f"\\u{ord(sign[0]):04x}", text) + '"'


def toml(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value).lower()


def spoilt(value: Any, spoil: Spoil) -> Any:
    """The tables of a file with every sentence spoilt; names and numbers stay."""
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return {language: spoil(text) for language, text in value.items()}
        return {name: spoilt(item, spoil) for name, item in value.items()}
    return [spoilt(item, spoil) for item in value] if isinstance(value, list) else value


def both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def spec(spoil: Spoil) -> dict[str, Any]:
    """The tiny experiment with every kind of view and question added to it."""
    tables = tomllib.loads(SPEC)
    tables["plots"] += [
        {"id": "steps", "kind": "line", "metric": spoil("metric"), "title": both("Steps"), "y_label": both("axis")},
        {"id": "layers", "kind": "layers", "metric": spoil("layer"), "title": both("Layers")},
        {"id": "bars", "kind": "bars", "metric": "total", "title": both("Bars"), "y_label": both("caption")},
        {"id": "heat", "kind": "heatmap", "metric": spoil("matrix"), "title": both("Heat"), "item": both("item")},
        {"id": "written", "kind": "samples", "title": both("Written")},
    ]
    tables["parameters"] += [
        {"name": "pick", "kind": "choice", "label": both("Pick"), "default": spoil("first"),
         "choices": [spoil("first"), spoil("second")], "help": both("help")},
    ]  # fmt: skip
    tables["try_next"] = [{"question": both("try this"), "set": {"steps": 6}, "answer": both("so it goes")}]
    tables["prediction"] = {
        "question": both("What comes?"),
        "choices": [{"id": "more", "text": both("more")}, {"id": "less", "text": both("less")}],
        "answer": "more",
        "rests_on": ["twice"],
        "explanation": both("so it is"),
    }
    return tables


def make_course(root: Path, spoil: Spoil) -> Path:
    """A course in which everything that a file may say is spoilt."""
    tiny_course(root)
    course = tomllib.loads(COURSE)
    course["modules"][0]["topics"] = [both("a topic")]
    files = {
        "lessons/course": course,
        "lessons/small/module": tomllib.loads(MODULE),
        "experiments/small/count": spec(spoil),
    }
    for name, tables in files.items():
        lines = [f"{key} = {toml(value)}\n" for key, value in spoilt(tables, spoil).items()]
        (root / f"{name}.toml").write_text("".join(lines), encoding="utf-8")
    for name in ("start", "count"):
        for language in ("zh", "en"):
            text = LESSON.format(title=spoil("Title"), text=spoil("text"))
            (root / f"lessons/small/{name}.{language}.md").write_text(text, encoding="utf-8", newline="")
    texts = repr([(name, json.dumps(spoil(name))) for name in NAMES])
    code = CODE.replace("PLACEHOLDER", texts) + f"# {spoil('comment')!a}\n"
    (root / "experiments/small/count.py").write_text(code, encoding="utf-8")
    return root


def harmless(text: str) -> str:
    return text


def hostile(text: str) -> str:
    return f"{text} [red]x[/red] {EVERYTHING}"


class Narrow(pyte.ByteStream):
    """Draws sign by sign, as xterm and the Linux console do: joiners and selectors take no place and join nothing.

    pyte itself would drop what stands behind one of them.
    """

    def __init__(self, screen: pyte.Screen) -> None:
        super().__init__(screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def feed(self, data: bytes) -> None:  # type: ignore[override]  # as pyte's own
        """Draw these bytes."""
        text = self._decode(data)
        super().feed("".join(s for s in text if s < "\u0300" or combining(s) or wcwidth(s) != 0).encode("utf-8"))


class NarrowConsole(Console):
    """A console of one size that draws sign by sign."""

    def __init__(self, arguments: list[str], environ: dict[str, str], rows: int = ROWS) -> None:
        super().__init__([command(), *arguments], columns=COLUMNS, rows=rows, environment=environ)
        self._stream = Narrow(self.screen)

    def settle(self) -> None:
        """Until nothing changes any more."""
        before = ""
        while self.text != before:
            before = self.text
            self.pump(0.15)


def frames(console: Console) -> list[tuple[int, int, str]]:
    """The corners of what is framed on the screen, and its sides."""
    buffer = console.screen.buffer
    cells = [(row, column, buffer[row][column].data) for row in range(ROWS) for column in range(COLUMNS)]
    corners = {column for _, column, sign in cells if sign and sign in "╭╮╰╯"}
    return [cell for cell in cells if cell[2] and cell[2] in ("╭╮╰╯│" if cell[1] in corners else "╭╮╰╯")]


class Walk:
    """Goes through a course by keys, and notes what is seen at each stop."""

    def __init__(self, console: NarrowConsole) -> None:
        self.console = console
        self.seen: Walked = {}

    def at(self, stop: str, *words: str) -> None:
        """A stop: the words are on the screen, and it has settled."""
        self.console.wait_for(*words)
        self.console.settle()
        assert stop not in self.seen
        self.seen[stop] = (self.console.text, frames(self.console))

    def go(self) -> Walked:
        """All of it, from home to the end."""
        at, press = self.at, self.console.press
        at("home", "Press Enter to start", "? Help")
        press("[")
        at("roadmap", "01 Small module", "Does it work?", "Enter to open")
        press("Esc")
        at("home again", "Press Enter to start")
        press("?")
        at("help", "Keys on this screen")
        press("Esc", "Enter")
        at("lesson", "Title")
        press("End")
        at("end of the lesson", "The end.")
        press("n")
        at("lab", "Does it count?", "Press r: predict")
        press("End")
        at("design", "Press r")
        press("o")
        at("parameters", "Parameters", "‹ 5 ›")
        press("Esc")
        at("lab again", "Press r")
        press("c")
        at("code", "count.py", "import json")
        press("v")
        at("spec", "count.toml", "format")
        press("Esc")
        at("lab once more", "Press r")
        press("r")
        at("prediction", "Predict first, then run", "What comes?")
        press("b", "Enter")
        at("total", "✓ finished", "─ total ")
        for view in ("Steps", "Layers", "Bars", "Heat", "Written"):
            press("v")
            at(view, f"─ {view} ")
        press("v")
        at("findings", "✗ you said", "7/8")
        press("End")
        at("notes", "7/8")
        press("L")
        at("findings in Chinese", "✗ 没说中", "7/8")
        press("L")
        at("findings in English", "✗ you said")
        press("o", "6", "Enter")
        at("failed", "✗ failed")
        while "Reason: ValueError" not in self.console.text:
            press("V")
            self.console.settle()
        at("reason", "Reason: ValueError", "7/8")
        press("End")
        at("output", "7/8")
        press("n")
        at("end of the path", "is done")
        press("Esc")
        at("home at the end", "MiniMind", "? Help")
        press("q")
        assert self.console.wait_exit() == 0
        return self.seen
