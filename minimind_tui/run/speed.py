"""The device and the precision of a run whose parameters are `auto`: the fastest, as measured on this machine.

The measurement is `nn/speed.py`'s, takes some two seconds, and is kept in the learner's cache: one for each machine
that the cache is seen from, and one more where PyTorch or the number of threads is another.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Text
from minimind_tui.content.tables import Value

FILE = "speed.json"
LARGEST_FILE = 1_000_000
AUTO = "auto"
PLAIN = "cpu fp32"
"""The combination of device and precision that every machine has."""
OLDER: dict[str, Value] = {"device": "cpu", "precision": "bf16"}
PARAMETERS = tuple(OLDER)


class DeviceMissing(LookupError):
    """PyTorch cannot use the device that a run asks for."""


class Measured(msgspec.Struct, frozen=True):
    """One measurement: seconds per update for each combination of device and precision, such as `cpu bf16`."""

    seconds: dict[str, float]
    at: float
    """When it was measured, in seconds since 1970."""

    def fastest(self, given: Mapping[str, Value]) -> str:
        """The fastest combination with the given device and precision. Raises DeviceMissing where there is none.

        fp16 is not measured: what decides the device is the speed of bf16, the other precision of 16 bits.
        """
        given_ones = [str(given[name]) for name in PARAMETERS if given.get(name, AUTO) != AUTO]
        wanted = ["bf16" if each == "fp16" else each for each in given_ones]
        ways = {way: seconds for way, seconds in self.seconds.items() if set(wanted) <= set(way.split())}
        if not ways:
            have = ", ".join(dict.fromkeys(way.split()[0] for way in self.seconds))
            raise DeviceMissing(f"{' '.join(given_ones)}; PyTorch: {have}")
        return min(ways, key=lambda way: ways[way])


def measurements(cache: Path) -> dict[str, Measured]:
    """The stored measurements by machine; empty where the file is missing or damaged, and is measured again."""
    try:
        return msgspec.json.decode(read_bounded(cache / FILE, LARGEST_FILE), type=dict[str, Measured])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def measured(cache: Path) -> tuple[str, Measured]:
    """The name of this machine and its measurement, which is made now if none is stored. Loads PyTorch."""
    speed: Any = importlib.import_module("minimind_tui.nn.speed")
    machine, known = speed.machine(), measurements(cache)
    if machine not in known or PLAIN not in known[machine].seconds:
        known[machine] = Measured(speed.seconds_per_update(), time.time())
        with suppress(OSError):  # what cannot be kept is measured again
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(cache / FILE, msgspec.json.encode(known))
    return machine, known[machine]


def decided(values: Mapping[str, Value], measure: Callable[[], Measured]) -> dict[str, Value]:
    """The device and the precision where these parameters are `auto`; `measure`, which may wait, is called if needed.

    Empty where an experiment has no such parameters, or both are given; one that has no `device` computes on the
    processor. Raises DeviceMissing for a device that is not there.
    """
    open_ones = [name for name in PARAMETERS if values.get(name) == AUTO]
    if not open_ones and values.get("device", "cpu") == "cpu":
        return {}
    device, precision = measure().fastest({"device": "cpu", **values}).split()
    return {name: {"device": device, "precision": precision}[name] for name in open_ones}


def as_it_began(values: Mapping[str, Value], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The device and the precision in which an interrupted arm goes on: those of its `settings`, fastest or not.

    One that has none was begun by a version that computed in bf16 on the processor, always.
    """
    return {name: settings.get(name, OLDER[name]) for name in PARAMETERS if name in values}


def main(cache: Path) -> None:
    """Measure this machine unless that was done before, and print its name and measurement as a JSON list."""
    sys.stdout.buffer.write(msgspec.json.encode(measured(cache)) + b"\n")


def in_words(values: Mapping[str, Value], found: Measured | None) -> Text:
    """Device and precision of a run in words; given a measurement, also how they compare with fp32 on the processor."""
    device, precision = str(values.get("device", "cpu")), str(values.get("precision"))
    zh, en = f"这次运行的设备和精度：{device}，{precision}", f"Device and precision of this run: {device}, {precision}"
    own = found.seconds.get(f"{device} {precision}") if found else None
    if found is None or own is None:
        return Text(zh=f"{zh}。", en=f"{en}.")
    times = found.seconds[PLAIN] / own
    if times <= 1:
        return Text(zh=f"{zh}，这台机器上最快。", en=f"{en}; the fastest here.")
    return Text(
        zh=f"{zh}，这台机器上最快，是处理器上 fp32 的 {times:.1f} 倍。",
        en=f"{en}; the fastest here, {times:.1f} times as fast as fp32 on the processor.",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
