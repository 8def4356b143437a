"""Whether a launcher has started this process as one of several ranks: torchrun on some machines, or Slurm's srun."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Text
from minimind_tui.run.cores import usable_cores

FIRST_PORT, PORTS = 15_000, 10_000
"""From where a job on one machine takes its port, by its number, so that two jobs take two."""


class LauncherError(Refusal):
    """The launcher's variables do not say where the ranks meet, or contradict each other."""


@dataclass(frozen=True)
class Place:
    """The place of this process among those that a launcher has started."""

    rank: int
    size: int
    local_rank: int
    local_size: int
    address: str
    port: str
    """Where the ranks meet: rank 0's machine."""

    def environment(self) -> dict[str, str]:
        """The variables by which PyTorch and the run's other processes know it."""
        return {
            "RANK": str(self.rank),
            "WORLD_SIZE": str(self.size),
            "LOCAL_RANK": str(self.local_rank),
            "LOCAL_WORLD_SIZE": str(self.local_size),
            "MASTER_ADDR": self.address,
            "MASTER_PORT": self.port,
        }


def place_of(environ: Mapping[str, str]) -> Place | None:
    """Where torchrun or srun has put this process; None where no launcher has. Raises LauncherError.

    The script that sbatch runs has SLURM_PROCID and SLURM_NTASKS too, and is no rank: only a step has SLURM_STEP_ID.
    """
    if "RANK" in environ and "WORLD_SIZE" in environ:
        return _place(environ, "RANK", "WORLD_SIZE", "LOCAL_RANK", _number(environ, "LOCAL_WORLD_SIZE"))
    if "SLURM_PROCID" in environ and "SLURM_STEP_ID" in environ:
        size = "SLURM_STEP_NUM_TASKS" if "SLURM_STEP_NUM_TASKS" in environ else "SLURM_NTASKS"
        here = environ.get("SLURM_STEP_TASKS_PER_NODE") or environ.get("SLURM_TASKS_PER_NODE", "")
        first = re.match(r"\d+", here)  # such as 2(x3),1: two ranks on each of three machines, one on a fourth
        return _place(environ, "SLURM_PROCID", size, "SLURM_LOCALID", int(first[0]) if first else None)
    return None


def threads_of(place: Place, environ: Mapping[str, str]) -> str:
    """For OMP_NUM_THREADS in this rank: what the launcher says, else its share of this machine's cores."""
    said = environ.get("OMP_NUM_THREADS") or environ.get("SLURM_CPUS_PER_TASK")
    return said or str(max(1, usable_cores() // place.local_size))


def _place(environ: Mapping[str, str], rank: str, size: str, local: str, local_size: int | None) -> Place:
    number, count = _number(environ, rank), _number(environ, size)
    if number is None or count is None or not number < count:
        said = ", ".join(f"{name}={environ.get(name, '')}" for name in (rank, size))
        raise LauncherError(
            Text(
                zh=f"启动器给的编号不对：{said}。要由 torchrun 或 srun 来启动；自己运行时，先 unset {rank} {size}。",
                en=f"The launcher's numbers make no sense: {said}. Let torchrun or srun start it; "
                f"to run it by itself, first: unset {rank} {size}",
            )
        )
    address, port = environ.get("MASTER_ADDR"), environ.get("MASTER_PORT")
    if not address and (count == 1 or environ.get("SLURM_STEP_NUM_NODES") == "1"):
        address = "127.0.0.1"
    if not port and count == 1:
        port = "0"  # any: nobody else comes
    elif not port and "SLURM_JOB_ID" in environ:
        port = str(FIRST_PORT + (_number(environ, "SLURM_JOB_ID") or 0) % PORTS)
    if not address or not port:
        raise LauncherError(
            Text(
                zh="各个进程不知道在哪里会合：缺 MASTER_ADDR 或 MASTER_PORT。在作业脚本里加上：\n"
                "export MASTER_ADDR=$(scontrol show hostnames | head -n 1) MASTER_PORT=29500",
                en="The processes do not know where to meet: MASTER_ADDR or MASTER_PORT is missing. "
                "Add to the job's script:\n"
                "export MASTER_ADDR=$(scontrol show hostnames | head -n 1) MASTER_PORT=29500",
            )
        )
    return Place(number, count, _number(environ, local) or 0, local_size or count, address, port)


def _number(environ: Mapping[str, str], name: str) -> int | None:
    said = environ.get(name, "")
    return int(said) if said.isascii() and said.isdigit() else None
