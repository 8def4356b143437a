"""Loading a course and finding what is wrong with it, before a learner does."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

import pytest

from minimind_tui.base.text import LANGUAGES
from minimind_tui.content.course import CourseError, load_course
from minimind_tui.content.paths import module_steps, module_tasks, path_tasks, unwritten
from minimind_tui.content.roots import bundled_root
from minimind_tui.run.reference import find_reference
from tests.content.changes import change, words
from tests.embedding import embedding_course
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

EMBED = ":::experiment small/again"


def test_our_course_has_no_problem() -> None:
    assert words(bundled_root()) == ""


def test_the_roadmap_is_whole() -> None:
    course = load_course(bundled_root())
    assert [module.number for module in course.modules.values()] == list(range(21))
    assert len(course.tiers) == 4
    hours = {name: path.hours for name, path in course.paths.items()}
    assert hours == {"quick-start": 0.5, "systematic": 6.4, "mastery": 30.35}
    for step in course.steps("quick-start"):
        assert course.exists(step)
        for language in LANGUAGES:
            assert course.lesson_text(step.ref, language).startswith("# ")


def test_every_claim_held_in_the_run_that_lessons_quote() -> None:
    from minimind_tui.run.claims import concerns, judge

    course = load_course(bundled_root())
    for experiment in course.experiments.values():
        for language in LANGUAGES:
            summary = find_reference(course.root, experiment.id, language)
            assert summary is not None
            stated = [claim.id for claim in experiment.claims if concerns(claim, summary.parameters)]
            held = [result.id for result in judge(experiment, summary) if result.verdict == "holds"]
            assert stated
            assert held == stated


def test_exact_figures_of_the_lessons() -> None:
    """Every number that a text states as arithmetic, computed again."""
    assert math.isclose(math.sqrt(1 / 6), 0.41, abs_tol=0.005)
    assert f"{0.41**19:.0e}" == "4e-08"
    assert math.isclose(1 / math.sqrt(1 - 1 / math.pi), 1.21, abs_tol=0.005)
    assert round((1 / math.sqrt(1 - 1 / math.pi)) ** 19) == 38
    assert math.isclose(44 / (2 * math.pi), 7.00, abs_tol=0.005)
    turn = [2 * math.pi * 1e6 ** (2 * pair / 64) for pair in range(32)]
    assert (round(turn[31], -4), round(turn[15], -1)) == (4_080_000, 4080)
    assert round(math.exp(8)) == 2981
    assert math.isclose(math.sqrt(64), 8)
    assert 2 * 2 * 64 == 256


def test_the_inputs_of_the_first_and_last_layer_differ_as_the_lesson_says() -> None:
    """Without a norm the weights' gradient falls less than the signal: about 1 against 0.04, twenty-odd times."""
    torch = pytest.importorskip("torch")
    place = bundled_root() / "experiments/normalization/gradient-flow.py"
    experiment = runpy.run_path(str(place))
    for seed in range(1, 6):
        torch.manual_seed(seed)
        layers = [experiment["Layer"](128, "none", "default") for _ in range(20)]
        x = torch.randn(experiment["B"], 128)
        sizes = []
        for layer in layers:
            sizes.append(x.square().mean().sqrt().item())
            x = layer(x)
        assert math.isclose(sizes[0], 1, abs_tol=0.02)
        assert 0.035 <= sizes[-1] < 0.045
        assert 20 < sizes[0] / sizes[-1] < 30


