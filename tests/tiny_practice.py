"""Questions, cards and an exercise for the tiny course: sound, and without torch."""

from __future__ import annotations

from pathlib import Path

QUIZ = "format = 1\n" + "".join(
    f"""
[[questions]]
id = "sum-{number}"
kind = "single"
text = {{ zh = "{number} 加 1 是多少？$x^2$", en = "What is {number} and 1? $x^2$" }}
choices = [
  {{ id = "a", text = {{ zh = "{number + 1 + number % 3}", en = "{number + 1 + number % 3}" }}{right[0]} }},
  {{ id = "b", text = {{ zh = "{number + number % 3}", en = "{number + number % 3}" }}{right[1]} }},
  {{ id = "c", text = {{ zh = "{number - 1 + number % 3}", en = "{number - 1 + number % 3}" }}{right[2]} }},
]
explanation = {{ zh = "数一数。", en = "Count." }}
"""
    for number in range(1, 7)
    for right in [[", right = true" if place == number % 3 else "" for place in range(3)]]
)
QUIZ += """
[[questions]]
id = "even"
kind = "multiple"
text = { zh = "哪些是偶数？", en = "Which are even?" }
choices = [
  { id = "a", text = { zh = "二", en = "two" }, right = true },
  { id = "b", text = { zh = "三", en = "three" } },
  { id = "c", text = { zh = "四", en = "four" }, right = true },
]
explanation = { zh = "二和四。", en = "Two and four." }

[[questions]]
id = "why"
kind = "open"
text = { zh = "为什么？", en = "Why?" }
answer = { zh = "因为。", en = "Because." }
rubric = [
  { zh = "说了因为", en = "says because" },
  { zh = "说了所以", en = "says therefore" },
  { zh = "说了别的", en = "says something else" },
]
"""

CARDS = """
format = 1
[[cards]]
id = "first"
question = { zh = "一？", en = "One?" }
answer = { zh = "是一，$x$。", en = "One, $x$." }
[[cards.follow_ups]]
question = { zh = "二？", en = "Two?" }
answer = { zh = "就是两个一，$2$。", en = "Twice one, $2$." }
[[cards.follow_ups]]
question = { zh = "零呢？", en = "And zero?" }
answer = { zh = "一个也没有。", en = "None at all." }
[[cards]]
id = "second"
question = { zh = "二？", en = "Two?" }
answer = { zh = "是二。", en = "Two." }
[[cards.follow_ups]]
question = { zh = "三？", en = "Three?" }
answer = { zh = "再加一。", en = "One more." }
"""

EXERCISES = '''
format = 1
[[exercises]]
id = "double"
title = { zh = "翻倍", en = "Double" }
task = { zh = """写 `double(x)`。

$$
y = 2 x
$$
""", en = """Write `double(x)`.

$$
y = 2 x
$$
""" }
minutes = 5
symbols = ["double"]
forbidden = ["operator.mul", "math"]
hints = [
  { zh = "想", en = "think" },
  { zh = "加", en = "add" },
  { zh = "x + x", en = "x + x" },
]
'''

STARTER = '''"""Double a number."""


def double(x):
    return x
'''

SOLUTION = '''"""Double a number."""


def double(x):
    return x + x
'''

CHECK = '''"""Checks of double."""


def check_whole(code):
    """整数|Whole numbers"""
    assert code.double(3) == 6


def check_zero(code):
    """零|Zero"""
    assert code.double(0) == 0
'''


def add_practice(root: Path) -> Path:
    """Give the module of the tiny course in `root` something to practise."""
    module = root / "lessons/small"
    folder = module / "exercises/double"
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in (
        (module / "quiz.toml", QUIZ),
        (module / "cards.toml", CARDS),
        (module / "exercises.toml", EXERCISES),
        (folder / "starter.py", STARTER),
        (folder / "solution.py", SOLUTION),
        (folder / "check.py", CHECK),
    ):
        path.write_text(text, encoding="utf-8")
    return root
