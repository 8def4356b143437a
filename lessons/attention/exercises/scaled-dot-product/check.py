"""The checks of scaled dot-product attention: by hand, on many shapes, with masks, in fp16, and backwards."""

import math
from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike


def reference(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """The same in float64, one row at a time: (B, H, T, D)."""
    scores = q.double() @ k.double().transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, S)
    seen = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
    scores = scores.masked_fill(~seen, torch.finfo(scores.dtype).min)  # what is shut out is no row's maximum
    powers = torch.where(seen, (scores - scores.amax(-1, keepdim=True)).exp(), 0.0)
    total = powers.sum(-1, keepdim=True)
    weights = torch.where(total > 0, powers / total.clamp_min(1e-300), 0.0)  # (B, H, T, S)
    return (weights @ v.double()).to(q.dtype)


def tensors(B: int, H: int, T: int, S: int, D: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Random queries (B, H, T, D), keys and values (B, H, S, D)."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(B, H, n, D, generator=generator) for n in (T, S, S))  # type: ignore[return-value]


def check_by_hand(code: ModuleType) -> None:
    """题目里手算的那一例|The example of the task"""
    q = torch.tensor([[[[2.0, 0.0]]]])
    k = torch.tensor([[[[math.sqrt(2) * math.log(3) / 2, 5.0], [0.0, 5.0]]]])
    v = torch.tensor([[[[4.0, 0.0], [0.0, 8.0]]]])
    out, scores = code.attention(q, k, v), q @ k.transpose(-2, -1)  # (1, 1, 1, 2)
    unlike(
        out,
        scores.softmax(-1) @ v,
        zh="分数没有除以 √D：softmax 之前除以 √2。",
        en="The scores were not divided by √D: divide by √2 before the softmax.",
    )
    unlike(
        out,
        (scores / 2).softmax(-1) @ v,
        zh="分数除以了 D = 2，要除以 √D = √2。",
        en="The scores were divided by D = 2, and should be by √D = √2.",
    )
    unlike(
        out,
        v.sum(-2, keepdim=True),
        zh="每个权重都是 1：softmax 沿着查询做了。要沿着键，softmax(dim=-1)。",
        en="Every weight is 1: the softmax ran over the queries. It runs over the keys, softmax(dim=-1).",
    )
    same(
        out,
        torch.tensor([[[[3.0, 2.0]]]]),
        zh="两个分数除以 √2 后是 ln 3 和 0，权重是 3/4 和 1/4，输出是 [3, 2]。",
        en="Divided by √2 the two scores are ln 3 and 0, the weights 3/4 and 1/4, the output [3, 2].",
    )


def check_shapes(code: ModuleType) -> None:
    """各种形状，T 和 S 可以不同|Several shapes; T and S may differ"""
    for B, H, T, S, D in ((1, 1, 1, 1, 2), (2, 3, 5, 5, 8), (2, 4, 1, 7, 16), (1, 2, 6, 3, 4)):
        q, k, v = tensors(B, H, T, S, D)
        same(
            code.attention(q, k, v),
            reference(q, k, v),
            zh=f"B = {B}，H = {H}，T = {T}，S = {S}，D = {D}。除以 √D，softmax 沿着最后一维（键）做。",
            en=f"B = {B}, H = {H}, T = {T}, S = {S}, D = {D}. Divide by √D; softmax over the last dim, the keys.",
        )


def check_causal_mask(code: ModuleType) -> None:
    """因果掩码：True 是可以看|A causal mask: True is where one may look"""
    q, k, v = tensors(2, 2, 6, 7, 8)
    mask = torch.ones(6, 7, dtype=torch.bool).tril()
    out, scores = code.attention(q, k, v, mask), q @ k.transpose(-2, -1) / math.sqrt(8)  # (2, 2, 6, 7)
    unlike(out, reference(q, k, v), zh="掩码没有起作用。", en="The mask had no effect.")
    unlike(
        out,
        reference(q, k, v, ~mask),
        zh="掩码用反了：True 表示可以看，要挡住的是 ~mask。",
        en="The mask is the wrong way round: True is where one may look, and ~mask is what to shut out.",
    )
    unlike(
        out,
        (scores.softmax(-1) * mask) @ v,
        zh="掩码是在 softmax 之后乘上去的：一行的和不到 1，被挡住的仍在分母里。要在 softmax 之前挡住。",
        en="The mask was multiplied in after the softmax: rows fall short of 1, and what is shut out is still in the "
        "denominator. Shut it out before.",
    )
    unlike(
        out,
        (scores * mask).softmax(-1) @ v,
        zh="分数乘了 0，不等于挡住：e 的 0 次方是 1。要填一个很小的数。",
        en="A score times 0 is not shut out: e to the 0 is 1. Fill in a very low number.",
    )
    same(
        out,
        reference(q, k, v, mask),
        zh="掩码 (T, S)，True 表示可以看，在 softmax 之前用。",
        en="Mask (T, S), True where one may look, used before the softmax.",
    )


def check_padding_mask(code: ModuleType) -> None:
    """每个样本自己的掩码 (B, 1, T, S)|A mask for each sample, (B, 1, T, S)"""
    q, k, v = tensors(3, 2, 4, 4, 8)
    lengths = torch.tensor([4, 2, 1])
    mask = (torch.arange(4) < lengths[:, None])[:, None, None, :].expand(3, 1, 4, 4)
    same(
        code.attention(q, k, v, mask),
        reference(q, k, v, mask),
        zh="掩码要能广播到 (B, H, T, S)。",
        en="The mask must broadcast to (B, H, T, S).",
    )


def check_nothing_to_see(code: ModuleType) -> None:
    """整行都被挡住：输出 0，不是 NaN|A row wholly shut out gives 0, not NaN"""
    q, k, v = tensors(1, 2, 3, 4, 8)
    mask = torch.ones(3, 4, dtype=torch.bool)
    mask[1] = False
    out = code.attention(q, k, v, mask)
    require(
        bool(torch.isfinite(out).all()),
        zh="第 1 行什么也不能看，出现了 NaN：一行全是 -inf 时，softmax 是 0 除以 0。",
        en="Row 1 may look at nothing, and there are NaN: a row of -inf alone makes the softmax 0 divided by 0.",
    )
    same(
        out,
        reference(q, k, v, mask),
        zh="第 1 行应该是 0，其余行照常。用很小的有限数代替 -inf 时，这一行会变成平均，还要再置 0。",
        en="Row 1 should be 0, the others as ever. A large negative number for -inf makes it a mean: set it 0.",
    )


def check_large_scores(code: ModuleType) -> None:
    """分数很大也不溢出|Large scores do not overflow"""
    q, k, v = tensors(1, 1, 4, 4, 16)
    same(
        code.attention(q * 100, k * 100, v),
        reference(q * 100, k * 100, v),
        zh="分数有几万。exp 之前要减去每行的最大值，torch.softmax 会这样做。",
        en="Scores of tens of thousands: take the row's maximum off before exp, as torch.softmax does.",
        tolerance=1e-4,
    )


def check_large_scores_masked(code: ModuleType) -> None:
    """分数很大，有掩码|Large scores under a mask"""
    q, k, v = tensors(1, 2, 6, 6, 16)
    mask = torch.ones(6, 6, dtype=torch.bool).tril()
    same(
        code.attention(q * 20, k * 20, v, mask),
        reference(q * 20, k * 20, v, mask),
        zh="分数有几百：挡住的位置权重必须是 0。只减去 20、30 这样的数不等于挡住，要填 -inf（或 dtype 的最小值）。",
        en="Scores of hundreds: what is shut out has weight 0. Taking 20 or 30 off does not shut it out: fill in -inf, "
        "or the dtype's lowest number.",
        tolerance=1e-3,
    )


def check_fp16(code: ModuleType) -> None:
    """fp16：分数在 fp32 里算，输出还是 fp16|fp16: scores in fp32, the output in fp16 again"""
    q, k, v = (tensor.half() for tensor in tensors(1, 2, 5, 5, 64))
    q, k = q * 80, k * 80  # products of a standard deviation of 80 * 80 * 8, near 65504
    expected = reference(q, k, v)
    actual = code.attention(q, k, v)
    require(
        bool(torch.isfinite(actual).all()),
        zh="q·k 超过了 fp16 的最大值 65504，变成 inf，softmax 之后是 NaN。先转成 float32 再乘。",
        en="q·k exceeds fp16's largest number, 65504, becomes inf, and NaN after the softmax. Go to float32 first.",
    )
    same(
        actual,
        expected,
        zh="输出的 dtype 和 q 一样；分数和 softmax 用 float32 算。",
        en="The output has q's dtype; scores and softmax are computed in float32.",
        tolerance=2e-3,
    )
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    same(
        code.attention(q, k, v, mask),
        reference(q, k, v, mask),
        zh="fp16 的输入，有掩码：输出的 dtype 也和 q 一样，分数和 softmax 用 float32 算。",
        en="fp16 inputs under a mask: here too the output has q's dtype, and scores and softmax are in float32.",
        tolerance=2e-3,
    )
    q, k, v = (tensor.half() for tensor in tensors(1, 2, 5, 128, 64, seed=1))
    same(
        code.attention(q * 8, k * 8, v),
        reference(q * 8, k * 8, v),
        zh="128 个键：分数是在 fp16 里算的，几百的分数在 fp16 里只准到 0.25。乘之前就转成 float32，"
        "softmax 也用 float32 算。",
        en="128 keys: the scores were computed in fp16, where hundreds are exact to 0.25. Go to float32 before the "
        "product, and take the softmax in float32.",
        tolerance=2e-3,
    )


def check_gradients(code: ModuleType) -> None:
    """梯度，也包括整行被挡住的时候|Gradients, also where a row is wholly shut out"""
    masked = torch.ones(4, 4, dtype=torch.bool).tril()
    masked[2] = False
    pulls: list[list[Tensor | None]] = [[], []]
    for mask in (None, masked):
        for found, function in zip(pulls, (code.attention, reference), strict=True):
            q, k, v = (tensor.requires_grad_() for tensor in tensors(1, 2, 4, 4, 8))
            out = function(q, k, v, mask)
            require(out.requires_grad, zh="输出和 q、k、v 没有关系。", en="The output does not depend on q, k and v.")
            out.square().sum().backward()
            found += (q.grad, k.grad, v.grad)
    for name, actual, expected in zip("qkvqkv", *pulls, strict=True):
        require(actual is not None, zh=f"{name} 没有收到梯度。", en=f"{name} gets no gradient.")
        same(
            actual,
            expected,
            zh=f"{name} 的梯度。被挡住的位置不给 k 和 v 梯度，整行被挡住的 q 也没有梯度，更没有 NaN。",
            en=f"The gradient of {name}. A place shut out gives k and v none, a row shut out gives q none, and no NaN.",
            tolerance=1e-4,
        )


def speed(code: ModuleType):
    """128 tokens, 8 heads, a causal mask."""
    q, k, v = torch.randn(3, 1, 8, 128, 32)
    mask = torch.ones(128, 128, dtype=torch.bool).tril()
    return lambda: code.attention(q, k, v, mask)
