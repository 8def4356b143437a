"""A tiny course whose lessons have experiments inside, on a path that lists its modules alone."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.walk import PREDICTION
from tests.tiny import CODE, COURSE, SPEC, tiny_course

STEADY = """
import time
def run(settings, record):
    record.plan(settings.steps)
    for step in range(1, settings.steps + 1):
        record.metric(step, total=step * settings.by)
        time.sleep(0.05)
"""
LONG = 400
"""Steps that last for as long as a test looks at them."""

PARAGRAPHS = 12
"""The first experiment stands at the foot of a page of 36 rows, the second on the page after."""
PATH = """
[[modules]]
id = "later"
number = 2
tier = "only"
title = { zh = "后面", en = "Later" }
question = { zh = "然后呢？", en = "And then?" }
hours = 0.5
state = "planned"
[[paths]]
id = "whole"
title = { zh = "全程", en = "All of it" }
goal = { zh = "都学", en = "Everything" }
hours = 1
state = "planned"
modules = ["small", "later"]
"""
MODULE = """
format = 1
[[lessons]]
id = "start"
title = { zh = "开始", en = "Start here" }
minutes = 1
[[lessons]]
id = "counts"
title = { zh = "两个实验", en = "Two experiments" }
minutes = 1
[[lessons]]
id = "end"
title = { zh = "结尾", en = "The end" }
minutes = 1
"""


def lesson(title: str, names: list[str], paragraphs: int = PARAGRAPHS) -> str:
    """A text in which the experiments stand far apart, each followed by the figure that it measures."""
    between = "".join(f"line {number}\n\n" for number in range(1, paragraphs + 1))
    parts = [f"# {title}\n\n{between}"]
    for name in names:
        parts.append(f":::experiment {name}\n\n{name} gave {{{{{name}: twos.total | .0f}}}}.\n\n{between}")
    return "".join(parts)


def embedding_course(root: Path, paragraphs: int = PARAGRAPHS, again: str = CODE) -> Path:
    """The course in `root`: a lesson before, one with `small/count` and `small/again`, and one after."""
    tiny_course(root)
    course = COURSE.partition("[[paths]]")[0].replace('["count"]', '["count", "again"]') + PATH
    (root / "lessons/course.toml").write_text(course, encoding="utf-8")
    (root / "lessons/small/module.toml").write_text(MODULE, encoding="utf-8")
    names = ["small/count", "small/again"]
    for language, titles in (
        ("zh", ("开始", "两个实验", "结尾")),
        ("en", ("Start here", "Two experiments", "The end")),
    ):
        for stem, title, inside in zip(("start", "counts", "end"), titles, ([], names, []), strict=True):
            text = lesson(title, inside, paragraphs if inside else 1)
            (root / f"lessons/small/{stem}.{language}.md").write_text(text, encoding="utf-8")
    folder = root / "experiments/small"
    spec = SPEC.replace("small/count", "small/again").replace('"Counting"', '"Once more"').replace("数数", "再来")
    (folder / "again.toml").write_text(spec, encoding="utf-8")
    (folder / "again.py").write_text(again, encoding="utf-8")
    (folder / "count.toml").write_text(SPEC + PREDICTION, encoding="utf-8")
    reference = (folder / "count.reference.json").read_text(encoding="utf-8")
    (folder / "again.reference.json").write_text(
        reference.replace("small/count", "small/again").replace("10.0", "77.0"), encoding="utf-8"
    )
    (folder / "count.reference.json").write_text(reference.replace("10.0", "66.0"), encoding="utf-8")
    for name in ("count", "again"):
        for language in ("zh", "en"):
            (root / f"lessons/small/{name}.{language}.md").write_text("# Title\n\nn\n", encoding="utf-8")
    return root
