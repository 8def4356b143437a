"""The checks of SwiGLU: by hand, against the equation, its gradients, and bf16."""

from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.checking import require, same, unlike

NAMES = ("gate_proj", "up_proj", "down_proj")
SHAPES = ((6,), (3, 6), (2, 3, 6), (2, 1, 4, 6))


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def one_number(code: ModuleType, gate: float, up: float, down: float) -> nn.Module:
    """A SwiGLU of one number, with these weights."""
    module = code.SwiGLU(1, 1)
    with torch.no_grad():
        for name, weight in zip(NAMES, (gate, up, down), strict=True):
            getattr(module, name).weight.fill_(weight)
    return module


def equation(x: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """The formula, written with matrices: gate and up (hidden, dim), down (dim, hidden)."""
    opened = x @ gate.T
    return (opened * torch.sigmoid(opened) * (x @ up.T)) @ down.T


def with_weights(code: ModuleType) -> tuple[nn.Module, list[Tensor]]:
    """A SwiGLU of 6 and 10 with known weights, and those weights."""
    module = code.SwiGLU(6, 10)
    weights = [random(10, 6, seed=1), random(10, 6, seed=2), random(6, 10, seed=3)]
    with torch.no_grad():
        for name, weight in zip(NAMES, weights, strict=True):
            getattr(module, name).weight.copy_(weight)
    return module, weights


def check_parts(code: ModuleType) -> None:
    """三个矩阵，名字和形状|Three matrices, their names and shapes"""
    module = code.SwiGLU(6, 10)
    require(isinstance(module, nn.Module), zh="SwiGLU 要继承 nn.Module。", en="SwiGLU must be an nn.Module.")
    found = {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}
    wanted = {"gate_proj.weight": (10, 6), "up_proj.weight": (10, 6), "down_proj.weight": (6, 10)}
    biases = sorted(name for name in found if name.endswith("bias"))
    require(
        not biases,
        zh=f"不该有偏置：{'、'.join(biases)}。nn.Linear 默认带偏置，要写 bias=False。",
        en=f"There should be no bias: {', '.join(biases)}. nn.Linear has one by default: say bias=False.",
    )
    require(
        found == wanted,
        zh=f"SwiGLU(6, 10) 的参数应当是 {wanted}，现在是 {found}。",
        en=f"SwiGLU(6, 10) should have the parameters {wanted}, and has {found}.",
    )


def check_by_hand(code: ModuleType) -> None:
    """一个数，手算|One number, by hand"""
    out = one_number(code, 2.0, 3.0, 1.0)(torch.ones(1))
    gate, up = torch.tensor([2.0]), torch.tensor([3.0])
    silu = F.silu(gate)  # 1.7616
    mistakes = (
        (gate * up, "少了 SiLU，或者用了 ReLU", "the SiLU is missing, or there is a ReLU in its place"),
        (F.gelu(gate) * up, "用的是 GELU，不是 SiLU", "that is a GELU, not a SiLU"),
        (
            torch.sigmoid(gate) * up,
            "用的是 sigmoid；SiLU 是 z 乘 sigmoid(z)",
            "that is a sigmoid; SiLU is z * sigmoid(z)",
        ),
        (gate * F.silu(up), "SiLU 用在了 up 上，应该在 gate 上", "the SiLU is on the up, and belongs on the gate"),
        (
            silu * torch.sigmoid(up),
            "这是“swish 乘 sigmoid”：up 什么也不过",
            "that is “swish times sigmoid”: nothing is applied to the up",
        ),
        (
            F.silu(gate * up),
            "先乘后过了 SiLU：SiLU 只作用在 gate 上",
            "the SiLU came after the product: the gate alone has it",
        ),
        (silu, "没有乘 up", "the up is missing"),
        (silu * gate, "gate 和自己乘了，应该和 up 乘", "that is the gate with itself, where the up should be"),
        (silu + up, "gate 和 up 是相加的，应该相乘", "gate and up were added, not multiplied"),
    )
    for wrong, zh, en in mistakes:
        unlike(
            out,
            wrong,
            zh=f"gate 2、up 3、down 1，x 是 1，应为 5.2848。得到 {float(wrong):.4f}：{zh}。",
            en=f"Gate 2, up 3, down 1, x is 1: 5.2848 is wanted. At {float(wrong):.4f}, {en}.",
        )
    same(
        out,
        silu * up,
        zh="gate 2、up 3、down 1，x 是 1：SiLU(2) = 1.7616，乘 3 得 5.2848。",
        en="Gate 2, up 3, down 1, x is 1: SiLU(2) = 1.7616, times 3 is 5.2848.",
    )


def check_gate(code: ModuleType) -> None:
    """过 SiLU 的是 gate，不是 up|It is the gate that goes through SiLU, not the up"""
    same(
        one_number(code, -4.0, 3.0, 1.0)(torch.ones(1)),
        torch.tensor([-0.2158345]),
        zh="gate 是 −4，门关上了，up 的 3 几乎过不去。得到 −11.43 的话，SiLU 用在了 up 上。",
        en="The gate is -4, nearly shut, and hardly anything of the 3 passes. At -11.43 the SiLU is on the up.",
    )


def check_equation(code: ModuleType) -> None:
    """和公式相同，几维都行|The equation, at any number of dimensions"""
    module, weights = with_weights(code)
    for shape in SHAPES:
        x = random(*shape)
        same(
            module(x),
            equation(x, *weights),
            zh=f"x 的形状是 {list(shape)}。gate 和 up 逐个相乘（*），不是矩阵乘（@）；SiLU 之后才乘。",
            en=f"x has shape {list(shape)}. Gate and up are multiplied number by number (*), not as matrices (@), "
            "and after the SiLU.",
        )


def check_gradients(code: ModuleType) -> None:
    """x 和三个权重的梯度|The gradients of x and of all three weights"""
    module, weights = with_weights(code)
    x, wanted_x = random(2, 3, 6), random(2, 3, 6)
    leaves = [weight.clone().requires_grad_() for weight in weights]
    equation(wanted_x.requires_grad_(), *leaves).square().sum().backward()
    module(x.requires_grad_()).square().sum().backward()
    same(
        x.grad,
        wanted_x.grad,
        zh="x 的梯度不对：中间有没有用 detach、.data 或 no_grad？",
        en="x's gradient is off: is there a detach, .data or no_grad on the way?",
        tolerance=1e-4,
    )
    for name, leaf in zip(NAMES, leaves, strict=True):
        same(
            getattr(module, name).weight.grad,
            leaf.grad,
            zh=f"{name} 的梯度不对。",
            en=f"The gradient of {name} is off.",
            tolerance=1e-4,
        )


def check_bf16(code: ModuleType) -> None:
    """bf16 进，bf16 出|bf16 in, bf16 out"""
    module, weights = with_weights(code)
    x = random(4, 6).bfloat16()
    exact = equation(x.float(), *(weight.bfloat16().float() for weight in weights))
    out = module.bfloat16()(x)
    same(
        out,
        exact.bfloat16(),
        zh="权重和输入都是 bf16 时，输出也该是 bf16，数值差在舍入之内。不要在 forward 里写死 dtype。",
        en="With weights and input in bf16 the output is bf16 too, and right within rounding. "
        "Fix no dtype inside forward.",
        tolerance=0.1,
    )


def speed(code: ModuleType):
    """128 tokens, 256 wide."""
    module, x = code.SwiGLU(256, 704), random(128, 256)
    return lambda: module(x)
