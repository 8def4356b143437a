"""A small course whose experiment records one of everything."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import SPEC, tiny_course

PLOTS = """
[[plots]]
id = "pieces"
kind = "tokens"
metric = "sentence"
title = { zh = "切开", en = "in pieces" }
[[plots]]
id = "talk"
kind = "dialogue"
metric = "question"
title = { zh = "对话", en = "talk" }
[[plots]]
id = "board"
kind = "table"
metric = "scores"
title = { zh = "成绩", en = "scores" }
[[plots]]
id = "schedule"
kind = "spans"
metric = "schedule"
title = { zh = "时间表", en = "schedule" }
[[plots]]
id = "scaling"
kind = "points"
metric = "sizes"
fit = "power"
log = true
log_x = true
x_label = { zh = "参数", en = "parameters" }
y_label = { zh = "损失", en = "loss" }
title = { zh = "规模", en = "scaling" }
"""

CODE = """
def run(settings, record):
    record.plan(settings.steps)
    record.metric(1, total=settings.by)
    record.tokens("sentence", ["the", " cat", "\\n", "猫"], [11, 222, 3, 44444], bytes_of=[3, 4, 1, 3])
    turns = [("user", "Who had the kite?"), ("assistant", "kite emma")]
    record.dialogue("question", turns, reward=settings.by - 1, step=3)
    record.table("scores", [("模型", "model"), "nats"], [["base", 1.25 * settings.by], ["a\\nb", float("nan")]])
    from minimind_tui.run.records import Span, Spans
    spans = [Span("rank 0", 0.0, 2.0, "forward"), Span("rank 1", 2.0, 4.0, "forward"), Span("rank 1", 4.0, 8.0, "back")]
    record.record(Spans(name="schedule", spans=spans))
    sizes = [1e3, 1e4, 1e5, 1e6]
    record.points("sizes", sizes, [settings.by * 8 * size ** -0.25 for size in sizes])
"""


def course_of_records(root: Path, plots: str = PLOTS, code: str = CODE) -> Path:
    """The tiny course in `root`, with these plots after its own."""
    found = tiny_course(root, code)
    first = SPEC.index("[[parameters]]")
    (found / "experiments/small/count.toml").write_text(SPEC[:first] + plots + SPEC[first:], encoding="utf-8")
    return found
