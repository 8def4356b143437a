"""The whole state of a training as bytes: what it needs to go on as if nothing had happened.

The weights alone are not enough. AdamW divides by running averages of the gradient and of its square, Muon has its
velocity, and dropout draws random numbers: a training that loses them takes other steps from there on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from minimind_tui.nn.config import NTK, ModelConfig, YaRN
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.tokenizer import Characters, Tokenizer, tokenizer_of

SCALER = ("scale", "_growth_tracker")
"""What changes in a `GradScaler`."""


def pack(
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    step: int,
    position: Tensor | None = None,
    scaler: torch.amp.GradScaler | None = None,
) -> bytes:
    """A safetensors file of the training's state after `step` steps; the step stands in its header.

    Names: `model.<parameter>`, `optimizer.<number of the parameter>.<average>`, `random`, `data`, the position in the
    data, where that is known, and `scaler`, the factor of fp16 and how long it has held. The numbers go on from one
    optimizer to the next.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _state_of(model).items()}
    for first, optimizer in _numbered(optimizers):
        for index, averages in optimizer.state_dict()["state"].items():
            for name, value in averages.items():
                tensors[f"optimizer.{first + index}.{name}"] = torch.as_tensor(value)
    tensors["random"] = torch.get_rng_state()
    if position is not None:
        tensors["data"] = position
    if scaler is not None and scaler.is_enabled():
        state = scaler.state_dict()
        tensors["scaler"] = torch.tensor([state[name] for name in SCALER], dtype=torch.float64)
    return save({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"step": str(step)})


def unpack(
    content: bytes,
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    scaler: torch.amp.GradScaler | None = None,
) -> Tensor | None:
    """Put the state of `pack` back into the same model, optimizers and scaler, and into PyTorch's random generator.

    Returns the position in the data, where one was kept.
    """
    tensors = load(content)
    own, computed = _state_of(model), _computed(model)
    averages: dict[int, dict[str, Tensor]] = {}
    with torch.no_grad():
        for name, tensor in tensors.items():
            kind, _, rest = name.partition(".")
            if kind == "model" and rest not in computed:  # which older versions kept, too
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
    if scaler is not None and scaler.is_enabled() and "scaler" in tensors:
        factor, held = tensors["scaler"].tolist()
        scaler.load_state_dict({**scaler.state_dict(), "scale": factor, "_growth_tracker": int(held)})
    torch.set_rng_state(tensors["random"])
    return tensors.get("data")


class Stage(NamedTuple):
    """One training that a model has gone through."""

    run: str
    """The id of the run."""
    corpus: str
    seed: int


class SavedModel(NamedTuple):
    """A model as it was after `step` steps of its last training, with what it takes to write with it."""

    model: MiniMind
    tokenizer: Tokenizer
    window: int
    """How many tokens it was trained to see at once."""
    step: int
    lineage: tuple[Stage, ...] = ()
    """Its trainings, the first one first; empty where the file is older than the record of them."""


FORMAT = 2
"""Of the files of `pack_model`. Those of format 1 have no such number, and the alphabet in place of a tokenizer."""

SCALINGS = {"yarn": YaRN, "ntk": NTK}
"""How RoPE is stretched, by the name that stands in the file."""


def pack_model(saved: SavedModel) -> bytes:
    """A safetensors file of the weights alone; all else that `SavedModel` holds stands in its header.

    What can be computed is left out: the angles of RoPE follow from the configuration.
    """
    header = {
        "format": str(FORMAT),
        "step": str(saved.step),
        "window": str(saved.window),
        "tokenizer": json.dumps(saved.tokenizer.content()),
        "lineage": json.dumps([stage._asdict() for stage in saved.lineage]),
        "config": json.dumps(_config_content(saved.model.config)),
    }
    return save({name: tensor.detach().contiguous() for name, tensor in _state_of(saved.model).items()}, header)


def unpack_model(content: bytes) -> SavedModel:
    """The model that `pack_model` has saved. Raises ValueError where the file is no such file, or a newer one."""
    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
        number = int(header.get("format", 1))
        if number > FORMAT:
            raise ValueError(f"it has format {number}, and this version reads {FORMAT}: a newer one has saved it")
        model = MiniMind(_config_of(json.loads(header["config"])))
        if number == 1:
            tokenizer: Tokenizer = Characters([str(character) for character in json.loads(header["vocabulary"])])
            lineage: tuple[Stage, ...] = ()
        else:
            tokenizer = tokenizer_of(json.loads(header["tokenizer"]))
            lineage = tuple(Stage(**stage) for stage in json.loads(header["lineage"]))
        _fill(model, load(content))
        return SavedModel(model.eval(), tokenizer, int(header["window"]), int(header["step"]), lineage)
    except (KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise ValueError(f"this is no saved model: {error}") from error


def _fill(model: MiniMind, tensors: dict[str, Tensor]) -> None:
    """Copy the tensors into the model. Raises KeyError where one is missing, or the model has none of that name."""
    own = _state_of(model)
    with torch.no_grad():
        for name in own.keys() | (tensors.keys() - _computed(model)):  # format 1 has what is computed, too
            own[name].copy_(tensors[name])


def _config_content(config: ModelConfig) -> dict[str, Any]:
    """The configuration for a JSON file; `rope_scaling` says its kind."""
    content = asdict(config)
    for kind, scaling in SCALINGS.items():
        if isinstance(config.rope_scaling, scaling):
            content["rope_scaling"] = {"kind": kind, **content["rope_scaling"]}
    return content


def _config_of(content: dict[str, Any]) -> ModelConfig:
    """The configuration whose `_config_content` this is."""
    stretched = content.get("rope_scaling")
    if stretched is not None:
        values = dict(stretched)
        stretched = SCALINGS[values.pop("kind")](**values)
    return ModelConfig(**{**content, "rope_scaling": stretched})


def _numbered(optimizers: Sequence[torch.optim.Optimizer]) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Each optimizer with the number of its first parameter."""
    first = 0
    for optimizer in optimizers:
        yield first, optimizer
        first += sum(len(group["params"]) for group in optimizer.param_groups)


def _state_of(model: nn.Module) -> dict[str, Tensor]:
    """Every parameter and buffer by its name, one that is used twice (a tied weight) once, without what is computed."""
    buffers = dict(model.named_buffers())
    for name in _computed(model):
        del buffers[name]
    return {**dict(model.named_parameters()), **buffers}


def _computed(model: nn.Module) -> set[str]:
    """The buffers that PyTorch is told not to save, such as the angles of RoPE: they are computed with the model."""
    return {name for name, _ in model.named_buffers()} - model.state_dict().keys()
