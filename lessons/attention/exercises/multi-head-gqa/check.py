"""The checks of grouped-query attention: MHA, GQA and MQA, whose head is whose, causality, gradients."""

import math
from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike

Weights = tuple[Tensor, Tensor, Tensor, Tensor]


def reference(
    x: Tensor, wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor, heads: int, kv_heads: int, *, in_turn: bool = False
) -> Tensor:
    """One head and one position after the other: (B, T, C). `in_turn` deals the KV heads out as `repeat` does."""
    D, group = wq.shape[0] // heads, heads // kv_heads
    out = []
    for head in range(heads):
        kv_head = head % kv_heads if in_turn else head // group
        own, shared = slice(head * D, head * D + D), slice(kv_head * D, kv_head * D + D)
        q, k, v = x @ wq[own].T, x @ wk[shared].T, x @ wv[shared].T  # each (B, T, D)
        rows = []
        for t in range(x.shape[1]):
            scores = (k[:, : t + 1] @ q[:, t, :, None]).squeeze(-1) / math.sqrt(D)  # (B, t + 1)
            rows.append((scores.softmax(-1)[..., None] * v[:, : t + 1]).sum(1))  # (B, D)
        out.append(torch.stack(rows, dim=1))  # (B, T, D)
    return torch.cat(out, dim=-1) @ wo.T


def weights(C: int, D: int, heads: int, kv_heads: int, seed: int = 0) -> Weights:
    """Random projections, as nn.Linear keeps them: (out, in)."""
    generator = torch.Generator().manual_seed(seed)
    sizes = ((heads * D, C), (kv_heads * D, C), (kv_heads * D, C), (C, heads * D))
    return tuple(torch.randn(size, generator=generator) / math.sqrt(size[1]) for size in sizes)  # type: ignore[return-value]


def tokens(B: int, T: int, C: int) -> Tensor:
    """Random input (B, T, C)."""
    return torch.randn(B, T, C, generator=torch.Generator().manual_seed(9))


def plain(
    x: Tensor,
    w: Weights,
    heads: int,
    seen: Tensor | None = None,
    scale: float | None = None,
    axis: int = -1,
    mask_late: bool = False,
) -> Tensor:
    """MHA in a few lines that can be got wrong: x (B, T, C) to (B, T, H*D), before the last projection.

    Wrong are another mask `seen` (T, T) than the causal one, another scale, a softmax over another axis, and a mask
    that is multiplied in after it.
    """
    B, T, _ = x.shape
    q, k, v = ((x @ m.T).view(B, T, heads, -1).transpose(1, 2) for m in w[:3])  # (B, H, T, D)
    scores = q @ k.transpose(-2, -1) * (scale or 1 / math.sqrt(q.shape[-1]))  # (B, H, T, T)
    seen = torch.ones(T, T).tril().bool() if seen is None else seen
    if mask_late:
        mixed = scores.softmax(axis) * seen  # (B, H, T, T)
    else:
        mixed = scores.masked_fill(~seen, torch.finfo(scores.dtype).min).softmax(axis)
    return (mixed @ v).transpose(1, 2).flatten(2)


