"""An SSH client for tests: the terminal that it runs in becomes the terminal of a remote command.

`python ssh_client.py PORT HOST_PUBLIC_KEY USER_KEY COMMAND [ADDRESS]` exits with the command's exit status.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import signal
import sys
import termios
import tty

import asyncssh

LOST = 255
"""The exit status where the remote command's own is not known, as of `ssh`."""


class Screen(asyncssh.SSHClientSession[bytes]):
    """Writes what comes from the other side."""

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]


def window() -> tuple[int, int]:
    """Columns and rows."""
    rows, columns = termios.tcgetwinsize(sys.stdin.fileno())
    return columns, rows


async def connect(port: str, host_key: str, user_key: str, command: str, address: str = "127.0.0.1") -> int:
    """Log in, run `command` in a terminal like this one, and stay until it ends."""
    async with asyncssh.connect(
        address,
        int(port),
        username=getpass.getuser(),
        client_keys=[user_key],
        known_hosts=([host_key], [], []),
        agent_path=None,
        config=[],
    ) as connection:
        channel, _ = await connection.create_session(
            Screen, command, term_type=os.environ["TERM"], term_size=window(), encoding=None
        )
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), lambda: channel.write(os.read(sys.stdin.fileno(), 65536)))
        loop.add_signal_handler(signal.SIGWINCH, lambda: channel.change_terminal_size(*window()))
        await channel.wait_closed()
        status = channel.get_exit_status()
        return LOST if status is None else status


def main() -> int:
    """In raw mode, so that every key goes to the other side."""
    before = termios.tcgetattr(sys.stdin.fileno())
    tty.setraw(sys.stdin.fileno())
    try:
        return asyncio.run(connect(*sys.argv[1:]))
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main())
