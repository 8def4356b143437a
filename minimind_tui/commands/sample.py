"""`minimind-tui sample RUN`: let a model that a run has kept write."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, find_run
from minimind_tui.run.checkpoint import kept_models
from minimind_tui.run.models import LATEST, NotFound, everything, named
from minimind_tui.sampler.sampler import Wish, Writer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `sample` takes."""
    parser.add_argument(
        "run", metavar="NAME", help="a run or a model (`models` lists them), a part of it, or `last` / 运行或模型的名字"
    )
    parser.add_argument("--prompt", default="", metavar="TEXT", help="what it goes on from / 接着什么往下写")
    parser.add_argument("--step", type=int, metavar="N", help="the model after step N, else the last / 第 N 步的模型")
    parser.add_argument("--length", type=_number(int, 1, 100_000), default=200, help="tokens / 写多少个 token")
    parser.add_argument(
        "--temperature", type=_number(float, 0, 10), default=0.8, help="0: always the likeliest / 0：总选最可能的"
    )
    parser.add_argument("--top-k", type=_number(int, 1, 1_000_000), metavar="K", help="the K likeliest / 最可能的 K 个")
    parser.add_argument(
        "--top-p", type=_number(float, 0.001, 1), default=1.0, metavar="P", help="the likeliest that make P / 凑够 P"
    )
    parser.add_argument("--seed", type=_number(int, 0, 2**31 - 1), default=1, help="of the chance / 随机数的种子")


def _number(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    """A number of that kind within these bounds."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text}: {low:g} … {high:g}")
        return value

    parse.__name__ = kind.__name__  # what argparse calls it in a refusal
    return parse


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print the prompt and what follows it, as it is written: 0, or 1 where it cannot be."""
    model = _model_of(home, arguments.run, arguments.step)
    writer = Writer()
    wish = Wish(
        file=str(model),
        prompt=arguments.prompt,
        length=arguments.length,
        temperature=arguments.temperature,
        top_k=arguments.top_k or 0,
        top_p=arguments.top_p,
        seed=arguments.seed,
    )
    begun = False
    try:
        for written in writer.write(wish):
            if written.problem is not None:
                raise UsageError(written.problem)
            if not begun:
                print(inert(arguments.prompt), end="")
                begun = True
            print(inert(written.text), end="", flush=True)
    finally:
        writer.close()
    print()
    return 0


def _model_of(home: Home, name: str, step: int | None) -> Path:
    """The model of that name; of a run the last arm's after `step`, or after its last step, or what it has made."""
    made = [each for each in everything(home) if each.about.kind == "model"]
    artifacts = [each for each in made if "/" not in each.name]
    if step is None:
        with suppress(NotFound):
            return named(made if "/" in name or name == LATEST else artifacts, name).path
    run_id = find_run(home, name).id
    models = kept_models(home.runs / run_id)
    own = [each for each in artifacts if each.about.run == run_id]
    if not models and own:
        return own[0].path
    if not models:
        raise UsageError(
            Text(
                zh=f"{run_id} 没有存下模型。会存的有：minimind-tui run block/train-your-own",
                en=f"{run_id} has kept no model. One that does: minimind-tui run block/train-your-own",
            )
        )
    steps = list(models.values())[-1]
    if step is None:
        return list(steps.values())[-1]
    if step not in steps:
        listing = ", ".join(map(str, steps))
        raise UsageError(Text(zh=f"没有第 {step} 步的模型；有：{listing}", en=f"no model of step {step}: {listing}"))
    return steps[step]