def check_one_head(code: ModuleType) -> None:
    """一个头|One head"""
    w = weights(6, 6, 1, 1)
    x, every, wo = tokens(2, 4, 6), torch.ones(4, 4).bool(), w[3]
    out = code.gqa(x, *w, 1, 1)
    unlike(out, plain(x, w, 1, scale=1.0) @ wo.T, zh="分数没有除以 √D。", en="The scores were not divided by √D.")
    unlike(
        out,
        plain(x, w, 1, every) @ wo.T,
        zh="没有因果掩码：每个词都看到了后面。",
        en="There is no causal mask: every token sees what is after it.",
    )
    unlike(
        out,
        plain(x, w, 1, every.tril(1)) @ wo.T,
        zh="掩码差一格：每个词看到了后面那一个。要 tril()，不是 tril(1)。",
        en="The mask is off by one: every token sees the next. Use tril(), not tril(1).",
    )
    require(
        not (isinstance(out, Tensor) and bool(out.isnan().any())),
        zh="出现了 NaN：有一行什么都看不到。每个词至少要看得到自己：tril()，不是 tril(-1)。",
        en="There are NaN: a row sees nothing. A token must see itself at least: tril(), not tril(-1).",
    )
    unlike(
        out,
        plain(x, w, 1, every.triu()) @ wo.T,
        zh="掩码上下颠倒了：看到的是后面，挡住的是前面。要 tril()，不是 triu()。",
        en="The mask is upside down: the later are seen and the earlier shut out. Use tril(), not triu().",
    )
    unlike(
        out,
        plain(x, w, 1, mask_late=True) @ wo.T,
        zh="掩码是在 softmax 之后乘上去的：一行的和不到 1。要在 softmax 之前填 -inf。",
        en="The mask was multiplied in after the softmax, and rows fall short of 1. Fill in -inf before the softmax.",
    )
    unlike(
        out,
        plain(x, w, 1, axis=-2) @ wo.T,
        zh="softmax 沿着查询做了：要沿着键，dim=-1，每行的和是 1。",
        en="The softmax ran over the queries: it runs over the keys, dim=-1, and rows sum to 1.",
    )
    unlike(out, plain(x, w, 1), zh="还差最后的 wo。", en="The last projection, wo, is missing.")
    turned: Weights = tuple(m.T for m in w)  # type: ignore[assignment]
    unlike(
        out,
        plain(x, turned, 1) @ wo,
        zh="投影写成了 x @ w：权重是 (输出, 输入)，要 x @ w.T。",
        en="The projections are x @ w: weights are (out, in), so x @ w.T.",
    )
    same(
        out,
        reference(x, *w, 1, 1),
        zh="先把一个头做对：投影是 x @ w.T，除以 √D，因果掩码，softmax，乘 v，最后 wo。",
        en="One head first: a projection is x @ w.T; divide by √D, causal mask, softmax, times v, and wo last.",
    )


def check_mha(code: ModuleType) -> None:
    """MHA：每个查询头有自己的 K 和 V|MHA: each query head has its own K and V"""
    w = weights(16, 4, 4, 4)
    x = tokens(2, 5, 16)
    out = code.gqa(x, *w, 4, 4)
    unlike(
        out,
        plain(x, w, 4, scale=1 / math.sqrt(16)) @ w[3].T,
        zh="分数除以了 √C，要除以每个头自己的 √D。",
        en="The scores were divided by √C, and should be by the √D of one head.",
    )
    unlike(
        out,
        plain(x, w, 4).view(2, 5, 4, 4).transpose(1, 2).reshape(2, 5, 16) @ w[3].T,
        zh="合头之前少了 transpose(1, 2)：(B, H, T, D) 要先变回 (B, T, H, D)。",
        en="A transpose(1, 2) is missing before the heads are joined: first (B, H, T, D) becomes (B, T, H, D) again.",
    )
    same(
        out,
        reference(x, *w, 4, 4),
        zh="H·D 要先 view 成 (B, T, H, D)，再 transpose(1, 2)。直接 view 成 (B, H, T, D) 会把词和头搅在一起。",
        en="View H·D as (B, T, H, D), then transpose(1, 2). A view straight to (B, H, T, D) mixes tokens and heads.",
    )


def check_gqa(code: ModuleType) -> None:
    """GQA：相邻的查询头共用一份|GQA: neighbouring query heads share"""
    for heads, kv_heads in ((4, 2), (8, 2), (6, 3)):
        w = weights(4 * heads, 4, heads, kv_heads)
        x = tokens(2, 5, 4 * heads)
        out = code.gqa(x, *w, heads, kv_heads)
        unlike(
            out,
            reference(x, *w, heads, kv_heads, in_turn=True),
            zh="KV 头是轮流分的，0、1、0、1，像 repeat。要相邻的共用，0、0、1、1：repeat_interleave。",
            en="KV heads were dealt out in turn, 0, 1, 0, 1, as repeat does. Neighbours share, 0, 0, 1, 1: "
            "repeat_interleave.",
        )
        same(
            out,
            reference(x, *w, heads, kv_heads),
            zh=f"{heads} 个查询头，{kv_heads} 个 KV 头：查询头 0 到 {heads // kv_heads - 1} 用 KV 头 0 的键和值。",
            en=f"{heads} query heads, {kv_heads} KV heads: query heads 0 to {heads // kv_heads - 1} use key and "
            "value of KV head 0.",
        )


