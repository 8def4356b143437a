"""`minimind-tui run ID`: an experiment without the screen."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert, json_line
from minimind_tui.base.terminal import can_draw
from minimind_tui.base.text import Language, Text
from minimind_tui.commands.common import INTERRUPTED, UsageError, cannot_start, find_experiment, open_course
from minimind_tui.commands.launched import become_rank, enter, launched, with_place
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Experiment
from minimind_tui.run.events import finite
from minimind_tui.run.launch import start
from minimind_tui.run.lock import LOCK
from minimind_tui.run.request import ParameterError, Request, check_data, request_for, validate
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.stop import stop
from minimind_tui.run.watch import RunView

POLL_SECONDS = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` takes."""
    parser.add_argument("id", metavar="ID", help="module/name, such as normalization/gradient-flow")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a parameter / 改一个参数"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the random seed, 1 by default / 随机种子")
    parser.add_argument("--full", action="store_true", help="the long budget / 长时间预算")
    parser.add_argument("--json", action="store_true", help="end with one JSON object / 最后一行输出 JSON")


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Run it to its end: 0 finished, 1 failed, 130 interrupted.

    Started by torchrun or srun it is one rank of one run: rank 0 does what `run` does, the others compute with it.
    """
    course = open_course(arguments, home)
    experiment = find_experiment(course, arguments.id)
    require_trust(course, home, trusted=arguments.trust)
    place = launched(experiment)
    request = _request(arguments, experiment, language, course, home)
    if place is not None:
        request = with_place(request, experiment, place)
        enter(place)
        if place.rank > 0:
            become_rank(request)

    def begin() -> str:
        try:
            return start(home, request)
        except OSError as error:
            raise cannot_start(home, error) from error

    return watch_to_the_end(home, experiment, language, begin, as_json=arguments.json)


def watch_to_the_end(
    home: Home, experiment: Experiment, language: Language, begin: Callable[[], str], *, as_json: bool
) -> int:
    """Begin a run and follow it; the report or the JSON object at its end, and the exit status."""
    with Interrupts() as interrupts:
        view = RunView(home, begin())
        _follow(view, experiment, language, interrupts)
        if interrupts.asked and view.state not in ENDINGS:
            stop(home, view.run_id)
            view.poll()
    if as_json:
        print(json_line(finite(as_object(view))), flush=True)
    else:
        from minimind_tui.views.paper import print_report

        print_report(view, experiment, language)
    if interrupts.asked:
        _say_what_goes_on(view, language)
        return INTERRUPTED
    return 0 if view.state == "finished" else 1


def _say_what_goes_on(view: RunView, language: Language) -> None:
    """What a run that was stopped has waited for is a run of its own, and still makes what it makes."""
    maker = inert(view.summary.waits_for)
    if maker and is_locked(view.folder.parent / maker / LOCK):
        stop_it = f"minimind-tui stop {maker}"
        print(
            Text(zh=f"{maker} 还在跑；要停它：{stop_it}", en=f"{maker} goes on; {stop_it}").of(language),
            file=sys.stderr,
        )


class Interrupts:
    """SIGINT and SIGTERM are noted while this is open: a run that has been started is then stopped, not left alone."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Interrupts:
        self._earlier = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

    def _note(self, *_: object) -> None:
        self.asked = True


def as_object(view: RunView) -> dict[str, Any]:
    """What `--json` prints. A value that is not finite is one of the strings of the log, such as "NaN"."""
    summary = view.summary
    return {
        "run": view.run_id,
        "experiment": summary.experiment,
        "seed": summary.seed,
        "parameters": summary.parameters,
        "outcome": view.state,
        **({"reason": summary.reason} if summary.reason else {}),
        "seconds": round(summary.seconds(time.time()), 3),
        "arms": {
            name: {metric: series.last for metric, series in arm.metrics.items()} for name, arm in summary.arms.items()
        },
        "claims": [{"id": claim.id, "verdict": claim.verdict, "values": claim.values} for claim in summary.claims],
    }


def require_trust(course: Course, home: Home, *, trusted: bool) -> None:
    """Refuse the code of a course from elsewhere, unless the learner trusts it."""
    if not may_run_code(course, home, trusted=trusted):
        raise UsageError(
            Text(
                zh=f"{course.root} 是外来的课程，运行实验就是运行它的代码。信得过，就加上 --trust。",
                en=f"{course.root} is a course from elsewhere, and running an experiment runs its code. "
                "If you trust it, add --trust.",
            )
        )


def may_run_code(course: Course, home: Home, *, trusted: bool) -> bool:
    """Whether the learner trusts the course; that he does from now on, where he says so with `trusted`."""
    from minimind_tui.practice.store import Progress
    from minimind_tui.practice.trust import is_bundled, is_trusted, trust

    if is_bundled(course.root):
        return True
    progress = Progress(home.database)
    if trusted:
        trust(progress, course.root)
    allowed = is_trusted(progress, course.root)
    progress.close()
    return allowed


def _request(
    arguments: argparse.Namespace, experiment: Experiment, language: Language, course: Course, home: Home
) -> Request:
    given: dict[str, object] = {}
    for text in arguments.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                Text(zh=f"--set 要写成 名字=值，不是 {text!r}", en=f"--set wants NAME=VALUE, not {text!r}")
            )
        given[name.strip()] = value
    try:
        values = validate(experiment, given, full=arguments.full, language=language)
        check_data(experiment, values, home.corpora)
    except ParameterError as error:
        raise UsageError(error.message) from error
    if not 0 <= arguments.seed < 2**31:
        raise UsageError(Text(zh="--seed 要在 0 到 2147483647 之间", en="--seed must be between 0 and 2147483647"))
    try:
        return request_for(
            course, experiment, values, home, seed=arguments.seed, full=arguments.full, language=language
        )
    except ParameterError as error:
        raise UsageError(error.message) from error


def _follow(view: RunView, experiment: Experiment, language: Language, interrupts: Interrupts) -> None:
    """Watch the run until it ends or somebody interrupts."""
    shown = sys.stderr is not None and sys.stderr.isatty() and can_draw()
    while not interrupts.asked:
        view.poll()
        if shown:
            _show_progress(view, experiment, language)
        if view.state in ENDINGS:
            break
        time.sleep(POLL_SECONDS)
    if shown:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _show_progress(view: RunView, experiment: Experiment, language: Language) -> None:
    """One line that is written over."""
    from minimind_tui.views.awaited import QUEUED, STARTING, awaited_in_words
    from minimind_tui.views.words import bar, seconds

    chinese = language == "zh"
    if view.state == "running" and view.summary.waits_for:
        line = awaited_in_words(view, language)
    elif view.state == "waiting":
        line = (QUEUED if view.queued else STARTING).of(language) + "…"
    else:
        progress = view.summary.progress(time.time())
        labels = {arm.id: arm.label.of(language) for arm in experiment.arms}
        line = f"{bar(progress.fraction, 20)} {progress.fraction:4.0%}  {labels.get(progress.arm, '')}"
        if progress.steps:
            line += f" {progress.step}/{progress.steps}"
        if progress.seconds_left is not None:
            left = seconds(progress.seconds_left, language)
            line += f"  还要约 {left}" if chinese else f"  about {left} left"
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
