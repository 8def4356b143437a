"""The states of a run on the screen: a mark that needs no colour, the word in both languages, the style."""

from __future__ import annotations

STATES = {
    "waiting": ("…", "排队", "waiting", "unsure"),
    "running": ("▸", "运行中", "running", "key"),
    "finished": ("✓", "完成", "finished", "good"),
    "failed": ("✗", "出错", "failed", "bad"),
    "stopped": ("■", "已停止", "stopped", "muted"),
    "crashed": ("✗", "崩溃", "crashed", "bad"),
}
