"""Predict, then run: how sure one is, prediction beside outcome, and what all predictions say of the learner."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice import calibration
from minimind_tui.practice.calibration import CERTAIN, FAIRLY_SURE, GUESS, Calibration, Said
from minimind_tui.practice.store import Progress
from minimind_tui.practice.trust import trust
from minimind_tui.run.launch import start
from minimind_tui.run.request import Request
from minimind_tui.run.summary import ClaimResult, Summary
from minimind_tui.run.watch import RunView
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lab.words import findings
from minimind_tui.views.paper import PLAIN
from tests.embedding import STEADY, embedding_course
from tests.terminal.walk import PREDICTION
from tests.tiny import CODE, begin, home_in, seen, tiny_course
from tests.ui.embedding import study
from tests.ui.seeing import see, shown, until

COUNT = "small/count"


def predicting_app(folder: Path, language: Language = "en", code: str = CODE) -> TutorApp:
    """The tiny course, its experiment with a prediction: `b`, twice as many, is what happens."""
    root = tiny_course(folder / "course", code)
    with (root / "experiments/small/count.toml").open("a", encoding="utf-8") as spec:
        spec.write(PREDICTION)
    app = TutorApp(home_in(folder), load_course(root), language)
    trust(app.progress, app.course.root)
    return app


def decided(app: TutorApp) -> dict[str, bool]:
    """The outcomes that are in the file."""
    return calibration.outcomes(Progress(app.home.database))


@pytest.mark.parametrize(
    ("keys", "chance"),
    [
        (["b"], FAIRLY_SURE),
        (["down", "right"], CERTAIN),
        (["left", "b"], GUESS),
        (["right", "right", "right", "b"], CERTAIN),
        (["left", "left", "left", "l", "h", "h", "b"], GUESS),
    ],
)
async def test_a_letter_and_enter_are_enough_and_the_arrows_say_how_sure(
    tmp_path: Path, keys: list[str], chance: float
) -> None:
    app = predicting_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "Predict first", "How sure: ‹ fairly sure, 60% ›")
        await pilot.press(*keys)
        await see(pilot, f"{chance:.0%}")
        await pilot.press("enter")
        await see(pilot, "✓ finished")
        assert calibration.said(Progress(app.home.database), COUNT) == Said("twice", chance)
        await until(pilot, lambda: decided(app) == {COUNT: True}, "the outcome")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_prediction_and_outcome_stand_side_by_side(
    tmp_path: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = predicting_app(tmp_path, language)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, app.say("先预测，再运行", "Predict first"))
        await pilot.press("a", "right", "enter")
        await see(pilot, app.say("✓ 完成", "✓ finished"))
        await pilot.press("v")
        mine = app.say("✗ 没说中：一样（很确定，90%）", "✗ you said: as many (certain,")
        outcome = app.say("结果是：两倍", "it was: twice as many")
        await see(pilot, mine, outcome, app.say("1 个里说中 0 个", "0 of 1 came true (0%)"))
        (line,) = [line for line in shown(app).split("\n") if mine in line]
        assert outcome in line
        await pilot.press("P")
        await see(pilot, "Brier 0.81")
        await pilot.press("w")
        await see(pilot, app.say("报告：", "Report:"))
    report = (tmp_path / "minimind-report.md").read_text(encoding="utf-8")
    assert app.say("1 次里说中 0 次；平均把握 90%", "0 of 1 came true, at a mean confidence of 90%") in report


async def test_a_prediction_that_is_skipped_counts_nowhere(tmp_path: Path) -> None:
    app = predicting_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "Predict first")
        await pilot.press("up", "enter")
        await see(pilot, "✓ finished")
        await pilot.press("v")
        await see(pilot, "✓ holds")
        assert "you " not in shown(app)
        assert "so far" not in shown(app)
    stored = Progress(app.home.database)
    assert stored.prediction(COUNT) == calibration.SKIPPED
    assert calibration.said(stored, COUNT) is None
    assert calibration.calibration(stored) is None
    assert stored.execute("SELECT * FROM confidence") == stored.execute("SELECT * FROM outcome") == []


async def test_not_now_keeps_nothing(tmp_path: Path) -> None:
    app = predicting_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "Predict first")
        await pilot.press("right", "b", "escape")
        await pilot.pause()
        assert app.progress.prediction(COUNT) is None
        assert app.progress.execute("SELECT * FROM confidence") == []
        await pilot.press("r")
        await see(pilot, "‹ fairly sure, 60% ›")


async def test_a_run_with_changed_parameters_decides_nothing(tmp_path: Path) -> None:
    app = predicting_app(tmp_path)
    calibration.keep_prediction(app.progress, COUNT, Said("same", GUESS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "n", "o")
        await see(pilot, "‹ 5 ›")
        await pilot.press("right", "enter")
        await see(pilot, "✓ finished", "steps=6")
        assert decided(app) == {}
        await pilot.press("v")
        await see(pilot, "Changed in this run")
        assert "you said" not in shown(app)


async def test_a_run_that_ended_unseen_decides_when_it_is_seen(tmp_path: Path) -> None:
    app = predicting_app(tmp_path)
    calibration.keep_prediction(app.progress, COUNT, Said("same", CERTAIN))
    assert seen(begin(app.home, app.course.root)) == "finished"
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "Small path")
        assert decided(app) == {}
        await pilot.press("enter", "n")
        await see(pilot, "✓ finished")
        await until(pilot, lambda: decided(app) == {COUNT: False}, "the outcome")
        calibration.keep_outcome(app.progress, COUNT, True)
        assert decided(app) == {COUNT: False}, "the first decision stands"


async def test_a_run_further_down_in_a_lesson_decides_when_the_lesson_is_opened(tmp_path: Path) -> None:
    root, again = embedding_course(tmp_path / "course"), "small/again"
    spec = (root / "experiments/small/count.toml").read_text(encoding="utf-8")
    (root / "experiments/small/again.toml").write_text(spec.replace(COUNT, again), encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(root), "en")
    calibration.keep_prediction(app.progress, again, Said("twice", CERTAIN))
    request = Request(experiment=again, course_root=str(root), parameters={"steps": 5}, seed=1)
    assert seen(RunView(app.home, start(app.home, request))) == "finished"
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await see(pilot, "Start here")
        assert decided(app) == {}
        await pilot.press("n")
        await see(pilot, "Two experiments", "not run yet")
        await until(pilot, lambda: decided(app) == {again: True}, "the outcome of the run that had ended before")


async def test_a_run_that_goes_on_behind_another_decides_at_its_end(tmp_path: Path) -> None:
    root = embedding_course(tmp_path / "course", paragraphs=2)
    go_on = tmp_path / "go on"
    code = STEADY.replace("settings.steps", "5") + f"    while not __import__('os').path.exists({str(go_on)!r}):\n"
    code += "        time.sleep(0.05)\n"
    (root / "experiments/small/count.py").write_text(code, encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(root), "en")
    trust(app.progress, root)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "Two experiments")
        await pilot.press("r")
        await see(pilot, "Predict first")
        await pilot.press("b", "enter")
        await see(pilot, "▸ ones")
        await pilot.press("1")
        study(app).choose("small/again")
        await see(pilot, "Once more")
        assert decided(app) == {}
        go_on.touch()
        await until(pilot, lambda: decided(app) == {COUNT: True}, "the outcome of the run behind")


def test_all_predictions_of_the_course_can_be_read_in_sixty_columns() -> None:
    course, score = load_course(bundled_root()), Calibration(right=12, wrong=7, open=0, said=0.64, brier=0.23)
    for experiment in course.experiments.values():
        prediction = experiment.prediction
        if prediction is None:
            continue
        for language in LANGUAGES:
            for choice in prediction.choices:
                summary = Summary(experiment.id, 1, {}, outcome="finished")
                summary.claims = [ClaimResult(name, "holds", {}) for name in prediction.rests_on]
                written = io.StringIO()
                console = Console(file=written, width=60)
                console.print(*findings(experiment, summary, Said(choice.id, CERTAIN), score, language, PLAIN))
                lines = written.getvalue().split("\n")
                assert max(map(cell_len, lines)) <= 60
                first = next(at for at, line in enumerate(lines) if line.startswith(("✓", "✗")))
                assert ("结果是" if language == "zh" else "it was: ") in lines[first]
                assert sum(bool(line.strip()) for line in lines[first : first + 6]) >= 3
