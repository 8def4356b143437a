"""Text that is made to harm the terminal or the layout stays text, wherever it comes from.

The same walk is done through a harmless course and through one whose every text is hostile: the bytes that reach
the terminal are of the same kinds, and the frames stand where they stood.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.command import command, environment
from tests.terminal.hostile import (
    COLUMNS,
    EVERYTHING,
    FILE_NAME,
    FORBIDDEN,
    KIND,
    QUICKLY,
    ROWS,
    NarrowConsole,
    Spoil,
    Walk,
    Walked,
    harmless,
    hostile,
    make_course,
)
from tests.tiny import home_in, tiny_course


def kinds(written: bytes) -> set[bytes]:
    """The kinds of escape sequence: final byte with its private parameters, a string's number, a single letter."""
    found = set()
    for match in KIND.finditer(written):
        parts = match.groupdict(b"") if match["final"] else {"short": match[0]}
        found.add(b"".join(parts.get(name) or b"" for name in ("private", "between", "final", "short")))
    return found


def folder_of(root: Path, name: str) -> Path:
    """A folder for one learner, under a name of its own."""
    folder = root / name
    folder.mkdir(parents=True)
    return folder


def walk_through(root: Path, name: str, spoil: Spoil) -> tuple[Walked, bytes]:
    """The whole walk: what was seen, and the bytes behind it."""
    folder = folder_of(root, name)
    course = make_course(folder / "course", spoil)
    with NarrowConsole(["--trust", "--course", str(course)], environment(folder, "en")) as console:
        return Walk(console).go(), console.written


@pytest.fixture(scope="module")
def harmless_walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Walked, bytes]:
    """What the walk looks like where nobody means harm."""
    return walk_through(tmp_path_factory.mktemp("harmless"), "learner", harmless)


@pytest.fixture(scope="module")
def hostile_walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Walked, bytes]:
    """The same where everything is hostile, the folders' names too."""
    return walk_through(tmp_path_factory.mktemp("hostile"), FILE_NAME, hostile)


def test_the_whole_walk_can_be_done(harmless_walk: tuple[Walked, bytes], hostile_walk: tuple[Walked, bytes]) -> None:
    assert harmless_walk[0].keys() == hostile_walk[0].keys()


def test_no_escape_sequence_of_a_kind_that_the_app_does_not_send(
    harmless_walk: tuple[Walked, bytes], hostile_walk: tuple[Walked, bytes]
) -> None:
    assert kinds(hostile_walk[1]) - kinds(harmless_walk[1]) == set()
    assert b"pwned" not in b"".join(re.findall(rb"\x1b[\]PX^_][^\x07\x1b]*", hostile_walk[1]))


def test_no_control_code_and_no_mark_of_direction(
    harmless_walk: tuple[Walked, bytes], hostile_walk: tuple[Walked, bytes]
) -> None:
    sent = hostile_walk[1].decode("utf-8")
    assert set(FORBIDDEN.findall(sent)) == set()
    codes = {code: [written.count(code) for code, written in ((code, w) for _, w in (harmless_walk, hostile_walk))]
             for code in (bytes([number]) for number in range(32)) if code != b"\x1b"}  # fmt: skip
    assert {code for code, (before, now) in codes.items() if now and not before} == set()


def test_the_frames_stand_where_they_stood(
    harmless_walk: tuple[Walked, bytes], hostile_walk: tuple[Walked, bytes]
) -> None:
    for stop, (_, before) in harmless_walk[0].items():
        if stop not in ("parameters", "prediction"):  # as high as their text
            screen, now = hostile_walk[0][stop]
            assert set(before) <= set(now), f"{stop}: {sorted(set(before) - set(now))[:5]}\n{screen}"


def test_the_foot_is_always_there(hostile_walk: tuple[Walked, bytes]) -> None:
    for stop, (screen, _) in hostile_walk[0].items():
        keys, following = screen.split("\n")[-2:]
        if stop not in ("parameters", "prediction"):
            assert following.startswith(" ▶ "), f"{stop}\n{screen}"
            assert "Esc " in keys or "? " in keys, f"{stop}\n{screen}"


def test_markup_is_shown_as_it_was_written(hostile_walk: tuple[Walked, bytes]) -> None:
    for stop in ("home", "roadmap", "lesson", "lab", "parameters", "prediction", "total", "Written", "findings",
                 "reason", "end of the path"):  # fmt: skip
        assert "[red]x[/red]" in hostile_walk[0][stop][0], f"{stop}\n{hostile_walk[0][stop][0]}"


def test_a_flood_of_marks_is_cut(hostile_walk: tuple[Walked, bytes]) -> None:
    marks = re.compile("[\u0300-\u036f\u0489\u20d0-\u20f0]{9,}")
    assert max(map(len, marks.findall(hostile_walk[1].decode("utf-8"))), default=0) == 0


