"""What an RMSNorm must do: the reference is worked out in float64."""

import torch
from torch import Tensor, nn

from minimind_tui.nn.checking import require, same, unlike


def reference(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """The formula in float64, in the dtype of x: (..., dim)."""
    wide = x.double()
    return (wide / (wide.pow(2).mean(-1, keepdim=True) + eps).sqrt() * weight.double()).to(x.dtype)


def numbers(*shape: int, scale: float = 1.0) -> Tensor:
    """The same random numbers at every call."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0)) * scale


def check_by_hand(code):
    """3 和 4：手算得出的结果|3 and 4, worked out by hand"""
    x = torch.tensor([3.0, 4.0])
    out = code.RMSNorm(2, eps=0.0)(x)
    unlike(
        out,
        x / 5,
        zh="这是除以了长度 √25：平方是加起来的，没有求平均。应除以 √12.5。",
        en="That divides by the length √25: the squares were summed, not averaged. Divide by √12.5.",
    )
    unlike(
        out,
        torch.tensor([-1.0, 1.0]),
        zh="这是 LayerNorm：平均值 3.5 被减掉了。RMSNorm 什么也不减。",
        en="That is LayerNorm: the mean, 3.5, was taken off. RMSNorm takes nothing off.",
    )
    unlike(
        out,
        x / 12.5,
        zh="这是除以了平方平均 12.5 本身：忘了开根号。",
        en="That divides by the mean square, 12.5, itself: the root was forgotten.",
    )
    same(
        out,
        x / 12.5**0.5,
        zh="[3, 4] 的平方平均是 (9 + 16) / 2 = 12.5，每个数除以它的根。",
        en="The mean square of [3, 4] is (9 + 16) / 2 = 12.5; each number is divided by its root.",
    )


def check_parameters(code):
    """一个参数 weight，从 1 开始|One parameter, weight, all ones"""
    parameters = dict(code.RMSNorm(8).named_parameters())
    require(
        list(parameters) == ["weight"],
        zh=f"参数应只有 weight，没有偏置；现在有：{', '.join(parameters) or '无'}。用 nn.Parameter 包起来。",
        en=f"There should be one parameter, weight, and no bias; there are: {', '.join(parameters) or 'none'}. "
        "Wrap it in nn.Parameter.",
    )
    same(
        parameters["weight"],
        torch.ones(8),
        zh="weight 的形状是 (dim,)，从 1 开始：一开始什么也不缩放。",
        en="weight has shape (dim,) and starts at one: at first it scales nothing.",
    )


def check_shapes(code):
    """任意多个前置维度|Any number of leading dimensions"""
    for shape in ((6,), (3, 6), (2, 3, 6), (2, 1, 3, 6)):
        norm, x = code.RMSNorm(6), numbers(*shape, scale=3.0)
        out = norm(x)
        if len(shape) > 1:
            unlike(
                out,
                x / (x.pow(2).mean() + 1e-5).sqrt(),
                zh=f"输入形状 {list(shape)}：平均是对所有数求的，一个词看到了别的词。加上 dim=-1。",
                en=f"Input of shape {list(shape)}: the mean is over all numbers, so a token sees others. Add dim=-1.",
            )
        same(
            out,
            reference(x, torch.ones(6), 1e-5),
            zh=f"输入形状 {list(shape)}：平均只在最后一维上求（dim=-1，keepdim=True）。",
            en=f"Input of shape {list(shape)}: the mean is over the last dimension alone (dim=-1, keepdim=True).",
        )


def check_weight(code):
    """weight 乘在归一化之后|The weight scales what was normalized"""
    norm, x = code.RMSNorm(4), numbers(5, 4)
    weight = torch.tensor([0.5, 1.0, -2.0, 3.0])
    with torch.no_grad():
        norm.weight.copy_(weight)
    same(
        norm(x),
        reference(x, weight, 1e-5),
        zh="weight 改掉以后：先归一化，再逐个数相乘。",
        en="With another weight: normalize first, then multiply number by number.",
    )


def check_eps(code):
    """eps 在根号里面|eps stands inside the root"""
    norm, x, ones = code.RMSNorm(4, eps=0.01), numbers(3, 4, scale=0.05), torch.ones(4)
    out, size = norm(x), x.pow(2).mean(-1, keepdim=True).sqrt()
    unlike(
        out,
        x / (size + 0.01),
        zh="eps 加到根号外面去了。它加在平方平均上，再开根号。",
        en="eps was added outside the root. It is added to the mean square, and then the root is taken.",
    )
    unlike(
        out,
        reference(x, ones, 1e-5),
        zh="eps=0.01 没有起作用：eps 写死成 1e-5 了，要用 __init__ 收到的那个。",
        en="eps=0.01 had no effect: it is fixed at 1e-5. Use the one that __init__ was given.",
    )
    same(
        out,
        reference(x, ones, 0.01),
        zh="很小的输入，eps=0.01：eps 加在平方平均上，在根号里面。",
        en="Small numbers and eps=0.01: it is added to the mean square, under the root.",
    )
    same(
        norm(torch.zeros(2, 4)),
        torch.zeros(2, 4),
        zh="全 0 的输入：有 eps 就不会除以 0。",
        en="Nothing but zeros: with eps nothing is divided by 0.",
    )


def check_float16(code):
    """fp16：300 的平方装不下|fp16: the square of 300 does not fit"""
    norm, x = code.RMSNorm(8).half(), torch.full((2, 8), 300.0, dtype=torch.float16)
    out = norm(x)
    if isinstance(out, Tensor):
        unlike(
            out.half(),
            torch.zeros_like(x),
            zh="得到的全是 0。fp16 最大 65504，300² = 90000 变成 inf，x / inf 就是 0：平方之前先 x.float()。",
            en="It gives zeros. float16 ends at 65504: 300² = 90000 becomes inf, and x / inf is 0. "
            "Take x.float() before the square.",
        )
    same(
        out,
        torch.ones_like(x),
        zh="每个数都是 300，结果应是 1，dtype 还是 float16。",
        en="Each number is 300, so the result is 1, in float16 as it came.",
    )


def check_dtypes(code):
    """什么 dtype 进来，什么 dtype 出去|The dtype that comes in goes out"""
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        norm, x = code.RMSNorm(16).to(dtype), numbers(4, 16).to(dtype)
        same(
            norm(x),
            reference(x, torch.ones(16), 1e-5),
            zh=f"输入是 {dtype}：统计用 float32 算，最后用 .to(x.dtype) 换回来。",
            en=f"An input of {dtype}: compute the statistics in float32, and come back at the end with .to(x.dtype).",
        )


def check_gradients(code):
    """梯度能传回去|The gradient passes back"""
    mine, theirs, towards = numbers(3, 6).requires_grad_(), numbers(3, 6).requires_grad_(), numbers(3, 6) + 1
    norm, torchs = code.RMSNorm(6), nn.RMSNorm(6, eps=1e-5)
    out = norm(mine)
    require(
        isinstance(out, Tensor) and out.requires_grad,
        zh="输出断开了梯度：有没有用 detach、item 或 no_grad？",
        en="The output is cut off from the gradient: was detach, item or no_grad used?",
    )
    (out * towards).sum().backward()
    (torchs(theirs) * towards).sum().backward()
    hint = {
        "zh": "均方根也依赖 x，梯度要从它那里经过：统计量不能 detach。",
        "en": "The root mean square depends on x as well, and the gradient goes through it: do not detach it.",
    }
    for actual, expected in ((mine.grad, theirs.grad), (norm.weight.grad, torchs.weight.grad)):
        assert expected is not None
        same(actual, expected, **hint)


def speed(code):
    """256 vectors of 768."""
    norm, x = code.RMSNorm(768), torch.randn(256, 768)
    return lambda: norm(x)
