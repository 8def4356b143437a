"""Several processes that compute together: which one this is, how they meet, and the group in which they talk.

In an experiment with `processes`, `torch.distributed` is ready in each of them before `run` is called: a gloo group of
`settings.processes` ranks, also where that is one. The rest of this file is for the processes that run experiments.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed import FileStore, PrefixStore, Store, rendezvous  # type: ignore[attr-defined]

POLL_SECONDS = 0.02


def rank() -> int:
    """The number of this process among those that compute together, from 0; 0 where it computes alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    """How many processes compute together."""
    return dist.get_world_size() if dist.is_initialized() else 1


class Meeting:
    """Where the ranks of a run find each other: a few named texts that all of them read and write.

    Whoever waits here looks again and again instead of sleeping inside PyTorch, so that a signal reaches it.
    """

    def __init__(self, store: Store, number: int) -> None:
        self._store = store
        self.number = number
        """The rank of this process."""

    @classmethod
    def in_file(cls, path: Path, number: int) -> Meeting:
        """The meeting of ranks of one machine, in a file that the first of them makes."""
        return cls(FileStore(str(path)), number)

    @classmethod
    def by_launcher(cls) -> Meeting:
        """The meeting that the environment names: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT."""
        store, number, _ = next(rendezvous("env://"))
        return cls(store, number)

    def tell(self, name: str, text: str) -> None:
        """Leave a text under `name`."""
        self._store.set(name, text)

    def told(self, name: str) -> str | None:
        """The text under `name`; None where nobody has left one yet."""
        return self._store.get(name).decode() if self._store.check([name]) else None

    def ask(self, name: str) -> str:
        """Wait for the text under `name`."""
        while (text := self.told(name)) is None:
            time.sleep(POLL_SECONDS)
        return text

    def arrive(self, name: str) -> None:
        """Let the others know that this rank has come to `name`."""
        self._store.set(f"{name}/{self.number}", "")

    def gather(self, name: str, size: int) -> None:
        """Wait until the first `size` ranks, this one among them, have come to `name`."""
        self.arrive(name)
        while not self._store.check([f"{name}/{number}" for number in range(size)]):
            time.sleep(POLL_SECONDS)

    @contextmanager
    def group(self, name: str, size: int) -> Iterator[None]:
        """A gloo group of the first `size` ranks, for as long as all of them work in it.

        A rank that breaks leaves it open: it is about to end, and the others notice that only when it has said why.
        """
        self.gather(f"{name}/begin", size)
        store = PrefixStore(name, self._store)
        dist.init_process_group("gloo", store=store, rank=self.number, world_size=size)
        yield
        self.gather(f"{name}/end", size)
        dist.destroy_process_group()


def use_own_device() -> None:
    """Ranks of a machine with several GPUs use one each: the one of their place on it, LOCAL_RANK."""
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
