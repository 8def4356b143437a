"""The tracer: every tensor with its shape and figures, its picture, its code; hostile names stay text."""

from __future__ import annotations

import re
from pathlib import Path

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.trust import trust
from minimind_tui.run import records
from minimind_tui.run.events import decode, encode
from minimind_tui.run.summary import Summary
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.plot.trace_view import TraceView
from minimind_tui.views.plots.trace import TraceData
from tests.plots import shown as plotted
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import see, shown, until
from tests.ui.stage import Stage

WORDS = ["one", "cold", "小明", "met"]


def tensor(arm: str, name: str, **changes: object) -> bytes:
    fields = {
        "arm": arm,
        "name": name,
        "shape": [1, 2, 4, 4],
        "symbols": "B H T T",
        "dtype": "float32",
        "bytes": 128,
        "mean": 0.0125,
        "std": 1.5,
        "low": -3.0,
        "high": 2.0,
        "nonfinite": 12,
        "rows": [
            [(-3.0 if column == row else 2.0) if column <= row else "-Infinity" for column in range(4)]
            for row in range(4)
        ],
        "row_labels": WORDS,
        "column_labels": WORDS,
        "text": {"zh": "每个 q 和每个 k 的点积。", "en": "Every q with every k."},
        "code": "minimind_tui/nn/attention.py attention_steps",
        **changes,
    }
    return encode("tensor", 0.0, fields)


def data(*lines: bytes, language: Language = "en") -> TraceData:
    summary = Summary()
    for line in lines:
        event = decode(line)
        assert isinstance(event, records.Tensor)
        summary.apply(event)
    spec = load_course(bundled_root()).experiments["block/shape-tracer"]
    found: TraceData = plotted(spec, spec.plots[0], summary, language)
    return found


