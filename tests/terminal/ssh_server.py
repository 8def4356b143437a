"""An SSH server for tests: each session gets a real pty, which is closed when the connection is lost.

`python ssh_server.py HOST_KEY AUTHORIZED_KEYS [ADDRESS]` listens on a free port of 127.0.0.1, or of another address,
and prints it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from termios import tcsetwinsize

import asyncssh


class TerminalSession(asyncssh.SSHServerSession[bytes]):
    """One command in one pty, with that pty as its controlling terminal."""

    _channel: asyncssh.SSHServerChannel[bytes]
    _command: str
    _master: int | None = None
    """None before the command runs, and again once the terminal is closed."""
    _child: subprocess.Popen[bytes]
    _ending: asyncio.Task[None]

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._command = command
        return self._channel.get_terminal_type() is not None

    def session_started(self) -> None:
        """Run the command as the leader of a session of its own."""
        self._master, slave = os.openpty()
        self.terminal_size_changed(*self._channel.get_terminal_size())
        self._child = subprocess.Popen(
            ["/bin/sh", "-c", self._command],
            env={**os.environ, "TERM": self._channel.get_terminal_type() or ""},
            preexec_fn=partial(os.login_tty, slave),
        )
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._output)

    def _output(self) -> None:
        """Pass on what the command has written; Linux says EIO once nobody has the terminal open."""
        assert self._master is not None
        try:
            data = os.read(self._master, 65536)
        except OSError:
            data = b""
        if data:
            self._channel.write(data)
        else:
            self._hang_up()

    async def _end(self) -> None:
        """Wait for the command, and tell the other side, where there still is one, how it ended."""
        status = await asyncio.to_thread(self._child.wait)
        self._channel.exit(status if status >= 0 else 128 - status)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        if self._master is not None:
            os.write(self._master, data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        if self._master is not None:
            tcsetwinsize(self._master, (height, width))

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the pty, and no more: what this means to the command is the kernel's business."""
        if self._master is not None:
            self._hang_up()

    def _hang_up(self) -> None:
        assert self._master is not None
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        self._master = None
        self._ending = asyncio.create_task(self._end())


class Server(asyncssh.SSHServer):
    """Whoever has the key may open a session."""

    def session_requested(self) -> TerminalSession:
        return TerminalSession()


async def serve(host_key: str, authorized_keys: str, address: str = "127.0.0.1") -> None:
    """Listen until this process is ended."""
    server = await asyncssh.listen(
        address,
        0,
        server_factory=Server,
        server_host_keys=[host_key],
        authorized_client_keys=authorized_keys,
        encoding=None,
        line_editor=False,
        config=[],
    )
    print(server.get_port(), flush=True)
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