@pytest.mark.parametrize(
    "sign",
    ["\u2764\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "a\u200db"],
    ids=["selector", "joined", "modified", "joined letters"],
)
def test_signs_that_terminals_measure_differently_move_no_frame(tmp_path: Path, sign: str) -> None:
    course = make_course(tmp_path / "course", lambda text: f"{text} {sign}")
    with NarrowConsole(["--trust", "--course", str(course)], environment(tmp_path, "en")) as console:
        console.wait_for("Press Enter to start")
        console.press("Enter", "n")
        console.wait_for("Press r: predict", "The end.")
        console.settle()
        rows = [console.screen.buffer[row] for row in range(2, ROWS - 3)]
        sides = [[row[column].data for column in (0, 53, 54, COLUMNS - 1)] for row in rows]
        assert sides == [["│"] * 4] * len(rows), console.text


def test_a_torn_sequence_does_not_swallow_what_follows(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "torn\x1b]0;pwned")
    assert b"--trust" in tutor(tmp_path, "--course", str(course), "run", "count").stderr


@contextmanager
def opened(folder: Path, course: Path, home: str = "tutor") -> Iterator[NarrowConsole]:
    """The tutor at home, on a trusted course, with the learner's things in a folder of any name."""
    environ = {**environment(folder, "en"), "MINIMIND_TUI_HOME": str(folder / home)}
    with NarrowConsole(["--trust", "--course", str(course)], environ) as console:
        console.wait_for("Press Enter to start")
        yield console


def forged_run(home: Path, name: str) -> None:
    """The folder of a run that nobody started, with hostile words in its request and its log."""
    folder = home_in(home).runs / name
    folder.mkdir(parents=True)
    request = {"format": 1, "experiment": f"[red]x[/] {EVERYTHING}", "course_root": "/", "seed": 1,
               "parameters": {EVERYTHING: EVERYTHING}}  # fmt: skip
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    started = {"v": 1, "t": 1.0, "kind": "started", "experiment": EVERYTHING, "seed": 1, "arms": [EVERYTHING],
               "parameters": {EVERYTHING: EVERYTHING}}  # fmt: skip
    failed = {"v": 1, "t": 2.0, "kind": "failed", "reason": EVERYTHING, "log_tail": [EVERYTHING] * 3}
    log = "".join(json.dumps(event) + "\n" for event in (started, failed))
    (folder / "events.jsonl").write_text(log, encoding="utf-8")


def is_clean(written: bytes) -> None:
    """No code of a hostile text is among these bytes."""
    assert set(FORBIDDEN.findall(written.decode("utf-8"))) == set()
    assert b"pwned" not in b"".join(re.findall(rb"\x1b[\]PX^_][^\x07\x1b]*", written))


def test_the_history_shows_hostile_names(tmp_path: Path) -> None:
    forged_run(tmp_path / "tutor", FILE_NAME)
    with opened(tmp_path, make_course(tmp_path / "course", harmless)) as console:
        console.press("R")
        console.wait_for("Started", "✗ failed", "[red]x[/]")
        console.press("x")
        console.wait_for("Delete this run?")
        console.press("Esc", "Esc", "q")
        assert console.wait_exit() == 0
        is_clean(console.written)


def test_the_history_shows_hostile_titles_and_parameters(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", lambda text: f"{text} [red]x[/red][/]")
    environ = environment(tmp_path, "en")
    arguments = ["--trust", "--course", str(course), "run", "count", "--set", "pick=second [red]x[/red][/]"]
    subprocess.run([command(), *arguments], env=environ, check=True, capture_output=True)
    with opened(tmp_path, course) as console:
        console.press("R")
        console.wait_for("Counting [red]x[/red][/]", "pick=second [red]x[/red][/]", "✓ finished")


def test_the_palette_shows_hostile_titles(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", lambda text: f"{text} [red]x[/red][/]")
    with opened(tmp_path, course) as console:
        console.press("Ctrl+P")
        console.wait_for("Small path [red]x[/red][/]")
        console.press("C", "o", "u")
        console.wait_for("Counting [red]x[/red][/]")
        console.press("Esc")
        console.wait_gone("Counting")
        console.press("q")
        assert console.wait_exit() == 0


def test_a_notice_names_a_hostile_folder(tmp_path: Path) -> None:
    home = "[red]x[bold][/x"
    runs = tmp_path / home / "data" / "runs"
    runs.parent.mkdir(parents=True)
    runs.write_text("not a folder", encoding="utf-8")
    with opened(tmp_path, tiny_course(tmp_path / "course"), home) as console:
        console.press("Enter", "n")
        console.wait_for("Press r to run")
        console.press("r")
        console.wait_for("Cannot start")
        console.wait(lambda: home in "".join(console.text.split()), "the folder's name")


LONG_TEXTS = {
    "one word": "x" * 190_000,
    "one line of words": "word " * 38_000,
    "one paragraph of lines": ("word " * 900 + "\n") * 42,
    "one paragraph of long words": ("y" * 4000 + "\n") * 47,
    "marks": "Z" + "\u0301" * 95_000,
    "Chinese": "中" * 63_000,
}


@pytest.mark.alone
@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS)
def test_a_long_lesson_opens_quickly_and_keys_answer(tmp_path: Path, text: str) -> None:
    course = tiny_course(tmp_path / "course")
    (course / "lessons/small/start.en.md").write_text(f"# Title\n\nbefore\n\n{text}\n\nThe end.\n", encoding="utf-8")
    with opened(tmp_path, course) as console:
        begun = time.monotonic()
        console.press("Enter")
        console.wait_for("before", "1/2")
        console.press("End")
        console.wait_for("The end.")
        console.press("n")
        console.wait_for("2/2", "Press r to run")
        assert time.monotonic() - begun < QUICKLY


def test_a_lesson_of_a_megabyte_is_refused_with_its_reason(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    (course / "lessons/small/start.en.md").write_text("x" * 1_000_000, encoding="utf-8")
    with opened(tmp_path, course) as console:
        console.press("Enter")
        console.wait_for("This lesson cannot be opened", "too large")
        lesson = "".join(re.findall(r"^│ (.*?) *│", console.text, re.MULTILINE))
        assert "lessons/small/start.en.md" in lesson, "the file is named, however long the way to it"
        console.press("n")
        console.wait_for("2/2", "Press r to run")


def tutor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A command of the command line, in pipes; what it says is inert, however it ends."""
    done = subprocess.run([command(), *arguments], env=environment(folder, "en"), capture_output=True, timeout=120)
    for output in (done.stdout, done.stderr):
        assert b"\x1b" not in output, output
        assert set(re.findall("[\x00-\x08\x0b-\x1f\x7f]", output.decode("utf-8"))) == set(), arguments
        is_clean(output)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8")
    return done


def test_the_command_line_says_everything_inertly(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, FILE_NAME)
    course = make_course(folder / "course", hostile)
    here = ["--course", str(course)]
    assert b"elsewhere" in tutor(folder, *here, "run", "count").stderr
    assert tutor(folder, "--trust", *here, "run", "count").returncode == 0
    assert b"ValueError" in tutor(folder, *here, "run", "count", "--set", "steps=6").stdout
    forged_run(folder / "tutor", FILE_NAME)
    names = (EVERYTHING.replace("\0", ""), FILE_NAME)
    for arguments in (
        ["show", "last"], ["runs"], ["show", FILE_NAME], ["check"], ["clean", "--days", "-1"], ["data", "list"],
        ["doctor"],
        *(["show", name] for name in names), *(["run", name] for name in names), *(["stop", name] for name in names),
        *(["clean", name] for name in names), *(["resume", name] for name in names),
        *(["data", "get", name] for name in names), *(["data", "add", name] for name in names),
        *(["run", "count", "--set", name] for name in names),
        *(["run", "count", "--set", f"{name}=1"] for name in names),
        *(["run", "count", "--set", f"pick={name}"] for name in names), *([name] for name in names),
        *(["run", "count", "--seed", name] for name in names),
    ):  # fmt: skip
        tutor(folder, *here, *arguments)
    (course / "lessons/small/start.en.md").write_text(
        ":::code " + FILE_NAME.replace(" ", "") + " x\n{{" + EVERYTHING, encoding="utf-8"
    )
    assert tutor(folder, *here, "check").returncode == 1
    (course / "lessons/course.toml").write_text(EVERYTHING, encoding="utf-8")
    assert tutor(folder, *here, "check").returncode == 2


def test_json_gives_the_strings_back_as_they_were(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", hostile)
    done = tutor(tmp_path, "--trust", "--course", str(course), "run", "count", "--json")
    assert done.returncode == 0
    for line in (done.stdout.splitlines()[-1], tutor(tmp_path, "show", "last", "--json").stdout):
        found = json.loads(line)
        assert found["parameters"]["pick"] == hostile("first")
        assert set(found["arms"]["ones"]) == {"total", hostile("metric")}
    assert json.loads(tutor(tmp_path, "runs", "--json").stdout)["parameters"]["pick"] == hostile("first")


def test_a_report_on_a_terminal_has_colours_and_no_other_codes(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", hostile)
    for steps in ("5", "6"):
        with NarrowConsole(["--trust", "--course", str(course), "run", "count", "--set", f"steps={steps}"],
                      environment(tmp_path, "en")) as console:  # fmt: skip
            assert console.wait_exit() == (0 if steps == "5" else 1)
        assert kinds(console.written) <= {b"m", b"K"}
        is_clean(console.written)
