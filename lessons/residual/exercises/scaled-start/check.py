"""What GPT-2's start must give: each kind of parameter of a small decoder, by its standard deviation."""

import math
from types import ModuleType

import torch
from torch import nn

from minimind_tui.nn.checking import require

C, M, V = 64, 96, 200
NEAR = 0.08
"""How far a measured standard deviation may be off: its own uncertainty is about 1 % for 4,096 numbers."""


class Layer(nn.Module):
    """The parameters of a block, named as in MiniMind; nothing is computed with them."""

    def __init__(self, bias: bool) -> None:
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = nn.RMSNorm(C), nn.RMSNorm(C)
        self.self_attn, self.mlp = nn.Module(), nn.Module()
        for name in "qkvo":
            setattr(self.self_attn, f"{name}_proj", nn.Linear(C, C, bias=bias))
        self.mlp.gate_proj, self.mlp.up_proj = nn.Linear(C, M, bias=bias), nn.Linear(C, M, bias=bias)
        self.mlp.down_proj = nn.Linear(M, C, bias=bias)


class OtherNames(nn.Module):
    """A model whose blocks have another name: what the number of layers is, the argument says."""

    def __init__(self) -> None:
        super().__init__()
        self.h = nn.ModuleList(Layer(bias=False) for _ in range(2))


class Model(nn.Module):
    """A decoder's parameters."""

    def __init__(self, layers: int, bias: bool = False) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(V, C)
        self.layers = nn.ModuleList(Layer(bias) for _ in range(layers))
        self.norm = nn.RMSNorm(C)
        self.lm_head = nn.Linear(C, V, bias=False)


def started(code: ModuleType, layers: int, std: float = 0.02, bias: bool = False) -> Model:
    """A model after the learner's function; it began with weights that are easy to tell."""
    model = Model(layers, bias)
    for parameter in model.parameters():
        nn.init.ones_(parameter)
    code.initialize(model, layers, std)
    return model


def spread(model: Model, name: str) -> float:
    """The standard deviation of all parameters whose name ends so, together."""
    found = [weight.detach().flatten() for full, weight in model.named_parameters() if full.endswith(name)]
    return torch.cat(found).std().item()


def near(value: float, wanted: float) -> bool:
    """Whether a measured standard deviation may be `wanted`."""
    return abs(value - wanted) <= NEAR * wanted


def check_plain(code):
    """不往残差流里写的矩阵|Matrices that do not write into the stream"""
    model = started(code, 8)
    for name in ("q_proj.weight", "k_proj.weight", "v_proj.weight", "gate_proj.weight", "up_proj.weight"):
        got = spread(model, name)
        require(
            not near(got, 0.02 / 4),
            zh=f"{name} 也缩小了。只有 o_proj 和 down_proj 往残差流里写。",
            en=f"{name} was made smaller too. Only o_proj and down_proj write into the stream.",
        )
        require(
            near(got, 0.02),
            zh=f"{name} 的标准差应是 0.02，现在是 {got:.4f}。",
            en=f"{name}: std should be 0.02, is {got:.4f}.",
        )
    for name in ("embed_tokens.weight", "lm_head.weight"):
        got = spread(model, name)
        require(
            near(got, 0.02),
            zh=f"{name} 的标准差应是 0.02，现在是 {got:.4f}。",
            en=f"{name}: std should be 0.02, is {got:.4f}.",
        )


def check_normal(code):
    """正态分布，均值 0|Normal, with mean 0"""
    model = started(code, 8)
    for name in ("q_proj.weight", "o_proj.weight", "embed_tokens.weight"):
        values = torch.cat([w.detach().flatten() for full, w in model.named_parameters() if full.endswith(name)])
        std = values.std().item()
        require(
            abs(values.mean().item()) < 0.1 * std,
            zh=f"{name} 的均值应是 0，现在是 {values.mean().item():.4f}。",
            en=f"{name} should have mean 0, and has {values.mean().item():.4f}.",
        )
        beyond = (values.abs() > 2.5 * std).float().mean().item()
        require(
            beyond > 0.003,
            zh=f"{name} 不像正态分布：正态有 1.2 % 的数在 2.5 个标准差之外，这里是 {beyond:.1%}。"
            "用 normal_，不是均匀分布。",
            en=f"{name} does not look normal: 1.2 % of a normal lie beyond 2.5 standard deviations, here {beyond:.1%}. "
            "Use normal_, not a uniform distribution.",
        )


