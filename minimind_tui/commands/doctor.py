"""`minimind-tui doctor`: what works here, and what to change where it does not."""

from __future__ import annotations

import argparse
import locale
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from minimind_tui.base.home import Home
from minimind_tui.base.terminal import SMALLEST, refusal
from minimind_tui.base.text import Language, Text
from minimind_tui.run import speed
from minimind_tui.run.cores import slot_count, threads_of_a_run, usable_cores
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.stop import size_of

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
    """Declare the arguments of `doctor`: none."""


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
    """All findings, the quick checks first."""
    yield _terminal()
    yield _colours()
    encoding = locale.getpreferredencoding(False)
    utf8 = encoding.lower().replace("-", "") == "utf8"
    yield Finding(
        Text(zh="区域和编码", en="locale"),
        _same(f"{os.environ.get('LC_ALL') or os.environ.get('LC_CTYPE') or os.environ.get('LANG') or 'C'}, {encoding}"),
        None if utf8 else Text(zh="运行 export LC_ALL=C.UTF-8", en="export LC_ALL=C.UTF-8"),
    )
    yield _folder(home.data)
    yield _torch()
    yield _fastest(home)
    yield _cores()
    yield _runs(home)
    if reports := sorted(home.reports.glob("*.txt")):
        count, newest = len(reports), reports[-1]
        yield Finding(
            Text(zh="出错报告", en="error reports"),
            Text(
                zh=f"{count} 份，不含你的任何内容；最新的：{newest}",
                en=f"{count}, with nothing of yours in them; the newest: {newest}",
            ),
        )
    yield _logout()


def _terminal() -> Finding:
    size = shutil.get_terminal_size()
    too_small = size.columns < SMALLEST[0] or size.lines < SMALLEST[1]
    enlarge = Text(
        zh=f"至少要 {SMALLEST[0]}x{SMALLEST[1]}：放大窗口", en=f"needs {SMALLEST[0]}x{SMALLEST[1]}: enlarge the window"
    )
    state = f"TERM={os.environ.get('TERM', '')} {size.columns}x{size.lines}"
    return Finding(Text(zh="终端", en="terminal"), _same(state), refusal() or (enlarge if too_small else None))


def _colours() -> Finding:
    subject = Text(zh="颜色", en="colours")
    if "NO_COLOR" in os.environ:
        return Finding(subject, Text(zh="不用颜色（NO_COLOR）", en="none (NO_COLOR)"))
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return Finding(subject, Text(zh="真彩色", en="truecolor"))
    if "256" in os.environ.get("TERM", ""):
        return Finding(subject, Text(zh="256 色", en="256"))
    return Finding(subject, Text(zh="16 色，t 键可换主题", en="16; t changes the theme"))


def _cores() -> Finding:
    cores = usable_cores()
    return Finding(Text(zh="处理器", en="cores"), Text(zh=f"{cores} 个核可用", en=f"{cores} to be used"))


def _runs(home: Home) -> Finding:
    runs = list_runs(home)
    running = sum(run.state not in ENDINGS for run in runs)
    size = sum(size_of(home.runs / run.id) for run in runs) / 1e6
    return Finding(
        Text(zh="运行", en="runs"),
        Text(
            zh=f"正在跑 {running} 个，同时最多 {slot_count()} 个（MINIMIND_TUI_SLOTS 可改）；"
            f"共 {len(runs)} 次，占 {size:,.0f} MB（minimind-tui clean 清理旧的）",
            en=f"{running} going on, at most {slot_count()} at once (MINIMIND_TUI_SLOTS changes it); "
            f"{len(runs)} in all, {size:,.0f} MB (minimind-tui clean removes old ones)",
        ),
    )


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
    """Version and speed of PyTorch, measured in another process, since this one never loads it."""
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


def _fastest(home: Home) -> Finding:
    """What a run with `device` and `precision` left open takes: measured in another process, with a run's threads."""
    subject = Text(zh="训练最快的方式", en="fastest training")
    environ = {**os.environ, "OMP_NUM_THREADS": threads_of_a_run()}
    line = [sys.executable, "-P", "-m", "minimind_tui.run.speed", str(home.cache)]
    try:
        done = subprocess.run(line, capture_output=True, timeout=300, env=environ, check=True)
        _, found = msgspec.json.decode(done.stdout, type=tuple[str, speed.Measured])
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        return Finding(
            subject,
            Text(zh="没量出来", en="could not be measured"),
            Text(zh="先解决 torch 的问题，再运行 minimind-tui doctor", en="mend torch first, then run this again"),
        )
    ways = sorted(found.seconds, key=lambda way: found.seconds[way])
    zh, en = (mark.join(f"{way} {found.seconds[way]:.3f} s" for way in ways) for mark in ("、", ", "))
    day, file = time.strftime("%Y-%m-%d", time.localtime(found.at)), home.cache / speed.FILE
    return Finding(
        subject,
        Text(
            zh=f"{ways[0]}。每次更新：{zh}（{day} 量的；删掉 {file} 就重新量）",
            en=f"{ways[0]}. Each update: {en} (measured {day}; delete {file} to measure again)",
        ),
    )


def _logout() -> Finding:
    """Whether systemd ends a run when its learner logs out: what is in the session's scope, however detached."""
    subject = Text(zh="退出登录", en="log-out")
    loginctl = shutil.which("loginctl")
    if loginctl is None:
        return Finding(subject, Text(zh="没有 systemd 管会话，训练会继续", en="no systemd sessions here: runs go on"))
    try:  # without a session's name it tells the settings of the manager
        asked = [loginctl, "show-session", "--property=KillUserProcesses"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        answer = ""
    if "KillUserProcesses=no" in answer:
        return Finding(subject, Text(zh="训练会继续", en="runs go on"))
    if "KillUserProcesses=yes" not in answer:
        return Finding(subject, Text(zh="systemd 没有回答", en="systemd does not say"))
    return Finding(
        subject,
        Text(
            zh="systemd 会把训练一起结束（KillUserProcesses=yes）",
            en="systemd ends your runs too (KillUserProcesses=yes)",
        ),
        Text(
            zh="先运行一次 loginctl enable-linger，以后用 systemd-run --user --scope minimind-tui 打开",
            en="once: loginctl enable-linger; then open it with: systemd-run --user --scope minimind-tui",
        ),
    )


def _same(text: str) -> Text:
    return Text(zh=text or "-", en=text or "-")
