"""The whole state of a training as bytes: what it needs to go on as if nothing had happened.

The weights alone are not enough. AdamW divides by running averages of the gradient and of its square, Muon has its
velocity, and dropout draws random numbers: a training that loses them takes other steps from there on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind


def pack(
    model: nn.Module, optimizers: Sequence[torch.optim.Optimizer], step: int, position: Tensor | None = None
) -> bytes:
    """A safetensors file of the training's state after `step` steps; the step stands in its header.

    Names: `model.<parameter>`, `optimizer.<number of the parameter>.<average>`, `random`, and `data`, the position in
    the data, where that is known. The numbers go on from one optimizer to the next.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _state_of(model).items()}
    for first, optimizer in _numbered(optimizers):
        for index, averages in optimizer.state_dict()["state"].items():
            for name, value in averages.items():
                tensors[f"optimizer.{first + index}.{name}"] = torch.as_tensor(value)
    tensors["random"] = torch.get_rng_state()
    if position is not None:
        tensors["data"] = position
    return save({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"step": str(step)})


def unpack(content: bytes, model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]) -> Tensor | None:
    """Put the state of `pack` back into the same model and optimizers, and into PyTorch's random generator.

    Returns the position in the data, where one was kept.
    """
    tensors = load(content)
    own = _state_of(model)
    averages: dict[int, dict[str, Tensor]] = {}
    with torch.no_grad():
        for name, tensor in tensors.items():
            kind, _, rest = name.partition(".")
            if kind == "model":
                own[rest].copy_(tensor)
            elif kind == "optimizer":
                index, _, average = rest.partition(".")
                averages.setdefault(int(index), {})[average] = tensor
    for first, optimizer in _numbered(optimizers):
        groups = optimizer.state_dict()["param_groups"]
        mine = {
            index: averages[first + index] for group in groups for index in group["params"] if first + index in averages
        }
        optimizer.load_state_dict({"state": mine, "param_groups": groups})
    torch.set_rng_state(tensors["random"])
    return tensors.get("data")


class Kept(NamedTuple):
    """A model as it was after `step` steps, with what it takes to write with it."""

    model: MiniMind
    vocabulary: list[str]
    """The character of each token."""
    window: int
    """How many characters it was trained to see at once."""
    step: int


def pack_model(kept: Kept) -> bytes:
    """A safetensors file of the weights alone; in its header the step, the window, the vocabulary and the config."""
    config = {field.name: getattr(kept.model.config, field.name) for field in fields(kept.model.config)}
    header = {
        "step": str(kept.step),
        "window": str(kept.window),
        "vocabulary": json.dumps(kept.vocabulary),
        "config": json.dumps(config),
    }
    return save({name: tensor.detach().contiguous() for name, tensor in _state_of(kept.model).items()}, header)


def unpack_model(content: bytes) -> Kept:
    """The model that `pack_model` has kept. Raises ValueError where the file is no such file."""
    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
        model = MiniMind(ModelConfig(**json.loads(header["config"])))
        vocabulary = [str(character) for character in json.loads(header["vocabulary"])]
        own = _state_of(model)
        with torch.no_grad():
            for name, tensor in load(content).items():
                own[name].copy_(tensor)
        return Kept(model.eval(), vocabulary, int(header["window"]), int(header["step"]))
    except (KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise ValueError(f"this is no kept model: {error}") from error


def _numbered(optimizers: Sequence[torch.optim.Optimizer]) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Each optimizer with the number of its first parameter."""
    first = 0
    for optimizer in optimizers:
        yield first, optimizer
        first += sum(len(group["params"]) for group in optimizer.param_groups)


def _state_of(model: nn.Module) -> dict[str, Tensor]:
    """Every parameter and buffer by its name, one that is used twice (a tied weight) once."""
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}
