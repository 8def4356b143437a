"""A link that is cut without a word: nobody is told, nothing arrives; minutes later it is mended, or it never is.

Three hosts of the test's own (network namespaces): the learner's, a router, the one with the app. The router stops
forwarding. Neither end's cable is pulled, and no packet says that the other one has gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import psutil
import pytest

from tests.budget import is_nightly
from tests.terminal import ssh_client, ssh_server
from tests.terminal.console import KEYS, Console
from tests.terminal.ending import ended
from tests.terminal.learner import SIZE, Learner, goes_on, gone_promptly, steps_of
from tests.tiny import until

pytestmark = pytest.mark.alone

SERVER = "10.77.2.2"
STEPS_MISSED = 7500 if is_nightly() else 300
"""Steps of the run while the link is cut: fifty a second, so two and a half minutes, or six seconds."""


def ip(*words: str) -> None:
    """Set up a part of the network."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True)
class Network:
    """The learner's host, the router and the app's host, by the names of their namespaces."""

    near: str
    router: str
    far: str

    def build(self) -> None:
        """Three hosts and two cables."""
        for host in (self.near, self.router, self.far):
            ip("netns", "add", host)
        for host, number in ((self.near, 1), (self.far, 2)):
            ip(
                "link",
                "add",
                "cable",
                "netns",
                host,
                "type",
                "veth",
                "peer",
                "name",
                f"to{number}",
                "netns",
                self.router,
            )
            ip("-n", host, "address", "add", f"10.77.{number}.2/24", "dev", "cable")
            ip("-n", self.router, "address", "add", f"10.77.{number}.1/24", "dev", f"to{number}")
            for where, device in ((host, "lo"), (host, "cable"), (self.router, f"to{number}")):
                ip("-n", where, "link", "set", device, "up")
            ip("-n", host, "route", "add", "default", "via", f"10.77.{number}.1")
        self.mend()

    def remove(self) -> None:
        """Hosts and cables."""
        for host in (self.near, self.router, self.far):
            subprocess.run(["ip", "netns", "delete", host], check=False, capture_output=True)

    def _forward(self, value: int) -> None:
        ip("netns", "exec", self.router, "sh", "-c", f"echo {value} > /proc/sys/net/ipv4/ip_forward")

    def cut(self) -> None:
        """Nothing gets through any more; nobody is told."""
        self._forward(0)

    def mend(self) -> None:
        """It does again."""
        self._forward(1)


@pytest.fixture
def network() -> Iterator[Network]:
    if shutil.which("ip") is None:
        pytest.skip("there is no ip on this machine: Debian's package is iproute2")
    made = Network(*(f"tutor-{name}-{os.getpid()}" for name in ("near", "router", "far")))
    try:
        try:
            made.build()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network can be made here: {error.stderr.decode().strip()}")
        yield made
    finally:
        made.remove()


@dataclass(frozen=True)
class Line:
    """A way to log in over that network."""

    network: Network
    server: subprocess.Popen[bytes]
    port: int
    keys: Path

    def log_in(self, learner: Learner) -> Console:
        """A terminal on the learner's host, the app on the other."""
        keys = (str(self.keys / "host.pub"), str(self.keys / "user"))
        client = [sys.executable, ssh_client.__file__, str(self.port), *keys, learner.line, SERVER]
        columns, rows = SIZE
        environment = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": str(self.keys)}
        command = ["ip", "netns", "exec", self.network.near, *client]
        return Console(command, columns=columns, rows=rows, environment=environment)


@pytest.fixture
def line(network: Network, tmp_path: Path) -> Iterator[Line]:
    folder = tmp_path / "ssh"
    folder.mkdir()
    for name in ("host", "user"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        key.write_public_key(folder / f"{name}.pub")
        (folder / name).chmod(0o600)
    serve = [sys.executable, ssh_server.__file__, str(folder / "host"), str(folder / "user.pub"), SERVER]
    command = ["ip", "netns", "exec", network.far, *serve]
    with ended(subprocess.Popen(command, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]})) as server:
        assert server.stdout
        with server.stdout:
            yield Line(network, server, int(server.stdout.readline()), folder)


def no_report(learner: Learner) -> None:
    """No screen had an error, nor has the app."""
    assert [path.read_text(encoding="utf-8") for path in learner.home.reports.glob("*")] == []


def test_the_link_is_mended_and_all_that_was_typed_arrives_at_once(line: Line, learner: Learner) -> None:
    with line.log_in(learner) as console:
        view = learner.begin(console)
        app = learner.app()
        line.network.cut()
        before = console.bytes_read
        cut_at = steps_of(view)
        console.child.send(20 * KEYS["Ctrl+L"] + "vzLvz")
        console.child.send("p" + KEYS["Ctrl+L"] + "nLpL")

        def missed() -> bool:
            console.pump(0)
            return steps_of(view) > cut_at + STEPS_MISSED

        until(missed, f"{STEPS_MISSED} steps more")
        assert console.bytes_read - before < 65536, "nothing has come through"
        assert "正在运行" not in console.text
        line.network.mend()
        console.wait_for("1/2", "标题", "还有")  # the lesson, in Chinese
        console.press("L")
        console.wait_for("1/2", "Title")
        console.press("n")
        console.wait_for("2/2", "▸ ones", "s stops")
        goes_on(view)
        assert learner.app() == app
        console.press("q")
        console.wait_for("1 run is still going on")
        console.press("l")
        gone_promptly(app, console)
    learner.only_the_run_is_left(view)
    no_report(learner)


def test_a_link_that_is_never_mended(line: Line, learner: Learner) -> None:
    with line.log_in(learner) as console:
        view = learner.begin(console)
        app = learner.app()
        line.network.cut()
        console.child.send(20 * KEYS["Ctrl+L"])
    goes_on(view)
    assert app.is_running(), "nobody has told it"
    for process in psutil.Process(line.server.pid).children(recursive=True):
        if ssh_server.__file__ in process.cmdline():
            process.kill()
    line.server.kill()  # as a server does with a client that has not answered for long
    gone_promptly(app)
    learner.only_the_run_is_left(view)
    no_report(learner)
