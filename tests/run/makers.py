"""A course in which runs begin from what others have made: a tokenizer, a base, a talk; of few bytes, without torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.content.tables import Value
from minimind_tui.run.artifacts import Artifact, Shelf
from minimind_tui.run.launch import start
from minimind_tui.run.request import Request, request_for, validate
from minimind_tui.run.watch import RunView
from tests.tiny import COURSE, home_in, tiny_course

EXPERIMENTS = ("tokens", "base", "talk", "free", "look")

PACK = """
import json, time
def pack(*, step=0, values=(1, 2), **more):
    body = bytes(values)
    said = {"format": "2", "step": str(step), "tokenizer": json.dumps({"kind": "bytes"}), "lineage": "[]", **more}
    tensor = {"dtype": "U8", "shape": [len(body)], "data_offsets": [0, len(body)]}
    header = json.dumps({"__metadata__": said, "w": tensor}).encode()
    return len(header).to_bytes(8, "little") + header + body
"""
"""A saved model of a few bytes, as `pack_model` writes it."""

TOKENS = """
import json
def run(settings, record):
    record.metric(1, total=1)
    record.keep(json.dumps({"kind": "characters", "alphabet": ["a", "b", "c"]}).encode())
"""

BASE = (
    PACK
    + """
def run(settings, record):
    tokens = json.loads(record.base("small/tokens").content())
    first = 1 if record.checkpoint.step is None else record.checkpoint.step + 1
    record.checkpoint.seconds = 0
    record.plan(settings.steps)
    for step in range(first, settings.steps + 1):
        record.metric(step, total=step)
        if step % 5 == 0:
            record.checkpoint.write(pack(step=step))
        while step == 7 and settings.hang and __import__("os").path.exists(settings.hang):
            record.metric(step, total=step)
            time.sleep(0.01)
        if settings.fails:
            raise ValueError("it was told to")
    record.keep(pack(step=settings.steps, values=[settings.steps, settings.seed, len(tokens["alphabet"])]))
"""
)

TALK = (
    PACK
    + """
def run(settings, record):
    base = record.base("small/base", steps=settings.steps, hang=settings.hang, fails=settings.fails)
    record.metric(1, total=base.content()[-3], sum=sum(base.content()[-3:]))
    record.checkpoint.keep_model(1, pack(step=1))
    record.keep(base.content())
"""
)

FREE = """
def run(settings, record):
    record.metric(1, total=settings.model.content()[-3])
    record.note(settings.model.name, settings.model.name)
"""

LOOK = "def run(settings, record):\n    record.metric(1, total=1)\n"

SPEC = """
format = 1
id = "small/{name}"
title = {{ zh = "{name}", en = "{name}" }}
question = {{ zh = "行吗？", en = "Does it work?" }}
fairness = {{ zh = "都一样", en = "All alike" }}
factor = {{ name = "on", label = {{ zh = "开", en = "on" }} }}
seconds = 1
{fields}
[[plots]]
id = "total"
kind = "line"
metric = "total"
title = {{ zh = "总数", en = "total" }}
{parameters}
"""

ONE = 'arms = [{ id = "only", label = { zh = "一", en = "one" }, set = { on = true } }]'
TWO = """arms = [
  { id = "first", label = { zh = "一", en = "first" }, set = { on = true } },
  { id = "second", label = { zh = "二", en = "second" }, set = { on = false } },
]"""

STEPS = """
[[parameters]]
name = "steps"
kind = "int"
label = { zh = "步数", en = "steps" }
default = 10
[[parameters]]
name = "hang"
kind = "text"
label = { zh = "停", en = "hang" }
default = ""
maximum = 400
[[parameters]]
name = "fails"
kind = "bool"
label = { zh = "坏", en = "fails" }
default = false
"""

MODEL = """
[[parameters]]
name = "model"
kind = "model"
label = {{ zh = "模型", en = "model" }}
default = "base"
base = "small/base"
needs = "{needs}"
"""


def making_course(root: Path, needs: str = "writes") -> Path:
    """The course in `root`."""
    tiny_course(root)
    listing = ", ".join(f'"{name}"' for name in ("count", *EXPERIMENTS))
    course = COURSE.replace('experiments = ["count"]', f"experiments = [{listing}]")
    (root / "lessons/course.toml").write_text(course, encoding="utf-8")
    talks = 'makes = "model"\ntalks = true\nmakes_in = "second"\nbegins_from = ["small/base"]'
    fields = {
        "tokens": (f'{ONE}\nmakes = "tokenizer"', "", TOKENS),
        "base": (f'{ONE}\nmakes = "model"\nbegins_from = ["small/tokens"]', STEPS, BASE),
        "talk": (f"{TWO}\n{talks}", STEPS, TALK),
        "free": (f'{ONE}\nbegins_from = ["small/base"]', MODEL.format(needs=needs), FREE),
        "look": (ONE, "", LOOK),
    }
    for name, (own, parameters, code) in fields.items():
        spec = SPEC.format(name=name, fields=own, parameters=parameters)
        (root / f"experiments/small/{name}.toml").write_text(spec, encoding="utf-8")
        (root / f"experiments/small/{name}.py").write_text(code, encoding="utf-8")
    return root


def own_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose cache the workers see, too, and with room for several at once."""
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "4")
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(folder))
    return home_in(folder)


def ask(home: Home, root: Path, name: str, *, seed: int = 1, **given: Value) -> Request:
    """What `minimind-tui run` asks for."""
    course = load_course(root)
    assert not course.problems, course.problems
    experiment = course.experiments[f"small/{name}"]
    values = validate(experiment, given)
    return request_for(course, experiment, values, home, seed=seed, full=False, language="en")


def go(home: Home, root: Path, name: str, *, seed: int = 1, **given: Value) -> RunView:
    """Start a run of `small/<name>`."""
    return RunView(home, start(home, ask(home, root, name, seed=seed, **given)))


def artifacts(home: Home) -> dict[str, Artifact]:
    """What is on the shelf, by the experiment's name: the newest of each."""
    return {each.about.experiment.removeprefix("small/"): each for each in reversed(Shelf(home.artifacts).all())}


TRAINED = """
from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.checkpoint import SavedModel, Stage, pack_model, unpack_model
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.tokenizer import Characters
from minimind_tui.nn.training import adamw, updates
import torch

def trained(model, tokenizer, settings, record, steps, earlier=()):
    text = torch.tensor(tokenizer.encode("abcd" * 100))
    for update in updates(model, [adamw(model, 3e-3)], RandomBlocks(text, 8, 2, seed=settings.seed), steps=steps,
                          checkpoint=record.checkpoint):
        record.metric(update.step, total=update.loss)
    lineage = (*earlier, Stage(record.run, "abcd", settings.seed))
    return pack_model(SavedModel(model, tokenizer, 8, steps, lineage))
"""

REAL_BASE = (
    TRAINED
    + """
def run(settings, record):
    tokenizer = Characters("abcd")
    model = MiniMind(ModelConfig(vocab_size=4, hidden_size=16, num_layers=1, num_heads=2, num_kv_heads=1,
                                 max_position=16))
    record.keep(trained(model, tokenizer, settings, record, 20))
"""
)

REAL_TALK = (
    TRAINED
    + """
def run(settings, record):
    saved = unpack_model(record.base("small/base").content())
    record.keep(trained(saved.model, saved.tokenizer, settings, record, 5, saved.lineage))
"""
)
