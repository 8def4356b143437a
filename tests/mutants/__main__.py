"""`python -m tests.mutants [MODULE/EXERCISE ...]`: the table of mutants; for all exercises it is written down too."""

from __future__ import annotations

import sys

from tests.mutants.trial import TABLE, Trial, equivalent, exercises, tried

HEAD = """# Mutants

`make mutants` changes every exercise's solution in each place by one slip, and checks the result. A survivor is right
all the same, for the reason that stands beside it (`equivalent.toml`), or the check has a hole. It also writes the
solution in other ways that are right, one change at a time, which the check must accept.

"""


def main(names: list[str]) -> int:
    """Try the mutants of these exercises, or of all; 1 where one survives that is not known to be right."""
    trials = []
    for trial in tried(names or exercises()):
        trials.append(trial)
        print(f"{trial.exercise}: {len(trial.caught)} caught, {len(trial.survived)} survived", flush=True)
        for mutant in trial.unexplained():
            print(f"    line {mutant.line}: {mutant.change}", flush=True)
        for change in trial.refused:
            print(f"    refused, though right: {change}", flush=True)
    if not names:
        TABLE.write_text(table(trials), encoding="utf-8")
    return int(any(trial.unexplained() or trial.refused for trial in trials))


def table(trials: list[Trial]) -> str:
    """The trials as Markdown."""
    rows = [
        "| exercise | mutants | caught | survived and right | survived | other ways | accepted |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lists = []
    for trial in trials:
        caught, survived, holes = len(trial.caught), len(trial.survived), trial.unexplained()
        right = survived - len(holes)
        ways, accepted = trial.rewritten, trial.rewritten - len(trial.refused)
        numbers = (caught + survived, caught, right, len(holes), ways, accepted)
        rows.append(f"| {trial.exercise} | {' | '.join(map(str, numbers))} |")
        known = equivalent().get(trial.exercise, {})
        if trial.survived:
            lists.append(f"\n## {trial.exercise}\n")
            lists += [f"- `{each.change}`: {known.get(each.change, 'a hole')}" for each in trial.survived]
    return HEAD + "\n".join([*rows, *lists]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
