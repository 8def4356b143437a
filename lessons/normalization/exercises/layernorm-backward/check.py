"""What LayerNorm's way back must give: the reference is autograd, in float64."""

import torch
import torch.nn.functional as F
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike

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
        isinstance(returned, tuple | list) and len(returned) == 3,
        zh="应返回三个张量：grad_x、grad_weight、grad_bias。",
        en="Three tensors are to be returned: grad_x, grad_weight, grad_bias.",
    )
    for name, actual, right in zip(NAMES, returned, expected(grad, x, weight, eps), strict=True):
        if name in only:
            said = HINTS[name]
            same(actual, right, zh=f"{zh}：{name}。{said[0]}", en=f"{en}: {name}. {said[1]}", tolerance=tolerance)


def parts(grad, x, weight, eps):
    """grad · weight, the normalized x and 1 / std: what wrong answers are made of."""
    centred = x - x.mean(-1, keepdim=True)
    inverse_std = (centred.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
    return grad * weight, centred * inverse_std, inverse_std


def returned(code, *arguments):
    """The learner's three tensors, or as many as there are: what they are is said by `compare`."""
    got = code.layernorm_backward(*arguments)
    return got if isinstance(got, tuple | list) and len(got) == 3 else (None, None, None)


def check_bias(code):
    """偏置的梯度|The gradient of the bias"""
    x, grad, ones = numbers(2, 5, 4), numbers(1, 5, 4), torch.ones(4).double()
    compare(code, grad, x, ones, 0.0, zh="5 个向量", en="Five vectors", only=("grad_bias",))


def check_weight(code):
    """权重的梯度|The gradient of the weight"""
    x, grad, weight = numbers(2, 5, 4) * 3 + 2, numbers(1, 5, 4), numbers(3, 4)
    got = returned(code, grad, x, weight, 0.0)[1]
    unlike(
        got,
        (grad * (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True)).sum(0),
        zh="方差除以了 C - 1。LayerNorm 的方差除以 C：平方的平均。",
        en="The variance divides by C - 1. LayerNorm's divides by C: it is the mean of the squares.",
    )
    unlike(
        got,
        (grad * x).sum(0),
        zh="grad_weight 用了 x 本身。前向里 weight 乘的是归一化后的 x，所以要用 x̂。",
        en="grad_weight uses x itself. Forward, the weight scales the normalized x, so it is x̂ that belongs here.",
    )
    compare(code, grad, x, weight, 0.0, zh="5 个向量", en="Five vectors", only=("grad_weight",))


def check_input(code):
    """输入的梯度|The gradient of the input"""
    x, grad, ones, weight = numbers(2, 5, 4), numbers(1, 5, 4), torch.ones(4).double(), numbers(3, 4)
    got = returned(code, grad, x, ones, 0.0)[0]
    g, x_hat, inverse_std = parts(grad, x, ones, 0.0)
    along_mean, along_size = g.mean(-1, keepdim=True), x_hat * (g * x_hat).mean(-1, keepdim=True)
    unlike(
        got,
        g * inverse_std,
        zh="这是把 μ 和 σ 当成了常数。它们也取决于 x，要再减掉经过它们的两项。",
        en="That treats μ and σ as constants. They depend on x too: two terms that come through them are missing.",
    )
    unlike(
        got,
        (g - along_size) * inverse_std,
        zh="少了经过均值的那一项：减掉 g 的平均。",
        en="The term that comes through the mean is missing: take off the mean of g.",
    )
    unlike(
        got,
        (g - along_mean) * inverse_std,
        zh="少了经过方差的那一项：减掉 x̂ 乘以 g·x̂ 的平均。",
        en="The term that comes through the variance is missing: take off x̂ times the mean of g·x̂.",
    )
    unlike(
        got,
        g - along_mean - along_size,
        zh="两项都对，只是忘了除以标准差。",
        en="Both terms are right; the division by the standard deviation is missing.",
    )
    got = returned(code, grad, x, weight, 0.0)[0]
    unlike(
        got,
        (g - along_mean - along_size) * inverse_std,
        zh="weight 没有进来：grad 先乘 weight，得到对 x̂ 的梯度。",
        en="The weight does not come in: grad times weight is the gradient with respect to x̂.",
    )
    unlike(
        got,
        (g - along_mean - along_size) * inverse_std * weight,
        zh="weight 乘得太晚：先乘 weight，再减那两项。",
        en="The weight comes in too late: multiply first, and take the two terms off then.",
    )
    compare(code, grad, x, ones, 0.0, zh="weight 全是 1", en="A weight of ones", only=("grad_x",))
    compare(
        code,
        grad,
        x,
        weight,
        0.0,
        zh="weight 各不相同，先乘 weight，再减那两项",
        en="Unequal weights, which are multiplied in before the two terms are taken off",
        only=("grad_x",),
    )


def check_shapes(code):
    """更多的维度|More dimensions"""
    for shape in ((6,), (2, 3, 6), (2, 1, 3, 6)):
        x, grad, said = numbers(2, *shape), numbers(1, *shape), list(shape)
        compare(code, grad, x, numbers(3, 6), 0.0, zh=f"形状 {said}", en=f"Shape {said}")


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


def speed(code):
    """256 vectors of 768."""
    grad, x, weight = torch.randn(256, 768), torch.randn(256, 768), torch.ones(768)
    return lambda: code.layernorm_backward(grad, x, weight, 1e-5)
