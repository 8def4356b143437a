"""Whatever the terminal and the locale are: the tutor works there, or one plain line names what is missing."""

from __future__ import annotations

import os
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from minimind_tui.base.terminal import SMALLEST
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.terminal.learner import Learner, goes_on
from tests.tiny import CODE, tiny_course

TERMS = ("xterm-256color", "xterm", "screen", "tmux", "linux", "vt100", "dumb", None)
"""Values of TERM; None where it is unset."""
CANNOT_DRAW = ("dumb", None)
LOCALES = ("zh_CN.UTF-8", "en_US.UTF-8", "C")
ENCODINGS: dict[str, dict[str, str]] = {
    "of the locale": {},
    "C without UTF-8": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
}
SIZES = ((20, 5), (40, 10), (59, 15), (60, 16), (80, 24), (300, 100))
ESCAPE = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b.?")
COLOURED = re.compile(rb"\x1b\[([0-9;]*)m")
GREYS = {0, 7, 8, 15, 16, 59, 102, 145, 188, *range(231, 256)}
"""Those of the 256 colours that have no hue."""
TALKS = CODE.replace("total = 0", 'total = 0; print("结果 naïve \u2713")')
"""An experiment that prints what not every encoding can write."""
BRAILLE = re.compile("[\u2801-\u28ff]")


def ambient(home: Path, term: str | None, locale: str, **more: str) -> dict[str, str]:
    """What a program finds in such a terminal: nothing of this process's own, no hints about encoding or colour."""
    kept = {name: value for name, value in environment(home, "en").items() if name in ("HOME", "MINIMIND_TUI_HOME")}
    return {**kept, "PATH": os.environ["PATH"], "LANG": locale, **({"TERM": term} if term else {}), **more}


def words(locale: str, chinese: str, english: str) -> str:
    """What is said in this locale."""
    return chinese if locale.startswith("zh") else english


def open_tutor(course: Path, environ: dict[str, str], columns: int = 80, rows: int = 24) -> Console:
    """The tutor on a trusted course."""
    return Console([command(), "--trust", "--course", str(course)], columns=columns, rows=rows, environment=environ)


def walk(console: Console, locale: str) -> None:
    """By keys from home to the end of a run."""
    console.wait_for(words(locale, "按 Enter 开始“小路”", "Press Enter to start “Small path”"))
    console.press("Enter")
    console.wait_for(words(locale, "标题", "Title"), "1/2", "x²")
    console.press("n")
    console.wait_for("2/2", words(locale, "按 r 运行", "Press r to run"))
    console.press("r")
    console.wait_for(words(locale, "✓ 完成", "✓ finished"), words(locale, "总数 1/3", "total 1/3"))


def leave(console: Console) -> None:
    """q; nothing was complained about."""
    console.press("q")
    assert console.wait_exit() == 0
    assert "Traceback" not in console.text


def says_in_one_line(console: Console) -> str:
    """The program has ended with one plain line; that line."""
    assert console.wait_exit() == 2
    assert not ESCAPE.search(console.written), console.written
    said = console.written.decode("utf-8")
    assert said.count("\n") == 1, said
    assert len(console.text.rstrip().split("\n")) <= 2, console.text
    return said.strip()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("term", TERMS)
def test_home_is_drawn_in_the_language_of_the_locale_or_one_line_says_why_not(
    tmp_path: Path, term: str | None, locale: str
) -> None:
    with open_tutor(tiny_course(tmp_path / "course"), ambient(tmp_path, term, locale)) as console:
        if term in CANNOT_DRAW:
            said = says_in_one_line(console)
            assert words(locale, "画不了", "cannot draw") in said
            assert f"TERM={term}" in said or term is None
            assert "export TERM=xterm-256color" in said
        else:
            start = words(locale, "按 Enter 开始“小路”", "Press Enter to start “Small path”")
            console.wait_for("MiniMind", words(locale, "走一走", "A walk"), start)
            leave(console)


@pytest.mark.parametrize(
    ("term", "locale"),
    [
        ("xterm-256color", "C"),
        ("xterm", "zh_CN.UTF-8"),
        ("screen", "en_US.UTF-8"),
        ("tmux", "zh_CN.UTF-8"),
        ("linux", "C"),
        ("vt100", "zh_CN.UTF-8"),
    ],
)
def test_a_run_by_keys_in_every_terminal(tmp_path: Path, term: str, locale: str) -> None:
    with open_tutor(tiny_course(tmp_path / "course"), ambient(tmp_path, term, locale)) as console:
        walk(console, locale)
        console.press("v")
        console.wait_for(words(locale, "✓ 成立", "✓ holds"), words(locale, "两倍：2.0", "twice: 2.0"))
        leave(console)


