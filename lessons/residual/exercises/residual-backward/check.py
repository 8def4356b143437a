"""What a residual stack's way back must give: the reference is autograd, and for the parts every path by itself."""

from itertools import product

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike


def numbers(seed: int, *shape: int) -> Tensor:
    """The same random numbers at every call, in float64."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def stack(N: int, C: int) -> list[Tensor]:
    """The weights of N branches, about as large as a fan-in initialization makes them."""
    return [numbers(10 + n, C, C) / C**0.5 for n in range(N)]


def forward(x: Tensor, weights: list[Tensor]) -> list[Tensor]:
    """Every x on the way, the input first."""
    states = [x]
    for W in weights:
        states.append(states[-1] + torch.tanh(states[-1] @ W))
    return states


def expected(grad: Tensor, x: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """grad_x and the weights' gradients, by autograd."""
    leaves = [tensor.clone().requires_grad_() for tensor in (x, *weights)]
    grads = torch.autograd.grad(forward(leaves[0], leaves[1:])[-1], leaves, grad)
    return grads[0], list(grads[1:])


def branches(x: Tensor, weights: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Each branch's slope and weight: back through it, a gradient g becomes (g * slope) @ W.T."""
    states = forward(x, weights)
    return [(1 - torch.tanh(state @ W).square(), W) for state, W in zip(states, weights, strict=False)]


def by_paths(grad: Tensor, x: Tensor, weights: list[Tensor]) -> Tensor:
    """The parts, path by path: for a few branches only."""
    parts = torch.zeros(len(weights) + 1, *grad.shape, dtype=grad.dtype)
    for path in product((False, True), repeat=len(weights)):
        g = grad
        for through, (slope, W) in reversed(list(zip(path, branches(x, weights), strict=True))):
            g = (g * slope) @ W.T if through else g
        parts[sum(path)] += g
    return parts


def returned(code, grad: Tensor, x: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """What the learner's function returns, if it is a tensor and a list of N."""
    got = code.residual_backward(grad, x, weights)
    good = (
        isinstance(got, tuple) and len(got) == 2 and isinstance(got[1], (list, tuple)) and len(got[1]) == len(weights)
    )
    require(
        good,
        zh=f"应返回 (grad_x, grad_weights)，grad_weights 是 {len(weights)} 个张量的列表。",
        en=f"(grad_x, grad_weights) is to be returned, grad_weights a list of {len(weights)} tensors.",
    )
    return got


def check_by_hand(code):
    """手算的例子|The example by hand"""
    x, grad, weights = torch.zeros(1, 1), torch.ones(1, 1), [torch.full((1, 1), 0.5)] * 2
    got = returned(code, grad, x, weights)[0]
    unlike(
        got,
        torch.full((1, 1), 0.25),
        zh="得到 0.25：只剩穿过两个分支的那条路。x + f(x) 的梯度是原来的加上穿过 f 的。",
        en="Got 0.25: only the path through both branches. Back through x + f(x) goes the gradient itself, plus what "
        "went through f.",
    )
    unlike(
        got,
        torch.ones(1, 1),
        zh="得到 1：只剩恒等路径，分支没有传回任何东西。",
        en="Got 1: only the identity path; the branches hand nothing back.",
    )
    same(got, torch.full((1, 1), 2.25), zh="(1 + 0.5)(1 + 0.5)。", en="(1 + 0.5)(1 + 0.5).")


def check_input(code):
    """输入的梯度|The gradient of the input"""
    grad, x, weights = numbers(1, 5, 4), numbers(2, 5, 4), stack(3, 4)
    got = returned(code, grad, x, weights)[0]
    flat = transposed = swapped = read_first = grad
    for slope, W in reversed(branches(x, weights)):
        flat = flat + flat @ W.T
        transposed = transposed + (transposed * slope) @ W
    for slope, W in branches(x, weights):
        swapped = swapped + (swapped * slope) @ W.T
    for W in reversed(weights):
        read_first = read_first + (read_first * (1 - torch.tanh(x @ W).square())) @ W.T
    unlike(
        got,
        flat,
        zh="tanh 的导数没有乘进来：1 - tanh²。",
        en="The slope of tanh does not come in: 1 - tanh².",
    )
    unlike(
        got,
        transposed,
        zh="W 没有转置：往回走乘的是 W 的转置。",
        en="W is not transposed: on the way back it is W's transpose.",
    )
    unlike(
        got,
        swapped,
        zh="分支的次序没有反过来：往回走从最后一个分支开始。",
        en="The branches are taken in their forward order: the way back begins with the last one.",
    )
    unlike(
        got,
        read_first,
        zh="每个分支都用了最初的 x。分支 n 读到的是 x_n，要先往前走一遍记下来。",
        en="Every branch uses the first x. Branch n read x_n: walk forward first, and keep them.",
    )
    same(
        got,
        expected(grad, x, weights)[0],
        zh="3 个分支：grad + (grad · tanh') @ W.T，从最后一个分支往回。",
        en="Three branches: grad + (grad · tanh') @ W.T, from the last branch back.",
        tolerance=1e-6,
    )


def check_weights(code):
    """权重的梯度|The gradients of the weights"""
    grad, x, weights = numbers(1, 5, 4), numbers(2, 5, 4), stack(3, 4)
    got, wanted = returned(code, grad, x, weights)[1], expected(grad, x, weights)[1]
    unlike(
        torch.stack([*got]) if all(isinstance(one, Tensor) for one in got) else None,
        torch.stack(wanted[::-1]),
        zh="三个都对，次序反了：列表的第 n 个是 W_n 的。",
        en="All three are right, their order is reversed: number n of the list belongs to W_n.",
    )
    for n, (actual, right) in enumerate(zip(got, wanted, strict=True)):
        unlike(
            actual,
            right.T,
            zh=f"W_{n} 的梯度转置了：h = x W 时是 x^T g，不是 g^T x。",
            en=f"The gradient of W_{n} is transposed: for h = x W it is x^T g, not g^T x.",
        )
        inner_of_sum = forward(x, weights)[n].T @ (expected_after(grad, x, weights, n + 1))
        unlike(
            actual,
            inner_of_sum,
            zh=f"W_{n} 的梯度里少了 tanh 的导数：先乘 1 - tanh²，再乘 x^T。",
            en=f"The slope of tanh is missing in the gradient of W_{n}: times 1 - tanh² first, then x^T.",
        )
        same(
            actual,
            right,
            zh=f"W_{n}：x_n^T @ (grad · tanh')，grad 是分支 {n} 之后的梯度。",
            en=f"W_{n}: x_n^T @ (grad · tanh'), with the gradient that arrives after branch {n}.",
            tolerance=1e-6,
        )


def expected_after(grad: Tensor, x: Tensor, weights: list[Tensor], n: int) -> Tensor:
    """The gradient at x_n, after branch n - 1."""
    return expected(grad, forward(x, weights)[n], weights[n:])[0] if n < len(weights) else grad


def check_shapes(code):
    """更多的维度，没有分支|More dimensions, no branch"""
    for shape, N in (((4,), 2), ((2, 3, 4), 3), ((2, 3, 4), 0)):
        grad, x, weights = numbers(1, *shape), numbers(2, *shape), stack(N, 4)
        got, wanted = returned(code, grad, x, weights), expected(grad, x, weights) if N else (grad, [])
        said = {"zh": f"x 的形状 {list(shape)}，{N} 个分支。", "en": f"x of shape {list(shape)}, {N} branches."}
        same(got[0], wanted[0], **said, tolerance=1e-6)
        for actual, right in zip(got[1], wanted[1], strict=True):
            same(actual, right, **said, tolerance=1e-6)


def check_parts(code):
    """按经过几个分支拆开|The parts, by branches on the way"""
    grad, x, weights = numbers(1, 5, 4), numbers(2, 5, 4), stack(3, 4)
    got, right = code.gradient_by_branches(grad, x, weights), by_paths(grad, x, weights)
    unlike(
        got,
        right.flip(0),
        zh="次序反了：第 0 份是一个分支也不经过的那条路，就是 grad 自己。",
        en="The order is reversed: part 0 is the path through no branch, which is grad itself.",
    )
    unlike(
        got,
        right.cumsum(0),
        zh="这是“最多经过 k 个”，要的是“恰好经过 k 个”。",
        en="That is “at most k”; what is asked for is “exactly k”.",
    )
    along = torch.stack([grad, *(torch.zeros_like(grad) for _ in weights)])
    for n, (slope, W) in enumerate(reversed(branches(x, weights))):
        along[n + 1] = (along[n] * slope) @ W.T
    unlike(
        got,
        along,
        zh="每个数目只算了一条路：最后 k 个分支连着过。经过 k 个的路有很多条，每个岔口都要两边走。",
        en="One path for each number: the last k branches in a row. There are many through k: at each fork go "
        "both ways.",
    )
    same(
        got,
        right,
        zh="3 个分支、8 条路。每个岔口：每一份原样留下，再穿过分支加到下一份里。",
        en="Three branches, eight paths. At each fork every part stays, and once more goes through, into the next.",
        tolerance=1e-6,
    )


def check_parts_add_up(code):
    """24 个分支：拆开的加起来是整个梯度|24 branches: the parts add up to the gradient"""
    grad, x, weights = numbers(1, 2, 6), numbers(2, 2, 6), [0.3 * W for W in stack(24, 6)]
    parts = code.gradient_by_branches(grad, x, weights)
    require(
        isinstance(parts, Tensor) and parts.shape == (25, 2, 6),
        zh="24 个分支要有 25 份：0 到 24。",
        en="24 branches make 25 parts: 0 to 24.",
    )
    same(
        parts.sum(0),
        expected(grad, x, weights)[0],
        zh="25 份的和应当是 grad_x。",
        en="The 25 parts should add up to grad_x.",
        tolerance=1e-6,
    )


def speed(code):
    """Eight branches, 256 vectors of 256."""
    grad, x = torch.randn(256, 256), torch.randn(256, 256)
    weights = [torch.randn(256, 256) / 16 for _ in range(8)]
    return lambda: code.residual_backward(grad, x, weights)
