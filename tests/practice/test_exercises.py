"""The learner's file begins as the starter and is never written over; tries, hints and passing are kept at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.cli import main
from minimind_tui.content.course import Course
from minimind_tui.exercise.checker import CaseResult, Outcome
from minimind_tui.practice import exercises
from minimind_tui.practice.exercises import CourseExercise, ExerciseError
from minimind_tui.practice.mastery import mastery
from minimind_tui.practice.store import Progress
from minimind_tui.run.own_code import passed_code
from tests.tiny import home_in
from tests.tiny_practice import SOLUTION, STARTER

TITLE = Text(zh="题", en="title")
PASSED = Outcome([CaseResult("check_it", TITLE, "passed")])
FAILED = Outcome([CaseResult("check_it", TITLE, "failed", Text(zh="差", en="off"))])


@pytest.fixture
def double(course: Course) -> CourseExercise:
    found = exercises.find(course, "small/double")
    assert found is not None
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


def test_the_file_is_made_once_and_kept(course: Course, home: Home, double: CourseExercise) -> None:
    path = exercises.open_file(course, home, double)
    assert path == home.exercises / "small/double.py"
    assert exercises.read_code(path) == STARTER
    path.write_text("mine", encoding="utf-8")
    assert exercises.read_code(exercises.open_file(course, home, double)) == "mine"


def test_a_reset_keeps_the_old_file_under_the_next_number(course: Course, home: Home, double: CourseExercise) -> None:
    path = exercises.open_file(course, home, double)
    for number, text in enumerate(("first", "second"), 1):
        path.write_text(text, encoding="utf-8")
        aside = exercises.reset(course, home, double)
        assert aside is not None
        assert (aside.name, aside.read_text(encoding="utf-8")) == (f"double.{number}.py", text)
        assert exercises.read_code(path) == STARTER


def test_what_another_program_wrote_meanwhile_is_kept_beside(
    course: Course, home: Home, double: CourseExercise
) -> None:
    path = exercises.open_file(course, home, double)
    assert exercises.save_code(path, "mine", STARTER) is None
    path.write_text("theirs", encoding="utf-8")
    aside = exercises.save_code(path, "mine again", "mine")
    assert aside is not None
    assert aside.read_text(encoding="utf-8") == "theirs"
    assert exercises.read_code(path) == "mine again"


def test_a_file_behind_a_link_is_written_where_it_lies(
    course: Course, home: Home, double: CourseExercise, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text("there", encoding="utf-8")
    path = exercises.file_of(home, double)
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    assert exercises.read_code(exercises.open_file(course, home, double)) == "there"
    exercises.save_code(path, "new", "there")
    assert path.is_symlink()
    assert elsewhere.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 300_000])
def test_a_file_that_cannot_be_read_is_named_and_left_alone(home: Home, double: CourseExercise, content: bytes) -> None:
    path = exercises.file_of(home, double)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(ExerciseError) as raised:
        exercises.read_code(path)
    assert str(path) in raised.value.message.en
    assert path.read_bytes() == content


def test_a_folder_in_the_way_is_named(course: Course, home: Home, double: CourseExercise) -> None:
    home.exercises.parent.mkdir(parents=True)
    home.exercises.write_text("a file", encoding="utf-8")
    with pytest.raises(ExerciseError) as raised:
        exercises.open_file(course, home, double)
    assert "double.py" in raised.value.message.en


def test_tries_hints_and_passing_are_kept(course: Course, home: Home) -> None:
    progress = Progress(home.database)
    assert exercises.standing(progress, "small/double") == (0, 0, False)
    exercises.keep_attempt(progress, "small/double", FAILED, 3.0)
    exercises.keep_hint(progress, "small/double", 2)
    exercises.keep_hint(progress, "small/double", 1)
    assert exercises.standing(Progress(home.database), "small/double") == (1, 2, False)
    exercises.keep_attempt(progress, "small/double", PASSED, 5.0)
    exercises.keep_attempt(progress, "small/double", FAILED, 6.0)
    assert exercises.standing(Progress(home.database), "small/double") == (3, 2, True), "what was passed stays passed"
    criterion = next(each for each in mastery(course, progress, "small").criteria if each.kind == "exercises")
    assert criterion.met


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        ((0.001, 0.001), "yours 1 ms, the solution 1 ms: as fast."),
        ((0.002, 0.001), "2.0 times as long"),
        ((5e-5, 1e-4), "yours 50 µs, the solution 100 µs: 50% of its time."),
    ],
)
def test_speed_in_words(speed: tuple[float, float], words: str) -> None:
    said = exercises.speed_in_words(speed)
    assert words in said.en
    assert said.zh.startswith("速度：你的")


def test_what_fails_alike_is_said_once() -> None:
    twice = Outcome([*FAILED.cases, *FAILED.cases, *PASSED.cases], problem=TITLE, line=3)
    assert [(mark, line) for mark, _, line in exercises.outcome_lines(twice)] == [
        ("✗", None),
        (" ", None),
        ("✗", None),
        ("✓", None),
        ("✗", 3),
    ]


def test_an_unreadable_table_of_exercises_hides_itself_alone(course: Course) -> None:
    (course.root / "lessons/small/exercises.toml").write_text("format = 2", encoding="utf-8")
    assert exercises.all_exercises(course) == []
    assert exercises.find(course, "small/double") is None


def test_from_the_command_line(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path / "home"))
    begin = ["--course", str(course.root), "--lang", "en"]

    def said(*arguments: str) -> tuple[int, str]:
        status = main([*begin, *arguments])
        out, err = capsys.readouterr()
        return status, out + err

    status, words = said("exercise", "double")
    assert (status, "add --trust" in words) == (2, True)
    status, words = said("--trust", "exercise", "double")
    assert status == 1
    assert "✗ Whole numbers" in words
    assert "✓ Zero" in words
    assert "small/double: not passed yet" in words
    assert "tries: 1" in said("exercise")[1]
    mine = tmp_path / "mine.py"
    mine.write_text(SOLUTION, encoding="utf-8")
    status, words = said("exercise", "small/double", "--file", str(mine))
    assert (status, "small/double: passed" in words) == (0, True)
    assert "can now be trained" not in words
    spec = course.root / "experiments/small/count.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("arms =", 'exercises = ["small/double"]\narms =', 1))
    assert "can now be trained" not in said("--trust", "exercise", "small/double", "--file", str(mine))[1]
    assert passed_code(home_in(tmp_path / "home"), "small/double") is None, "another file has passed"
    (tmp_path / "home/data/exercises/small/double.py").write_text(SOLUTION, encoding="utf-8")
    words = said("--trust", "exercise", "small/double")[1]
    assert "can now be trained in a model: " in words
    assert "(minimind-tui run small/count)" in words
    assert said("--trust", "exercise", "double", "--file", str(mine))[0] == 0
    assert passed_code(home_in(tmp_path / "home"), "small/double") == SOLUTION
    assert "✓ passed" in said("exercise")[1]
    assert said("exercise", "doubel")[0] == 2
    assert "Did you mean small/double?" in said("exercise", "small/doubel")[1]
    assert "There is no file" in said("exercise", "double", "--file", "gone.py")[1]