async def test_each_tensor_is_shown_with_its_shape_its_figures_and_its_picture() -> None:
    view = TraceView()
    traced = data(
        *(tensor("before", name) for name in ("q", "scores", "weights")),
        *(tensor("after", name, std=4.25) for name in ("q", "scores", "weights")),
    )
    async with Stage(view).run_test(size=(60, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        view.show(traced, True)
        view.focus()
        await pilot.press("j")
        assert "o before" in app.rows[0]
        assert "2/3" in app.rows[0]
        assert re.search(r"▶ scores +B H T T +1×2×4×4 +128 +0\.013 +1\.500", app.text)
        assert "B H T T = 1 × 2 × 4 × 4: 32 of float32, 4 bytes each" in app.text
        assert "Every q with every k." in app.text
        assert "-3.000 … 2.000  (12 × -inf/NaN)" in app.text
        assert "head 1  -9 = -3.00  · = 0  9 = 3.00" in app.text
        assert re.search(r"cold +7 +-9\s*$", app.text, re.MULTILINE), "what the mask shuts out is blank"
        assert re.search(r"小明 +7 +7 +-9", app.text)
        await pilot.press("full_stop")
        assert re.search(r"▶ scores .* 4\.250", app.text), "the same tensor in the other arm"
        await pilot.press("down", "down", "k", "home")
        assert re.search(r"▶ q ", app.text)
        await pilot.resize_terminal(90, 20)
        await pilot.pause()
        assert "std before" in app.text, "the other arm's figure beside it where there is room"


async def test_a_long_text_is_cut_to_what_there_is_room_for_and_scrolls() -> None:
    view = TraceView()
    rows = [[float(row * column) for column in range(40)] for row in range(40)]
    labels = [f"w{row}" for row in range(40)]
    traced = data(tensor("before", "x", shape=[1, 200, 64], rows=rows, row_labels=labels, column_labels=[]))
    async with Stage(view).run_test(size=(60, 18)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        view.show(traced, True)
        view.focus()
        await pilot.pause()
        assert "w0 " in app.text
        assert "columns 1–" in app.text
        assert "/64 →" in app.text
        await pilot.press("space")
        assert "w0 " not in app.text
        await pilot.press("right")
        assert "columns 9–" in app.text


def test_hostile_tensors_are_inert() -> None:
    evil = "\x1b[31m[red]\u202e\nx"
    traced = data(
        tensor(
            "before", evil, symbols=evil, dtype=evil, row_labels=[evil] * 4, text={"en": evil, "zh": evil}, code=evil
        ),
        tensor("before", "empty", shape=[], rows=[], mean="NaN", std="NaN", low="NaN", high="NaN"),
        tensor("before", "ragged", rows=[[], [1.0], [1.0, 2.0]], row_labels=[]),
        tensor("before", "many", shape=[2] * 5000, rows=[[0.0] * 5000] * 5, bytes=2**62),
        tensor("unknown arm", "x"),
    )
    first = traced.arms[0].tensors[traced.names[0]]
    for text in (first.name, first.symbols, first.dtype, first.text, *first.row_labels):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "\n" not in first.name + "".join(first.row_labels)
    assert len(traced.arms) == 1


async def test_no_hostile_tensor_breaks_the_view() -> None:
    view = TraceView()
    traced = data(
        tensor("before", "[bold]\x1b[2J"),
        tensor("before", "empty", shape=[], rows=[], mean="NaN", std="NaN", low="NaN", high="NaN"),
        tensor("before", "ragged", rows=[[], [1.0], [1.0, 2.0]], row_labels=[]),
        tensor("before", "many", shape=[2] * 5000, rows=[[1e308, -1e308] * 200] * 5, bytes=2**62),
        tensor("after", "only here"),
    )
    for size in ((24, 8), (60, 16), (120, 40)):
        async with Stage(view).run_test(size=size) as pilot:
            app = pilot.app
            assert isinstance(app, Stage)
            view.show(traced, True)
            view.focus()
            for key in ("j", "j", "space", "right", "j", "j", "full_stop", "k", "enter", "end", "b", "left"):
                await pilot.press(key)
            assert "\x1b" not in app.text
        view = TraceView()


def test_other_kinds_of_lines_are_no_tensors() -> None:
    for changes in ({"shape": [-1]}, {"shape": "x"}, {"rows": 3}, {"bytes": 1e30}):
        assert decode(tensor("before", "x", **changes)) is None
    assert isinstance(decode(tensor("before", "x")), records.Tensor)


async def test_the_code_of_a_tensor_opens_over_the_lab(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    spec, code = course / "experiments/small/count.toml", course / "experiments/small/count.py"
    plot = '\n[[plots]]\nid = "trace"\nkind = "trace"\ntitle = { zh = "张量", en = "tensors" }\n'
    plot += 'help = { zh = "怎么读", en = "how to read it" }\n'
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("[[plots]]", plot + "[[plots]]", 1), encoding="utf-8")
    record = (
        "    import torch\n"
        "    made = torch.tensor([[[1.0, float('inf')], [2.0, 3.0]]])\n"
        "    record.tensor('x', made, shape='B T C', zh='甲', en='made of two',"
        " code='minimind_tui/nn/norm.py RMSNorm', row_labels=['r', 's'])\n"
    )
    code.write_text(code.read_text(encoding="utf-8") + record, encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(course), "en")
    trust(app.progress, app.course.root)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(
            pilot,
            "✓ finished",
            "how to read it",
            "made of two",
            "1 × 2 × 2: 4 of float32, 4 bytes each",
            "mean 2.000",
            "(1 ×",
        )
        await pilot.press("enter")
        await see(pilot, "class RMSNorm")
        await pilot.press("L")
        await until(pilot, lambda: "返回" in shown(app), "the other language")
        await pilot.press("escape")
        await see(pilot, "甲")


async def test_a_learners_own_sentence_is_typed_and_traced(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    spec, code = course / "experiments/small/count.toml", course / "experiments/small/count.py"
    line = '\n[[parameters]]\nname = "sentence"\nkind = "text"\nlabel = { zh = "句子", en = "sentence" }\n'
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text + line + 'default = ""\nmaximum = 14\n', encoding="utf-8")
    code.write_text(
        code.read_text(encoding="utf-8") + "    record.note(settings.sentence, f'read: {settings.sentence}')\n",
        encoding="utf-8",
    )
    app = TutorApp(home_in(tmp_path), load_course(course), "en")
    trust(app.progress, app.course.root)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter", "n", "o")
        await see(pilot, "sentence")
        while "▶ sentence" not in shown(app):
            await pilot.press("down")
        await pilot.press(*"jack x L[猫", "backspace", *"中!qqqqqq")
        await see(pilot, "jack x L[中!qqq", "14/14")
        await pilot.press("enter")
        await see(pilot, "✓ finished", "sentence=jack x L[中!qqq")
        while "read: jack" not in shown(app):
            await pilot.press("v")
        await see(pilot, "read: jack x L[中!qqq")