def check_outputs(code):
    """往残差流里写的矩阵|Matrices that write into the stream"""
    for layers in (8, 2):
        model, wanted = started(code, layers), 0.02 / math.sqrt(2 * layers)
        for name in ("o_proj.weight", "down_proj.weight"):
            got = spread(model, name)
            for wrong, zh, en in (
                (0.02, "没有缩小", "is as large as all others"),
                (
                    0.02 / math.sqrt(layers),
                    "只除了 √layers：一层有两个分支",
                    "is divided by √layers: a layer has two branches",
                ),
                (0.02 / (2 * layers), "没有开根号：相加的是方差", "is divided without the root: variances add up"),
            ):
                require(not near(got, wrong), zh=f"{name} {zh}。", en=f"{name} {en}.")
            require(
                near(got, wanted),
                zh=f"{layers} 层时 {name} 的标准差应是 {wanted:.4f}，现在是 {got:.4f}。",
                en=f"With {layers} layers {name} should have a std of {wanted:.4f}, and has {got:.4f}.",
            )
        mean = torch.cat(
            [w.detach().flatten() for n, w in model.named_parameters() if n.endswith("o_proj.weight")]
        ).mean()
        require(abs(mean.item()) < 0.1 * wanted, zh="o_proj 的均值应是 0。", en="o_proj should have mean 0.")


def check_others(code):
    """偏置是 0，归一化不动|Biases at 0, norms as they were"""
    model = started(code, 2, bias=True)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            require(bool((parameter == 0).all()), zh=f"{name} 应是 0。", en=f"{name} should be 0.")
        if "norm" in name:
            require(
                bool((parameter == 1).all()),
                zh=f"{name} 变了：RMSNorm 的 weight 应保持 1，不是线性层。",
                en=f"{name} has changed: an RMSNorm's weight stays at 1, it is no linear layer.",
            )


def check_layers_argument(code):
    """layers 是参数，model 是任意的模型|layers is an argument, the model any"""
    model = OtherNames()
    code.initialize(model, 8)
    got, wanted = spread(model, "o_proj.weight"), 0.02 / 4
    require(
        near(got, wanted),
        zh=f"layers=8：o_proj 的标准差应是 {wanted:.4f}，现在是 {got:.4f}。用参数 layers，不要去数 model 里的块。",
        en=f"With layers=8 o_proj should have a std of {wanted:.4f}, and has {got:.4f}. Use the argument, and do not "
        "count the model's blocks.",
    )


def check_std(code):
    """std 是参数|std is a parameter"""
    model = started(code, 2, std=0.1)
    for name, wanted in (("q_proj.weight", 0.1), ("o_proj.weight", 0.05)):
        got = spread(model, name)
        require(
            near(got, wanted),
            zh=f"std=0.1、2 层：{name} 的标准差应是 {wanted}，现在是 {got:.4f}。是不是写死了 0.02？",
            en=f"std=0.1 and 2 layers: {name} should have {wanted}, and has {got:.4f}. Is 0.02 fixed?",
        )


def check_stays_trainable(code):
    """还能训练|It can still be trained"""
    for name, parameter in started(code, 2).named_parameters():
        require(
            parameter.requires_grad and parameter.is_leaf and parameter.grad_fn is None,
            zh=f"{name} 不再是可训练的参数：用 nn.init，或者放在 torch.no_grad() 里。",
            en=f"{name} is no trainable parameter any more: use nn.init, or do it under torch.no_grad().",
        )
