"""A learner on another machine, over SSH: the connection may go, the run goes on."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from tests.terminal import ssh_client, ssh_server
from tests.terminal.console import Console
from tests.terminal.ending import ended
from tests.terminal.learner import FEW, SIZE, Learner, gone_promptly, is_whole, steps_of
from tests.terminal.quick_start import has_data
from tests.tiny import seen, until

pytestmark = pytest.mark.alone

WENT_ON = ("went on", "接着跑")
"""What the home screen says of a run that nobody watched; one of them."""
SSHD_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
"""


@dataclass(frozen=True)
class Remote:
    """A machine that can be logged in to."""

    port: int
    keys: Path

    def log_in(self, learner: Learner) -> Console:
        """A terminal on this side, the app on the other."""
        keys = (str(self.keys / "host.pub"), str(self.keys / "user"))
        arguments = [sys.executable, ssh_client.__file__, str(self.port), *keys, learner.line]
        columns, rows = SIZE
        environment = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": str(self.keys)}
        return Console(arguments, columns=columns, rows=rows, environment=environment)


@pytest.fixture(params=["asyncssh", "openssh"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    folder = tmp_path / "ssh"
    folder.mkdir()
    for name in ("host", "user"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        key.write_public_key(folder / f"{name}.pub")
        (folder / name).chmod(0o600)
    serve = asyncssh_server if request.param == "asyncssh" else openssh_server
    with serve(folder) as port:
        yield Remote(port, folder)


@contextmanager
def asyncssh_server(folder: Path) -> Iterator[int]:
    """A server of the tests' own; its port."""
    command = [sys.executable, ssh_server.__file__, str(folder / "host"), str(folder / "user.pub")]
    with ended(subprocess.Popen(command, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]})) as server:
        assert server.stdout
        with server.stdout:
            yield int(server.stdout.readline())


@contextmanager
def openssh_server(folder: Path) -> Iterator[int]:
    """The sshd that most machines have; its port."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if sshd is None:
        pytest.skip("there is no sshd on this machine: Debian's package is openssh-server")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd gives up its privileges in there
    port, config, log = free_port(), folder / "sshd_config", folder / "sshd.log"
    config.write_text(SSHD_CONFIG.format(port=port, folder=folder), encoding="utf-8")
    with ended(subprocess.Popen([sshd, "-D", "-f", str(config), "-E", str(log)])) as server:
        listening = f"Server listening on 127.0.0.1 port {port}"
        until(lambda: server.poll() is not None or (log.exists() and listening in log.read_text()), listening)
        assert server.poll() is None, log.read_text()
        yield port


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def says(console: Console, words: tuple[str, ...]) -> bool:
    """Whether one of `words` comes onto the screen soon; an answer, so that a test can go on without it."""
    try:
        console.wait(lambda: any(word in console.text for word in words), " or ".join(words), deadline=3)
    except AssertionError:
        return False
    return True


def test_the_connection_is_cut_and_the_run_goes_on(remote: Remote, learner: Learner) -> None:
    learner.prepare(FEW)
    with remote.log_in(learner) as console:
        view = learner.begin(console)
        app = learner.app()
        assert os.getsid(app.pid) == app.pid, "a session of its own, with a terminal of its own"
        os.kill(console.pid, signal.SIGKILL)
        gone_promptly(app)
    learner.only_the_run_is_left(view)
    cut_at = steps_of(view)
    assert seen(view) == "finished"
    assert steps_of(view) > cut_at
    is_whole(view, FEW)

    with remote.log_in(learner) as console:
        console.wait_for("Press Enter to go on: Counting")
        said = says(console, WENT_ON)
        console.press("Enter")
        console.wait_for("✓ finished", "total 1/3", f"twos {2 * FEW}")
        console.wait(lambda: has_data(console.text, "line"), "the curve")
        console.press("q")
        assert console.wait_exit() == 0
    assert said, f"the home screen does not say {' or '.join(WENT_ON)}"


def test_a_run_that_was_left_goes_on_without_the_session(remote: Remote, learner: Learner) -> None:
    with remote.log_in(learner) as console:
        view = learner.begin(console)
        app = learner.app()
        console.press("q")
        console.wait_for("1 run is still going on")
        console.press("l")
        gone_promptly(app, console)
        assert console.wait_exit() == 0
    learner.only_the_run_is_left(view)
