"""The linter on what a plot draws and what a claim is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.lint.experiments import experiment_problems
from tests.tiny import tiny_course


def problems(root: Path, **changes: tuple[str, str]) -> str:
    """What the linter says of the tiny experiment once its spec is changed, or why the spec cannot be read."""
    spec = tiny_course(root) / "experiments/small/count.toml"
    text = spec.read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new, 1)
    spec.write_text(text, encoding="utf-8")
    course = load_course(root)
    readable = "small/count" in course.experiments
    found = experiment_problems(course, "small/count") if readable else course.problems
    return "\n".join(problem.message.en for problem in found)


def test_a_reference_line_must_be_recorded(tmp_path: Path) -> None:
    metric, line = 'metric = "total"\n', 'references = {{ {} = {{ zh = "线", en = "line" }} }}\n'
    for name, wrong in (("uniform", False), ("nowhere", True)):
        said = problems(tmp_path / name, plot=(metric, metric + line.format(name)))
        assert ("records nothing called 'nowhere'" in said) is wrong


def test_only_a_corpus_holds_a_kind_of_data(tmp_path: Path) -> None:
    kind, refusal = 'kind = "int"\n', "parameter steps: holds belongs to the kind corpus alone"
    for number, (instead, wrong) in enumerate(
        (
            ('kind = "int"\nholds = "text"\n', True),
            ('kind = "choice"\nchoices = ["5"]\nholds = "chat"\n', True),
            ('kind = "corpus"\nholds = "chat"\n', False),
            (kind, False),
        )
    ):
        assert (refusal in problems(tmp_path / str(number), kind=(kind, instead))) is wrong, instead


def test_a_claim_is_about_values_that_can_be_chosen(tmp_path: Path) -> None:
    bound = "holds_above = 1.9\n"
    said = problems(tmp_path, claim=(bound, bound + 'only = { steps = ["many"] }\n'))
    assert "claim twice is about steps = many, which no parameter can be" in said
    kind = ('kind = "int"\n', 'kind = "language"\n')
    for language, wrong in (("en", False), ("fr", True)):
        claim = (bound, bound + f'only = {{ steps = ["{language}"] }}\n')
        said = problems(tmp_path / language, kind=kind, claim=claim)
        assert (f"is about steps = {language}, which no parameter can be" in said) is wrong


def test_bars_are_measured_from_an_arm(tmp_path: Path) -> None:
    metric, refusal = 'metric = "total"\n', "against must be the name of an arm; there is no 'nobody'"
    for kind, against, wrong in (
        ("bars", "twos", ""),
        ("bars", "nobody", refusal),
        ("line", "twos", "unknown field `against`"),
    ):
        root = tmp_path / f"{kind}-{against}"
        said = problems(
            root, kind=('kind = "line"', f'kind = "{kind}"'), plot=(metric, f'{metric}against = "{against}"\n')
        )
        assert wrong in said if wrong else "against" not in said


def test_metrics_that_share_a_plot_are_recorded_and_lie_in_a_line_plot(tmp_path: Path) -> None:
    metric = 'metric = "total"\n'
    name = '{ zh = "名", en = "name" }'
    for number, (kind, names, wrong) in enumerate(
        (
            ("line", "total luck", ""),
            ("bars", "total luck", "unknown field `names`"),
            ("line", "luck", "names must hold its own metric 'total'"),
            ("line", "total x", "the code records nothing called 'x'"),
        )
    ):
        table = ", ".join(f"{each} = {name}" for each in names.split())
        said = problems(
            tmp_path / str(number),
            kind=('kind = "line"', f'kind = "{kind}"'),
            plot=(metric, f"{metric}names = {{ {table} }}\n"),
        )
        assert wrong in said if wrong else "names" not in said, (kind, names)


def test_a_text_stands_under_a_line_plot_alone(tmp_path: Path) -> None:
    metric = 'metric = "total"\n'
    for kind, wrong in (("line", False), ("bars", True)):
        said = problems(
            tmp_path / kind, kind=('kind = "line"', f'kind = "{kind}"'), plot=(metric, f"{metric}sample = true\n")
        )
        assert ("unknown field `sample`" in said) is wrong


@pytest.mark.parametrize(
    ("factor", "value", "parameter", "said"),
    [
        ("processes", "2", "", ""),
        ("processes", "9", "", "arm twos: processes must be a whole number from 1 to 8, not 9"),
        ("processes", "true", "", "arm twos: processes must be a whole number from 1 to 8, not True"),
        ("by", "2", "minimum = 1\nmaximum = 4", ""),
        ("by", "2", "minimum = 1", "parameter processes must be an int with a minimum and a maximum between 1 and 8"),
        ("processes", "2", "minimum = 1\nmaximum = 4", "processes is said in one place alone"),
    ],
)
def test_processes_are_said_once_and_are_few(
    tmp_path: Path, factor: str, value: str, parameter: str, said: str
) -> None:
    table = '[[parameters]]\nname = "processes"\nkind = "int"\nlabel = { zh = "几个", en = "how many" }\ndefault = 2\n'
    found = problems(
        tmp_path,
        factor=('name = "by"', f'name = "{factor}"'),
        ones=("set = { by = 1 }", f"set = {{ {factor} = 1 }}"),
        twos=("set = { by = 2 }", f"set = {{ {factor} = {value} }}"),
        parameter=("[[claims]]", f"{table}{parameter}\n[[claims]]" if parameter else "[[claims]]"),
    )
    assert "processes" in found if said else "processes" not in found
    assert said in found
