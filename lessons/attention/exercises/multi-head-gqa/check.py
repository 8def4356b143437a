"""The checks of grouped-query attention: MHA, GQA and MQA, whose head is whose, causality, gradients."""

import math
from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same

Weights = tuple[Tensor, Tensor, Tensor, Tensor]


def reference(x: Tensor, wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor, heads: int, kv_heads: int) -> Tensor:
    """One head and one position after the other: (B, T, C)."""
    D, group = wq.shape[0] // heads, heads // kv_heads
    out = []
    for head in range(heads):
        own, shared = slice(head * D, head * D + D), slice(head // group * D, head // group * D + D)
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


def check_one_head(code: ModuleType) -> None:
    """一个头|One head"""
    w = weights(6, 6, 1, 1)
    x = tokens(2, 4, 6)
    same(
        code.gqa(x, *w, 1, 1),
        reference(x, *w, 1, 1),
        zh="先把一个头做对：投影是 x @ w.T，除以 √D，因果掩码，softmax，乘 v，最后 wo。",
        en="One head first: a projection is x @ w.T; divide by √D, causal mask, softmax, times v, and wo last.",
    )


def check_mha(code: ModuleType) -> None:
    """MHA：每个查询头有自己的 K 和 V|MHA: each query head has its own K and V"""
    w = weights(16, 4, 4, 4)
    x = tokens(2, 5, 16)
    same(
        code.gqa(x, *w, 4, 4),
        reference(x, *w, 4, 4),
        zh="H·D 要先 view 成 (B, T, H, D)，再 transpose(1, 2)。直接 view 成 (B, H, T, D) 会把词和头搅在一起。",
        en="View H·D as (B, T, H, D), then transpose(1, 2). A view straight to (B, H, T, D) mixes tokens and heads.",
    )


def check_gqa(code: ModuleType) -> None:
    """GQA：相邻的查询头共用一份|GQA: neighbouring query heads share"""
    for heads, kv_heads in ((4, 2), (8, 2), (6, 3)):
        w = weights(24, 4, heads, kv_heads)
        x = tokens(2, 5, 24)
        same(
            code.gqa(x, *w, heads, kv_heads),
            reference(x, *w, heads, kv_heads),
            zh=f"{heads} 个查询头，{kv_heads} 个 KV 头：查询头 0 到 {heads // kv_heads - 1} 用 KV 头 0。"
            "这是 repeat_interleave，不是 repeat。",
            en=f"{heads} query heads, {kv_heads} KV heads: query heads 0 to {heads // kv_heads - 1} use KV head 0. "
            "That is repeat_interleave, not repeat.",
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
    """H·D 不等于 C，像 Qwen3|H·D other than C, as in Qwen3"""
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