@pytest.mark.parametrize("encoding", ["C without UTF-8", "ascii", "latin-1"])
@pytest.mark.parametrize(("term", "locale"), [("xterm", "zh_CN.UTF-8"), ("linux", "en_US.UTF-8"), ("dumb", "C")])
def test_an_encoding_that_cannot_write_the_screen_is_refused_in_one_line(
    tmp_path: Path, term: str, locale: str, encoding: str
) -> None:
    with open_tutor(
        tiny_course(tmp_path / "course"), ambient(tmp_path, term, locale, **ENCODINGS[encoding])
    ) as console:
        said = says_in_one_line(console)
    assert "export " + ("TERM=xterm-256color" if term in CANNOT_DRAW else "LC_ALL=C.UTF-8") in said


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_refusal_is_in_words_that_the_encoding_can_write(tmp_path: Path, term: str, encoding: str) -> None:
    environ = ambient(tmp_path, term, "zh_CN.UTF-8", **ENCODINGS[encoding])
    with open_tutor(tiny_course(tmp_path / "course"), environ) as console:
        said = says_in_one_line(console)
    assert "not UTF-8" in said or "cannot draw" in said, said


def too_small(columns: int, rows: int) -> bool:
    return columns < SMALLEST[0] or rows < SMALLEST[1]


def small_sentence(console: Console) -> bool:
    """Whether the one sentence is there to its last word, for the size that the terminal has."""
    size = f"{console.screen.columns}x{console.screen.lines}"
    said = "".join(console.text.split())
    english = f"Toosmall:{size}.Needs60x16:enlargethewindow.qquits"
    chinese = f"终端太小：{size}。至少要60x16，请放大窗口。q退出"
    return said in (english, chinese)


@pytest.mark.parametrize(
    ("size", "locale"),
    [*((size, "zh_CN.UTF-8") for size in SIZES), ((20, 5), "en_US.UTF-8"), ((60, 16), "en_US.UTF-8")],
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}x{value[1]}",
)
def test_every_size_shows_the_whole_screen_or_asks_for_a_larger_one(
    tmp_path: Path, size: tuple[int, int], locale: str
) -> None:
    columns, rows = size
    environ = ambient(tmp_path, "xterm", locale)
    with open_tutor(tiny_course(tmp_path / "course"), environ, columns, rows) as console:
        if too_small(columns, rows):
            console.wait(lambda: small_sentence(console), "the whole sentence")
            console.press("Enter", "n", "r", "?", "L")
            assert small_sentence(console)
        else:
            walk(console, locale)
            console.wait(lambda: is_study(console), "a whole screen")
        leave(console)


def is_study(console: Console) -> bool:
    """Whether the study screen stands there from edge to edge: its panes' frames and the two rows at the foot."""
    lines, edge = console.text.split("\n"), console.screen.columns - 1
    if not (lines[-1].startswith(" ▶ ") and "?" in lines[-2]):
        return False
    buffer, bottom = console.screen.buffer, console.screen.lines - 3
    framed = all(buffer[row][0].data == buffer[row][edge].data == "│" for row in range(2, bottom))
    corners = (buffer[1][0].data, buffer[1][edge].data, buffer[bottom][0].data, buffer[bottom][edge].data)
    both = lines[1].count("╭") == lines[bottom].count("╰") == (2 if edge + 1 >= 100 else 1)
    return framed and corners == ("╭", "╮", "╰", "╯") and both


def test_a_run_goes_on_while_the_window_takes_every_size_and_back(learner: Learner) -> None:
    with learner.console() as console:
        view = learner.begin(console)
        here = (console.screen.columns, console.screen.lines)
        for columns, rows in (*SIZES, *reversed(SIZES[:-1]), here):
            console.resize(columns, rows)
            whole = small_sentence if too_small(columns, rows) else is_study
            console.wait(partial(whole, console), f"a whole screen of {columns}x{rows}")
            if not too_small(columns, rows):
                console.wait_for("▸ ones", "s stops")
        goes_on(view)
        console.press("s")
        console.wait_for("■ stopped", "r to run it again")
        console.pump(0.3)
        before = console.text
        console.scribble()
        console.press("Ctrl+L")
        console.wait(lambda: console.text == before, f"the same screen, drawn again:\n{before}")
        leave(console)


def colours(written: bytes) -> set[tuple[int, ...]]:
    """The numbers of all style codes."""
    found = (code for code in COLOURED.findall(written) if code)
    return {tuple(int(number or 0) for number in code.split(b";")) for code in found}