def test_the_tiny_course_is_sound(tmp_path: Path) -> None:
    assert words(tiny_course(tmp_path)) == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("lessons/course.toml", 'tier = "only"', 'tier = "onyl"', "there is no tier 'onyl'"),
        ("lessons/course.toml", "small/start", "small/strat", "small/strat does not exist"),
        ("lessons/course.toml", 'hours = 0.5\nstate = "ready"\nst', 'hours = 0.01\nstate = "ready"\nst', "take"),
        ("lessons/small/start.en.md", "## More", "More", "differ in their sections"),
        ("lessons/small/start.en.md", "# Title", "Title", "first line must be its title"),
        ("lessons/small/start.en.md", "twos.total", "threes.total", "names no arm threes"),
        ("lessons/small/start.zh.md", "twos.total", "twos.sum", "does not record sum"),
        ("lessons/small/start.zh.md", "small/count:", "small/cuont:", "no experiment small/cuont"),
        ("lessons/small/start.zh.md", "{{small", "{{ small count", "a measured value is written"),
        ("lessons/small/start.zh.md", "x^2", "\\\\wrongcommand x", "cannot be drawn"),
        ("lessons/small/start.zh.md", "还有", "还有 [此处](gone.md)", "dead link: gone.md"),
        ("lessons/small/start.zh.md", "\nn\n", "\n:::code minimind_tui/nn/norm.py Gone\n", "there is no Gone"),
        ("lessons/small/start.zh.md", "还有", "还有 norm.py:12", "no line numbers"),
        ("lessons/small/start.zh.md", "还有", "**还有。**还有", "is drawn as it stands"),
        ("experiments/small/count.toml", "set = { by = 2 }", "set = { steps = 2 }", "set must hold by alone"),
        ("experiments/small/count.toml", 'metric = "total"', 'metric = "sum"', "records nothing called 'sum'"),
        ("experiments/small/count.toml", "default = 5", "default = 0", "not allowed by its own bounds"),
        ("experiments/small/count.toml", "ones.total", "ones.sum", "which the code does not record"),
        ("experiments/small/count.toml", "holds_above = 1.9\nholds_below = 2.1", "", "has no bound"),
        ("experiments/small/count.toml", "{measure:.1f}", "{value:.1f}", "is not defined"),
        ("experiments/small/count.toml", "{measure:.1f}", "{measure:999999999.1f}", "no format for a figure"),
        ("experiments/small/count.toml", "seconds = 1", f"seconds = {'9' * 5000}", "not valid"),
        ("experiments/small/count.toml", "seconds = 1", "secnods = 1", "secnods"),
        ("experiments/small/count.toml", "Does it count?", "Does $x$ count?", "shown as it is written"),
        ("experiments/small/count.toml", "twice: {m", "twice {{= 2}}: {m", "shown as it is written"),
        ("experiments/small/count.py", "def run", "def run(", "cannot be parsed"),
        ("experiments/small/count.py", "def run", "def main", "has no function run"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    root = tiny_course(tmp_path)
    change(root / file, old.replace("\\\\", "\\"), new.replace("\\\\", "\\"))
    assert complaint in words(root)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("lessons/small/counts.en.md", EMBED, ":::experiment small/gone", "no experiment small/gone"),
        ("lessons/small/counts.en.md", EMBED, "", "differ in their experiments, or their order"),
        ("lessons/small/counts.zh.md", EMBED, ":::experiment small/count", "more than once"),
        ("lessons/small/counts.en.md", EMBED, ":::experiment Again", "cannot be read"),
        ("lessons/small/counts.en.md", EMBED, "- :::experiment small/again", "differ"),
        ("lessons/small/counts.en.md", EMBED, "```\n:::experiment small/again\n```", "no lesson leads"),
        ("lessons/course.toml", "hours = 0.5", "hours = 0.05", "module small says 3 minutes"),
        ("lessons/course.toml", 'state = "planned"\n[[paths]]', 'state = "ready"\n[[paths]]', "nothing to open"),
    ],
)  # fmt: skip
def test_a_mistake_around_an_embedded_experiment_is_found(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    root = embedding_course(tmp_path)
    assert words(root) == ""
    change(root / file, old, new)
    assert complaint in words(root)


def test_a_path_without_steps_has_the_lessons_of_its_ready_modules(tmp_path: Path) -> None:
    root = embedding_course(tmp_path)
    course = load_course(root)
    assert [step.ref for step in course.steps("whole")] == ["small/start", "small/counts", "small/end"]
    assert [module.id for module in unwritten(course, course.paths["whole"])] == ["later"]
    assert [task.ref for task in path_tasks(course, course.paths["whole"])][3:] == ["small/count", "small/again"]
    assert module_tasks(course, "small") == path_tasks(course, course.paths["whole"])
    quick = '[[paths]]\nid = "quick"\ntitle = { zh = "快", en = "Quick" }\ngoal = { zh = "快", en = "Quick" }\n'
    quick += 'hours = 0.5\nstate = "ready"\nsteps = [{ kind = "lesson", ref = "small/start" }]\n'
    with (root / "lessons/course.toml").open("a", encoding="utf-8") as file:
        file.write(quick)
    course = load_course(root)
    assert [step.ref for step in course.steps("whole")] == ["small/counts", "small/end"], (
        "the other is the quick path's"
    )
    assert [step.ref for step in module_steps(course, "small")] == ["small/counts", "small/end"]


def test_practice_follows_the_lessons_of_its_module(tmp_path: Path) -> None:
    root = add_practice(embedding_course(tmp_path))
    practice = [("quiz", "small/quiz"), ("exercise", "small/double"), ("review", "small/cards")]
    course = load_course(root)
    assert [(step.kind, step.ref) for step in course.steps("whole")][3:] == practice
    assert all(course.exists(step) for step in course.steps("whole"))
    assert course.full_title_of(course.steps("whole")[3]).en == "Quiz (Small module)"
    assert words(root) == ""
    whole = (root / "lessons/course.toml").read_text(encoding="utf-8")
    listed = "".join(f'  {{ kind = "{kind}", ref = "{ref}" }},\n' for kind, ref in practice[:2])
    other = whole[whole.rindex("[[paths]]") :].replace('"whole"', '"other"').replace("hours = 1", "hours = 0.5")
    other = other.replace('modules = ["small", "later"]', f"steps = [\n{listed}]")
    (root / "lessons/course.toml").write_text(whole + "\n" + other, encoding="utf-8")
    course = load_course(root)
    assert [(step.kind, step.ref) for step in course.steps("other")] == practice[:2]
    assert [(step.kind, step.ref) for step in course.steps("whole")][3:] == practice[2:], "those are the other path's"
    assert words(root) == ""


def test_a_self_test_comes_before_the_lessons_of_its_module(tmp_path: Path) -> None:
    root = add_practice(embedding_course(tmp_path))
    change(root / "lessons/course.toml", 'id = "small"\n', 'id = "small"\nquiz_first = true\n')
    assert [step.kind for step in load_course(root).steps("whole")] == [
        "quiz", "lesson", "lesson", "lesson", "exercise", "review",
    ]  # fmt: skip
    assert words(root) == ""


def test_our_course_begins_with_a_self_test() -> None:
    course = load_course(bundled_root())
    for path in ("systematic", "mastery"):
        assert [(step.kind, step.ref) for step in course.steps(path)][:2] == [
            ("quiz", "basics/quiz"),
            ("lesson", "basics/words"),
        ]
        assert [module.id for module in course.modules.values() if module.quiz_first] == ["basics"]
    assert all(not step.ref.startswith("basics/") for step in course.steps("quick-start"))


def test_exercises_that_cannot_be_read_are_left_out_and_named_once(tmp_path: Path) -> None:
    root = add_practice(embedding_course(tmp_path))
    change(root / "lessons/small/exercises.toml", "minutes = 5", "minutes = 0")
    course = load_course(root)
    assert [step.kind for step in course.steps("whole")] == ["lesson"] * 3 + ["quiz", "review"]
    assert words(root).count("exercises.toml") == 1


def test_a_missing_translation_and_a_stray_file_are_found(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    (root / "lessons/small/start.en.md").rename(root / "lessons/small/other.en.md")
    assert "start.en.md cannot be read" in words(root)
    assert "other.en.md nothing names this file" in words(root)


def test_a_broken_file_disables_itself_alone(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    change(root / "experiments/small/count.toml", "format = 1", "format = 1\nformat = 2")
    course = load_course(root)
    assert course.experiments == {}
    assert "small/start" in course.lessons
    assert course.problems[0].line == 3


@pytest.mark.parametrize("content", ["", "format = 2", "[[tiers]", "\udcff"])
def test_an_unusable_course_names_the_fix(tmp_path: Path, content: str) -> None:
    root = tiny_course(tmp_path)
    (root / "lessons/course.toml").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(CourseError, match="must name a folder that holds"):
        load_course(root)


def test_a_link_out_of_the_course_is_not_followed(tmp_path: Path) -> None:
    root = tiny_course(tmp_path / "course")
    secret = tmp_path / "secret.md"
    secret.write_text("# secret", encoding="utf-8")
    for name in ("lessons/small/start.en.md", "experiments/small/count.py", "experiments/small/count.toml"):
        (root / name).unlink()
        (root / name).symlink_to(secret)
        assert f"{name} leads out of the course's folder" in words(root)


def test_links_in_a_circle_disable_what_lies_there(tmp_path: Path) -> None:
    root = tiny_course(tmp_path)
    (root / "lessons/small").rename(tmp_path / "elsewhere")
    (root / "lessons/small").symlink_to("small")
    assert "leads out of the course's folder" in words(root)
