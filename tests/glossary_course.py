"""The tiny course with a second lesson and a glossary of three terms, of which the second lesson defines one."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import COURSE, MODULE, tiny_course

GLOSSARY = """
format = 1

[[terms]]
id = "token"
name = { zh = "词元", en = "token" }
definition = { zh = "读的单位。", en = "What is read." }

[[terms]]
id = "gradient"
name = { zh = "梯度", en = "gradient" }
phrases = { zh = ["往回传"], en = ["sent back"] }
unlike = { zh = ["温度梯度"], en = ["colour gradient"] }
definition = { zh = "导数 $x^2$。", en = "A derivative $x^2$." }
defined_in = "small/later"
related = ["layer-norm"]

[[terms]]
id = "layer-norm"
name = { zh = "层归一化", en = "LayerNorm" }
forms = { zh = [], en = ["layer normalization"] }
definition = { zh = "除以标准差。", en = "Divides by the standard deviation." }
related = ["gradient", "token"]
"""

LINES = 40


def glossary_course(root: Path, glossary: str = GLOSSARY) -> Path:
    """Both lessons are long enough to scroll; the second one speaks of the gradient far down."""
    tiny_course(root)
    steps = COURSE[COURSE.index("steps = [") :]
    course = COURSE.replace(steps, 'modules = ["small"]\n').replace('id = "quick-start"', 'id = "whole"')
    (root / "lessons/course.toml").write_text(course, encoding="utf-8")
    later = MODULE[MODULE.index("[[lessons]]") :].replace("start", "later").replace("Start here", "Later on")
    (root / "lessons/small/module.toml").write_text(MODULE + later.replace("开始", "后来"), encoding="utf-8")
    write(root, "start", zh=filled("开始") + "这里有词元。\n", en=filled("Start") + "Here are tokens.\n")
    write(root, "later", zh=filled("后来") + "**梯度**就是导数。\n", en=filled("Later") + "A **gradient** is it.\n")
    (root / "lessons/glossary.toml").write_text(glossary, encoding="utf-8")
    return root


def filled(title: str) -> str:
    """A title and lines under it."""
    return f"# {title}\n\n" + "".join(f"{number}\n\n" for number in range(LINES))


def write(root: Path, lesson: str, *, zh: str, en: str) -> None:
    """Put other texts into a lesson."""
    (root / f"lessons/small/{lesson}.zh.md").write_text(zh, encoding="utf-8")
    (root / f"lessons/small/{lesson}.en.md").write_text(en, encoding="utf-8")
