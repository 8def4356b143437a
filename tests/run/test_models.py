"""What a learner has, by name: in parameters, in the form, and as what a run begins from."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.content.lint.experiments import experiment_problems
from minimind_tui.content.tables import Value
from minimind_tui.run.artifacts import sha256_of
from minimind_tui.run.descent import Begun, Origins, Stage, in_one_line, write_origins
from minimind_tui.run.launch import start
from minimind_tui.run.model_parameters import check_models, offered
from minimind_tui.run.models import NotFound, everything, named
from minimind_tui.run.request import CannotBegin, ParameterError
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab.fields import fields
from tests.run.makers import ask, go, making_course, own_home
from tests.run.saved import saved
from tests.run.shelved import kept, model_bytes, shelve
from tests.tiny import seen

RUN = "20260101-000000-count-ab12"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return own_home(tmp_path / "home", monkeypatch)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return making_course(tmp_path / "course")


def test_names(home: Home) -> None:
    base, other = shelve(home, "base", made=1.1e9), shelve(home, "bare", made=1.2e9)
    kept(home, RUN, 5, 10, 100)
    kept(home, "20260102-000000-count-cd34", 7)
    things = everything(home)
    assert [each.name for each in things[:2]] == [other.name, base.name], "the newest first"
    for name in (base.name, base.key, base.name[:7], base.key[:9], "base"):
        assert named(things, name) is base or named(things, name).key == base.key
    assert named(things, "latest").name == other.name
    for name in (RUN, "20260101", "ab12", f"{RUN}/model/100"):
        assert named(things, name).name == f"{RUN}/model/100"
    assert named(things, f"{RUN}/model/5").name == f"{RUN}/model/5"
    for name, said in [("ba", base.name), ("2026", "several"), ("nothing", "there are"), ("", "there are")]:
        with pytest.raises(NotFound, match=said):
            named(things, name)
    with pytest.raises(NotFound, match="none yet"):
        named([], "latest")


@pytest.mark.parametrize("number", ["1", "2"])
def test_models_of_both_formats_are_listed_by_their_headers(home: Home, number: str) -> None:
    old = {"format": "1", "vocabulary": '["a", "b"]'}
    new = {"lineage": '[{"run": "20250101-000000-first-aa11", "corpus": "c", "seed": 2}]'}
    kept(home, RUN, 5, content=model_bytes(step=5, **(old if number == "1" else new)))
    (found,) = everything(home)
    assert (found.about.weights, found.about.can) == (2, "writes")
    assert found.about.tokenizer == ("characters 2" if number == "1" else "bytes 256")
    assert in_one_line(found.lineage) == ("count" if number == "1" else "20250101-000000-first-aa11 ← count")


def test_a_real_model_and_what_its_run_began_from(home: Home) -> None:
    from minimind_tui.nn.checkpoint import pack_model

    folder = kept(home, RUN, 7, content=pack_model(saved()))
    base = Begun(arm="model", asked="x", key="k", sha256="s", line=[Stage(name="base-1", experiment="a/base", key="k")])
    other = Begun(arm="other", asked="y", key="l", sha256="s", line=[Stage(name="not-mine", key="l")])
    write_origins(folder, Origins(can="talks", begun_from=[base, other]))
    (found,) = everything(home)
    assert found.about.weights == sum(parameter.numel() for parameter in saved().model.parameters())
    assert (found.about.tokenizer, found.about.can, found.about.parents) == ("characters 6", "talks", ["k"])
    assert in_one_line(found.lineage) == "base ← count"


@pytest.mark.parametrize("content", [b"x", b"\x02" * 99, model_bytes()[:-1], b"\x02\0\0\0\0\0\0\0{}"])
def test_what_is_no_model_is_not_listed(home: Home, content: bytes) -> None:
    kept(home, RUN, 5, content=content)
    assert everything(home) == []


def test_a_run_begins_from_the_model_that_its_parameter_names(home: Home, course: Path) -> None:
    kept(home, RUN, 5, content=model_bytes(step=5, values=(42, 1, 1)))
    request = ask(home, course, "free", model="ab12")
    assert request.parameters == {"model": f"{RUN}/model/5"}, "the whole name, so that it stays the same one"
    file = home.runs / RUN / "models/model.5.safetensors"
    assert request.models == {f"{RUN}/model/5": sha256_of(file)}
    view = RunView(home, start(home, request))
    assert seen(view) == "finished", view.summary.reason
    assert view.summary.arms["only"].metrics["total"].last == 42
    file.write_bytes(model_bytes(step=5, values=(43, 1, 1)))
    view = RunView(home, start(home, request))
    assert seen(view) == "failed"
    assert (view.summary.cause, view.summary.reason) == ("model", str(file))
    file.unlink()
    with pytest.raises(CannotBegin):
        check_models(request, home)


def test_base_stands_for_what_is_made_when_it_is_needed(home: Home, course: Path) -> None:
    request = ask(home, course, "free")
    assert (request.parameters, request.models) == ({"model": "base"}, {})
    view = go(home, course, "free")
    assert seen(view) == "finished", view.summary.reason
    assert view.summary.arms["only"].metrics["total"].last == 10
    assert any(note.en.startswith("base-") for note in view.summary.arms["only"].notes)


@pytest.mark.parametrize(
    ("needs", "value", "said"),
    [
        ("writes", "nothing", "there are: base-"),
        ("writes", "latest", ""),
        ("writes", "words", "must be a model, which words-"),
        ("talks", "base", ""),
        ("talks", "base-", "must be a model that talks, which base-"),
        ("talks", "latest", "there are none yet"),
    ],
)
def test_what_a_parameter_may_be(home: Home, tmp_path: Path, needs: str, value: str, said: str) -> None:
    course = making_course(tmp_path / "other", needs)
    shelve(home, "base")
    shelve(home, "words", kind="tokenizer", can="tokens", made=1.2e9)
    if not said:
        ask(home, course, "free", model=value)
        return
    with pytest.raises(ParameterError) as refused:
        ask(home, course, "free", model=value)
    assert said in refused.value.message.en


def test_the_form_offers_those_there_are(home: Home, course: Path) -> None:
    base = shelve(home, "base")
    shelve(home, "words", kind="tokenizer", can="tokens")
    experiment = load_course(course).experiments["small/free"]
    may_be = offered(experiment, home)
    assert may_be == {"model": ["base", "latest", base.name]}
    values: dict[str, Value] = {"model": "base"}
    field = fields(experiment, values, 1, False, "en", lambda _: [], may_be)[0]
    assert not field.typed
    field.turn(-1)
    assert field.text == base.name


LINTED: list[tuple[str, str, str, str]] = [
    ("base", 'makes = "model"', "", "say makes"),
    ("base", 'begins_from = ["small/tokens"]', "", "begins_from must name"),
    (
        "base",
        'begins_from = ["small/tokens"]',
        'begins_from = ["small/tokens", "small/none"]',
        "no experiment small/none",
    ),
    ("base", 'begins_from = ["small/tokens"]', 'begins_from = ["small/tokens", "small/look"]', "makes nothing"),
    ("base", 'begins_from = ["small/tokens"]', 'begins_from = ["small/tokens", "small/talk"]', "begins from itself"),
    ("look", "[[plots]]", 'makes = "model"\n[[plots]]', "never calls record.keep"),
    ("look", "[[plots]]", "talks = true\n[[plots]]", "belong to makes"),
    ("talk", 'makes_in = "second"', "", "whose it is"),
    ("talk", 'makes_in = "second"', 'makes_in = "third"', "there is no arm third"),
    ("tokens", 'makes = "tokenizer"', 'makes = "tokenizer"\ntalks = true', "only a model talks"),
    ("free", 'base = "small/base"', "", "say whose"),
    ("free", 'base = "small/base"', 'base = "small/tokens"', "which small/tokens does not make"),
    ("free", 'needs = "writes"', 'needs = "talks"', "which small/base does not make"),
    ("free", 'kind = "model"', 'kind = "text"', "belong to the kinds"),
]


@pytest.mark.parametrize(("name", "was", "now", "said"), LINTED)
def test_the_linter_names_what_does_not_fit(course: Path, name: str, was: str, now: str, said: str) -> None:
    def found() -> str:
        return "\n".join(each.message.en for each in experiment_problems(load_course(course), f"small/{name}"))

    before = found()
    spec = course / f"experiments/small/{name}.toml"
    text = spec.read_text(encoding="utf-8")
    assert was in text
    spec.write_text(text.replace(was, now, 1), encoding="utf-8")
    assert said not in before
    assert said in found()
