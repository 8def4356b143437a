"""`minimind-tui doctor`: what works here, and what to change where it does not."""

from __future__ import annotations

import argparse
import locale
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minimind_tui.content.schema import Language, Text
from minimind_tui.home import Home
from minimind_tui.run.runs import list_runs
from minimind_tui.run.slots import slot_count
from minimind_tui.terminal import refusal

if TYPE_CHECKING:
    pass

LEAST_FREE_MB = 200
SPEED = """
import time, torch
a = torch.randn(512, 512)
a @ a
t = time.perf_counter()
for _ in range(20): a @ a
print(torch.__version__, torch.get_num_threads(), f"{20 * 2 * 512**3 / (time.perf_counter() - t) / 1e9:.0f}")
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report. `fix` is what to change; None where all is well."""

    subject: Text
    state: Text
    fix: Text | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print every finding; 1 where something needs a change."""
    ill = False
    for finding in findings(home):
        ill = ill or finding.fix is not None
        print(f"{'!' if finding.fix else '✓'} {finding.subject.of(language)}: {finding.state.of(language)}")
        if finding.fix:
            print(f"    {finding.fix.of(language)}")
    return 1 if ill else 0


def findings(home: Home) -> Iterator[Finding]:
    """All that is looked at, the quick things first."""
    yield _terminal()
    encoding = locale.getpreferredencoding(False)
    utf8 = encoding.lower().replace("-", "") == "utf8"
    yield Finding(
        Text(zh="字符编码", en="encoding"),
        _same(encoding),
        None if utf8 else Text(zh="运行 export LC_ALL=C.UTF-8", en="export LC_ALL=C.UTF-8"),
    )
    yield _folder(home.data)
    yield _torch()
    running = sum(run.state in ("waiting", "running") for run in list_runs(home))
    yield Finding(
        Text(zh="运行", en="runs"),
        Text(
            zh=f"正在跑 {running} 个，同时最多 {slot_count()} 个（MINIMIND_TUI_SLOTS 可改）",
            en=f"{running} going on, at most {slot_count()} at once (MINIMIND_TUI_SLOTS changes it)",
        ),
    )
    yield from _logout()


def _terminal() -> Finding:
    size = shutil.get_terminal_size()
    colours = "truecolor" if os.environ.get("COLORTERM") in ("truecolor", "24bit") else "256/16"
    state = f"TERM={os.environ.get('TERM', '')} {size.columns}x{size.lines} {colours}"
    return Finding(Text(zh="终端", en="terminal"), _same(state), refusal())


def _folder(path: Path) -> Finding:
    subject = Text(zh="学习记录的文件夹", en="your folder")
    there = next((parent for parent in (path, *path.parents) if parent.exists()), Path("/"))
    free = shutil.disk_usage(there).free // 2**20
    try:
        with tempfile.TemporaryFile(dir=there):
            writable = True
    except OSError:
        writable = False
    fix = None
    if not writable:
        fix = Text(
            zh=f"写不进 {there}：改权限，或设 MINIMIND_TUI_HOME 到别处",
            en=f"cannot write in {there}: change its permissions, or set MINIMIND_TUI_HOME to another folder",
        )
    elif free < LEAST_FREE_MB:
        fix = Text(zh="磁盘快满了：腾出一些空间", en="the disk is nearly full: free some space")
    return Finding(subject, Text(zh=f"{path}，剩余 {free} MB", en=f"{path}, {free} MB free"), fix)


def _torch() -> Finding:
    """Asked in another process: this one never loads torch."""
    from importlib import metadata

    subject = _same("torch")
    try:
        version = metadata.version("torch")
        done = subprocess.run([sys.executable, "-c", SPEED], capture_output=True, text=True, timeout=120)
    except (metadata.PackageNotFoundError, OSError, subprocess.TimeoutExpired) as error:
        return Finding(subject, _same(type(error).__name__), Text(zh="pip install torch", en="pip install torch"))
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        return Finding(
            subject,
            _same(f"{version}: {reason}"),
            Text(zh="重装：pip install --force-reinstall torch", en="pip install --force-reinstall torch"),
        )
    version, threads, speed = done.stdout.split()
    return Finding(
        subject,
        Text(
            zh=f"{version}，{threads} 个线程，矩阵乘法 {speed} GFLOP/s",
            en=f"{version}, {threads} threads, {speed} GFLOP/s in a matrix product",
        ),
    )


def _logout() -> Iterator[Finding]:
    """With systemd's KillUserProcesses, a run ends with the SSH session that began it."""
    loginctl = shutil.which("loginctl")
    if loginctl is None or "SSH_CONNECTION" not in os.environ:
        return
    try:
        asked = [loginctl, "show-session", os.environ.get("XDG_SESSION_ID", ""), "-p", "KillUserProcesses"]
        kills = "yes" in subprocess.run(asked, capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return
    if kills:
        yield Finding(
            Text(zh="退出登录", en="log-out"),
            Text(zh="会连训练一起结束", en="ends your runs too"),
            _same("loginctl enable-linger"),
        )


def _same(text: str) -> Text:
    return Text(zh=text or "-", en=text or "-")
