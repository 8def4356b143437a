"""What LayerNorm's way back must give: the reference is autograd, in float64."""

import torch
import torch.nn.functional as F
from torch import Tensor

from minimind_tui.nn.checking import require, same

NAMES = ("grad_x", "grad_weight", "grad_bias")
HINTS = {
    "grad_x": (
        "除了 grad·weight·inverse_std，还要减掉两项：经过均值的，和经过方差的。",
        "Beside grad · weight · inverse_std two terms are taken off: what goes by the mean, and what by the variance.",
    ),
    "grad_weight": (
        "它是 grad × 归一化后的 x（不是 x 本身），在除最后一维以外的所有维度上求和。",
        "It is grad times the normalized x (not x itself), summed over every dimension but the last.",
    ),
    "grad_bias": (
        "它是 grad 在除最后一维以外的所有维度上的和。",
        "It is grad, summed over every dimension but the last.",
    ),
}


def numbers(seed: int, *shape: int) -> Tensor:
    """The same random numbers at every call, in float64."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def expected(grad: Tensor, x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, ...]:
    """The three gradients, by autograd."""
    leaves = [x.clone().requires_grad_(), weight.clone().requires_grad_(), torch.zeros_like(weight).requires_grad_()]
    y = F.layer_norm(leaves[0], (x.shape[-1],), leaves[1], leaves[2], eps)
    return torch.autograd.grad(y, leaves, grad)


def compare(code, grad, x, weight, eps, *, zh, en, only=NAMES, tolerance=1e-6):
    """The learner's gradients beside autograd's, one after the other."""
    returned = code.layernorm_backward(grad, x, weight, eps)
    require(
        isinstance(returned, tuple) and len(returned) == 3,
        zh="应返回三个张量：grad_x、grad_weight、grad_bias。",
        en="Three tensors are to be returned: grad_x, grad_weight, grad_bias.",
    )
    for name, actual, right in zip(NAMES, returned, expected(grad, x, weight, eps), strict=True):
        if name in only:
            said = HINTS[name]
            same(actual, right, zh=f"{zh}：{name}。{said[0]}", en=f"{en}: {name}. {said[1]}", tolerance=tolerance)


def check_bias(code):
    """偏置的梯度|The gradient of the bias"""
    x, grad, ones = numbers(2, 5, 4), numbers(1, 5, 4), torch.ones(4).double()
    compare(code, grad, x, ones, 1e-5, zh="5 个向量", en="Five vectors", only=("grad_bias",))


def check_weight(code):
    """权重的梯度|The gradient of the weight"""
    x, grad, weight = numbers(2, 5, 4) * 3 + 2, numbers(1, 5, 4), numbers(3, 4)
    compare(code, grad, x, weight, 1e-5, zh="5 个向量", en="Five vectors", only=("grad_weight",))


def check_input(code):
    """输入的梯度|The gradient of the input"""
    x, grad, ones, weight = numbers(2, 5, 4), numbers(1, 5, 4), torch.ones(4).double(), numbers(3, 4)
    compare(code, grad, x, ones, 1e-5, zh="weight 全是 1", en="A weight of ones", only=("grad_x",))
    compare(
        code,
        grad,
        x,
        weight,
        1e-5,
        zh="weight 各不相同，先乘 weight，再减那两项",
        en="Unequal weights, which are multiplied in before the two terms are taken off",
        only=("grad_x",),
    )


def check_shapes(code):
    """更多的维度|More dimensions"""
    for shape in ((6,), (2, 3, 6), (2, 1, 3, 6)):
        x, grad, said = numbers(2, *shape), numbers(1, *shape), list(shape)
        compare(code, grad, x, numbers(3, 6), 1e-5, zh=f"形状 {said}", en=f"Shape {said}")


def check_eps(code):
    """eps 也在反向里|eps belongs to the way back too"""
    x, grad, weight = numbers(2, 3, 4) * 0.05, numbers(1, 3, 4), numbers(3, 4)
    compare(code, grad, x, weight, 0.01, zh="很小的 x，eps=0.01", en="Small x and eps=0.01")


def check_no_way_out(code):
    """平移和缩放改变不了输出|Moving and scaling change nothing"""
    x, grad = numbers(2, 3, 8), numbers(1, 3, 8)
    grad_x = code.layernorm_backward(grad, x, torch.ones(8).double(), 0.0)[0]
    zero = torch.zeros(3).double()
    same(
        grad_x.sum(-1),
        zero,
        zh="给 x 的每个数都加上同一个数，y 不变，所以 grad_x 每行的和是 0。",
        en="Adding one number to all of x leaves y as it is, so each row of grad_x sums to 0.",
        tolerance=1e-6,
    )
    same(
        (grad_x * (x - x.mean(-1, keepdim=True))).sum(-1),
        zero,
        zh="把 x 围绕均值放大，y 不变，所以 grad_x 与 x 减均值的点积是 0。",
        en="Enlarging x about its mean leaves y as it is, so the dot product of grad_x and x minus its mean is 0.",
        tolerance=1e-6,
    )


def check_float32(code):
    """float32 的输入|float32 comes in"""
    grad, x, weight = (tensor.float() for tensor in (numbers(1, 4, 16), numbers(2, 4, 16), numbers(3, 16)))
    compare(code, grad, x, weight, 1e-5, zh="float32", en="float32", tolerance=1e-4)