def check_mqa(code: ModuleType) -> None:
    """MQA：所有的头共用一份|MQA: all heads share one"""
    w = weights(16, 4, 4, 1)
    x = tokens(1, 6, 16)
    same(
        code.gqa(x, *w, 4, 1),
        reference(x, *w, 4, 1),
        zh="一个 KV 头，给所有的查询头用。",
        en="One KV head for all the query heads.",
    )


def check_head_size(code: ModuleType) -> None:
    """H·D 不等于 C，像 Qwen3：D 来自 wq|H·D other than C, as in Qwen3: D comes from wq"""
    w = weights(10, 8, 4, 2)
    x = tokens(2, 3, 10)
    same(
        code.gqa(x, *w, 4, 2),
        reference(x, *w, 4, 2),
        zh="头的大小来自 wq：D = wq.shape[0] / heads，不是 C / heads。",
        en="The head's size comes from wq: D = wq.shape[0] / heads, not C / heads.",
    )


def check_causal(code: ModuleType) -> None:
    """改动后面的词，前面的输出不变|Change a later token: earlier outputs stay"""
    w = weights(12, 4, 3, 1)
    x = tokens(1, 6, 12)
    changed = x.clone()
    changed[:, 4:] += 1.0
    before, after = code.gqa(x, *w, 3, 1), code.gqa(changed, *w, 3, 1)
    same(
        after[:, :4],
        before[:, :4],
        zh="改了第 4 个词以后的内容，第 0 到 3 个词的输出不该变：掩码漏了。",
        en="Only tokens from 4 on were changed; outputs 0 to 3 must stay: the mask leaks.",
    )
    same(
        code.gqa(30 * x, *w, 3, 1),
        reference(30 * x, *w, 3, 1),
        zh="分数有几百：挡住的位置权重必须是 0。只减去 20、30 这样的数不等于挡住，要填 -inf（或 dtype 的最小值）。",
        en="Scores of hundreds: what is shut out has weight 0. Taking 20 or 30 off does not shut it out: fill in -inf, "
        "or the dtype's lowest number.",
        tolerance=1e-3,
    )
    require(
        not torch.allclose(after[:, 4], before[:, 4]),
        zh="第 4 个词自己变了，它的输出也该变：对角线要留着（tril()，不是 tril(-1)）。",
        en="Token 4 itself changed, and so must its output: keep the diagonal (tril(), not tril(-1)).",
    )


def check_gradients(code: ModuleType) -> None:
    """四个投影的梯度|The gradients of the four projections"""
    pulls = []
    for function in (code.gqa, reference):
        w = tuple(each.requires_grad_() for each in weights(12, 4, 4, 2))
        out = function(tokens(2, 4, 12), *w, 4, 2)
        require(out.requires_grad, zh="输出和投影没有关系。", en="The output does not depend on the projections.")
        out.square().sum().backward()
        pulls.append([each.grad for each in w])
    for name, actual, expected in zip(("wq", "wk", "wv", "wo"), *pulls, strict=True):
        require(actual is not None, zh=f"{name} 没有收到梯度。", en=f"{name} gets no gradient.")
        same(
            actual,
            expected,
            zh=f"{name} 的梯度。共用的 KV 头收到几个查询头梯度的和。",
            en=f"The gradient of {name}. A shared KV head gets the sum of its query heads' gradients.",
            tolerance=1e-4,
        )


def speed(code: ModuleType):
    """128 tokens, 8 heads over 2 KV heads."""
    x, w = tokens(1, 128, 256), weights(256, 32, 8, 2)
    return lambda: code.gqa(x, *w, 8, 2)