def is_grey(codes: tuple[int, ...]) -> bool:
    """Whether a style has no hue: no colour of a palette, and of the true ones only greys."""
    numbers = list(codes)
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48) and numbers[:1] == [2]:
            red, green, blue = numbers[1:4]
            numbers = numbers[4:]
            if not red == green == blue:
                return False
        elif number in (38, 48) and numbers[:1] == [5] and numbers[1] in GREYS:
            numbers = numbers[2:]
        elif number in (38, 48) or (number % 10 in range(1, 7) and number // 10 in (3, 4, 9, 10)):
            return False
    return True


def test_no_color_has_no_hue(tmp_path: Path) -> None:
    environ = ambient(tmp_path, "xterm-256color", "en_US.UTF-8", NO_COLOR="1")
    with open_tutor(tiny_course(tmp_path / "course"), environ) as console:
        walk(console, "en")
        leave(console)
    assert [codes for codes in sorted(colours(console.written)) if not is_grey(codes)] == []


@pytest.mark.parametrize(("term", "most"), [("xterm-256color", 256), ("xterm", 16), ("linux", 16)])
def test_a_terminal_gets_no_more_colours_than_it_says_it_has(tmp_path: Path, term: str, most: int) -> None:
    with open_tutor(tiny_course(tmp_path / "course"), ambient(tmp_path, term, "en_US.UTF-8")) as console:
        walk(console, "en")
        leave(console)
    assert not re.search(rb"[34]8;2;", console.written)
    assert bool(re.search(rb"[34]8;5;", console.written)) == (most == 256)


@pytest.mark.parametrize("more", [{}, {"MINIMIND_TUI_ASCII": "1"}], ids=["braille", "ascii"])
def test_curves_are_drawn_without_braille_where_the_font_has_none(tmp_path: Path, more: dict[str, str]) -> None:
    environ = ambient(tmp_path, "xterm-256color", "en_US.UTF-8", **more)
    with open_tutor(tiny_course(tmp_path / "course"), environ, 120, 40) as console:
        walk(console, "en")
        console.wait(lambda: bool(BRAILLE.search(console.text)) or more != {}, "a curve in braille")
        leave(console)
    assert bool(BRAILLE.search(console.written.decode("utf-8"))) == (more == {})


def headless(course: Path, environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A command of the command line, in pipes."""
    line = [command(), "--trust", "--course", str(course), *arguments]
    return subprocess.run(line, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)


@pytest.mark.parametrize(
    ("term", "locale", "encoding"),
    [
        ("xterm", "zh_CN.UTF-8", "of the locale"),
        (None, "C", "of the locale"),
        ("linux", "zh_CN.UTF-8", "C without UTF-8"),
        ("dumb", "en_US.UTF-8", "ascii"),
        ("vt100", "zh_CN.UTF-8", "ascii"),
        (None, "C", "latin-1"),
    ],
)
def test_a_run_without_a_screen_in_every_encoding(tmp_path: Path, term: str | None, locale: str, encoding: str) -> None:
    course = tiny_course(tmp_path / "course", TALKS)
    environ = ambient(tmp_path, term, locale, **ENCODINGS[encoding])
    for arguments in (["run", "count"], ["show", "last"]):
        done = headless(course, environ, *arguments)
        assert done.returncode == 0, done
        assert b"Traceback" not in done.stdout + done.stderr
        assert not ESCAPE.search(done.stdout + done.stderr)
        assert b"small/count  finished" in done.stdout
        if encoding == "of the locale":
            assert words(locale, "两倍：2.0", "twice: 2.0") in done.stdout.decode("utf-8")


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "en_US.UTF-8"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_report_is_in_words_that_the_encoding_can_write(tmp_path: Path, encoding: str, locale: str) -> None:
    environ = ambient(tmp_path, "xterm", locale, **ENCODINGS[encoding])
    done = headless(tiny_course(tmp_path / "course"), environ, "run", "count")
    assert "twice: 2.0" in done.stdout.decode("latin-1"), done.stdout.decode("latin-1")


@pytest.mark.parametrize("term", TERMS)
def test_a_report_on_a_terminal(tmp_path: Path, term: str | None) -> None:
    course = tiny_course(tmp_path / "course", TALKS)
    locale = LOCALES[TERMS.index(term) % len(LOCALES)]
    for arguments in (["run", "count"], ["show", "last"]):
        line = [command(), "--trust", "--course", str(course), *arguments]
        with Console(line, columns=80, rows=40, environment=ambient(tmp_path, term, locale)) as console:
            assert console.wait_exit() == 0
        assert "Traceback" not in console.text
        assert words(locale, "两倍：2.0", "twice: 2.0") in console.text
        others = {found for found in ESCAPE.findall(console.written) if not COLOURED.fullmatch(found)}
        assert others <= {b"\x1b[K"}, "nothing but colours, and the line that is written over"


@pytest.mark.parametrize("term", CANNOT_DRAW)
def test_a_terminal_that_knows_no_escape_sequences_gets_none(tmp_path: Path, term: str | None) -> None:
    line = [command(), "--trust", "--course", str(tiny_course(tmp_path / "course")), "run", "count"]
    with Console(line, columns=80, rows=24, environment=ambient(tmp_path, term, "en_US.UTF-8")) as console:
        assert console.wait_exit() == 0
    assert not ESCAPE.findall(console.written)
