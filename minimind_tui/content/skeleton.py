"""The files that a new module, lesson, experiment or exercise begins with.

What only its author can know stands in them as `<<write: ...>>`, and `minimind-tui check` refuses each such place.
"""

from __future__ import annotations

from minimind_tui.base.text import Language


def place(language: Language, zh: str, en: str) -> str:
    """A placeholder for what the author must write, in one language."""
    return f"<<写：{zh}>>" if language == "zh" else f"<<write: {en}>>"


def both(zh: str, en: str) -> str:
    """A placeholder in both languages, as an inline table of TOML."""
    return f'{{ zh = "{place("zh", zh, zh)}", en = "{place("en", en, en)}" }}'


def lesson(language: Language) -> str:
    """The text of a lesson."""
    title = place(language, "标题", "the title")
    feel = place(language, "先是一个摸得着的问题", "first a problem that can be felt")
    find = place(language, "再是读者自己能看到的，最后才是结论", "then what readers can see, the conclusion last")
    return f"# {title}\n\n{feel}\n\n{find}\n"


def lesson_row(name: str) -> str:
    """The row of a lesson in `module.toml`."""
    return f'\n[[lessons]]\nid = "{name}"\ntitle = {both("标题", "its title")}\nminutes = 8\n'


MODULE = "format = 1\n"


def experiment_spec(ref: str) -> str:
    """The spec of an experiment: one factor, two arms, a loss, a claim."""
    return f"""format = 1
id = "{ref}"
title = {both("标题", "its title")}
question = {both("它回答的问题", "the question that it answers")}
fairness = {both("两组之间什么是一样的，为什么公平", "what is equal between the arms, and why that is fair")}
factor = {{ name = "factor", label = {both("唯一不同的东西", "the one thing that differs")} }}
seconds = 20
shared = "language-model"

arms = [
  {{ id = "whole", label = {both("有它", "with it")}, set = {{ factor = true }} }},
  {{ id = "without", label = {both("没有它", "without it")}, set = {{ factor = false }} }},
]

[[plots]]
id = "loss"
kind = "line"
metric = "validation_loss"
title = {{ zh = "没见过的文本上的损失", en = "loss on unseen text" }}
y_label = {{ zh = "nats/{{token}}", en = "nats per {{token}}" }}

[[claims]]
id = "better"
text = {both("带着 {measure:.2f} 的一句话", "a sentence with {measure:.2f}")}
measure = "without.validation_loss - whole.validation_loss"
holds_above = 0.05
fails_below = 0.0

[[try_next]]
question = {both("步数改成 600：差距还在吗？", "steps 600: is the gap still there?")}
set = {{ steps = 600 }}
answer = {both("照着跑一次，结果是什么", "what comes out of that run")}
"""


EXPERIMENT_CODE = '''"""<<write: what differs, what is measured, and why that answers the question>>

Shapes: B batch, T block size.
"""

from experiments.language_model import load_text, model_config, train_on
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, and the loss on unseen text now and then."""
    text = load_text(settings, record)
    model = MiniMind(model_config(settings, text))  # <<write: the factor, settings.factor>>
    train_on(text, model, settings, record)
'''


def exercise_row(name: str) -> str:
    """The row of an exercise in `exercises.toml`."""
    return f"""
[[exercises]]
id = "{name}"
title = {both("标题", "its title")}
task = {both("写什么：签名、形状、一个手算的例子", "what to write: signature, shapes, an example by hand")}
minutes = 15
symbols = ["answer"]
forbidden = ["minimind_tui"]
hints = [
  {both("轻轻一推", "a nudge")},
  {both("方法", "the method")},
  {both("差不多就是代码", "nearly the code")},
]
"""


STARTER = '''"""<<write: what this file is>>"""

from torch import Tensor


def answer(x: Tensor) -> Tensor:
    """x (B, T, C) to (B, T, C)."""
    return x
'''

SOLUTION = '''"""<<write: what this file is>>"""

from torch import Tensor


def answer(x: Tensor) -> Tensor:
    """x (B, T, C) to (B, T, C)."""
    return 2 * x  # <<write: the solution>>
'''

CHECK = '''"""<<write: what is checked>>"""

from types import ModuleType

import torch

from minimind_tui.nn.checking import same


def check_values(code: ModuleType) -> None:
    """数值|Values"""
    x = torch.randn(2, 5, 8)  # (B, T, C)
    same(
        code.answer(x),
        2 * x,
        zh="<<写：答错的人最可能错在哪里>>",
        en="<<write: what whoever is wrong most likely got wrong>>",
    )
'''
