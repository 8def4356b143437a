"""`minimind-tui sample RUN`: let a model that a run has kept write."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import UsageError, find_run
from minimind_tui.run.checkpoint import kept_models
from minimind_tui.sampler.sampler import Wish, Writer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `sample`."""
    parser.add_argument("run", metavar="RUN", help="its id, a part of it, or `last` / 编号、编号的一部分，或 last")
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
    """A parser of numbers of this kind between `low` and `high`."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text}: {low:g} … {high:g}")
        return value

    parse.__name__ = kind.__name__  # what argparse calls it in a refusal
    return parse


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print the prompt and what follows it, as it is written: 0, or 1 where it cannot be."""
    info = find_run(home, arguments.run)
    writer = Writer()
    wish = Wish(
        file=str(_model_of(home.runs / info.id, info.id, arguments.step)),
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


def _model_of(folder: Path, run_id: str, step: int | None) -> Path:
    """The kept model of the last arm after `step`, or after its last step."""
    models = kept_models(folder)
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
