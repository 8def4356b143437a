"""The whole state of a training as bytes: what it needs to go on as if nothing had happened.

The weights alone are not enough. AdamW divides by running averages of the gradient and of its square, Muon has its
velocity, and dropout draws random numbers: a training that loses them takes other steps from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from safetensors.torch import load, save
from torch import Tensor, nn


def pack(model: nn.Module, optimizers: Sequence[torch.optim.Optimizer], step: int) -> bytes:
    """A safetensors file of the training's state after `step` steps; the step stands in its header.

    Names: `model.<parameter>`, `optimizer.<number of the parameter>.<average>`, `random`. The numbers go on from one
    optimizer to the next.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _state_of(model).items()}
    for first, optimizer in _numbered(optimizers):
        for index, averages in optimizer.state_dict()["state"].items():
            for name, value in averages.items():
                tensors[f"optimizer.{first + index}.{name}"] = torch.as_tensor(value)
    tensors["random"] = torch.get_rng_state()
    return save({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"step": str(step)})


def unpack(content: bytes, model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]) -> None:
    """Put the state of `pack` back into the same model and optimizers, and into PyTorch's random generator."""
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


def _numbered(optimizers: Sequence[torch.optim.Optimizer]) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Each optimizer with the number of its first parameter."""
    first = 0
    for optimizer in optimizers:
        yield first, optimizer
        first += sum(len(group["params"]) for group in optimizer.param_groups)


def _state_of(model: nn.Module) -> dict[str, Tensor]:
    """Every parameter and buffer by its name, one that is used twice (a tied weight) once."""
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}
