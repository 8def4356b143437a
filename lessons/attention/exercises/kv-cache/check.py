"""The checks of the KV cache: token by token, in pieces, its size, and that the old cache stays whole."""

import math
from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same

Weights = tuple[Tensor, Tensor, Tensor, Tensor]


def whole(x: Tensor, w: Weights, heads: int, kv_heads: int) -> Tensor:
    """The same attention over all positions at once, without a cache: (B, T, C)."""
    wq, wk, wv, wo = w
    B, T, _ = x.shape
    D = wq.shape[0] // heads
    q = (x @ wq.T).view(B, T, heads, D).transpose(1, 2)  # (B, H, T, D)
    k, v = ((x @ m.T).view(B, T, kv_heads, D).transpose(1, 2) for m in (wk, wv))  # (B, K, T, D)
    k, v = (t.repeat_interleave(heads // kv_heads, dim=1) for t in (k, v))  # (B, H, T, D)
    scores = (q @ k.transpose(-2, -1) / math.sqrt(D)).masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, heads * D) @ wo.T


def setting(B: int, T: int, C: int, D: int, heads: int, kv_heads: int) -> tuple[Tensor, Weights]:
    """Random input (B, T, C) and projections, as nn.Linear keeps them."""
    generator = torch.Generator().manual_seed(5)
    sizes = ((heads * D, C), (kv_heads * D, C), (kv_heads * D, C), (C, heads * D))
    w = tuple(torch.randn(size, generator=generator) / math.sqrt(size[1]) for size in sizes)
    return torch.randn(B, T, C, generator=generator), w  # type: ignore[return-value]


def in_pieces(code: ModuleType, x: Tensor, w: Weights, heads: int, kv_heads: int, pieces: list[int]) -> Tensor:
    """The outputs of the pieces, side by side: (B, T, C)."""
    cache, out = None, []
    for piece in x.split(pieces, dim=1):
        result, cache = code.step(piece, cache, *w, heads, kv_heads)
        out.append(result)
    return torch.cat(out, dim=1)


def check_without_cache(code: ModuleType) -> None:
    """还没有缓存：整段一次算|No cache yet: the whole text at once"""
    x, w = setting(2, 6, 12, 4, 3, 1)
    out, _ = code.step(x, None, *w, 3, 1)
    same(
        out,
        whole(x, w, 3, 1),
        zh="cache 是 None 时，就是普通的因果注意力。",
        en="Where cache is None this is ordinary causal attention.",
    )


def check_token_by_token(code: ModuleType) -> None:
    """一个词一个词地算，和一次算完相等|Token by token equals all at once"""
    for heads, kv_heads in ((2, 2), (4, 2), (4, 1)):
        x, w = setting(2, 7, 16, 4, heads, kv_heads)
        same(
            in_pieces(code, x, w, heads, kv_heads, [1] * 7),
            whole(x, w, heads, kv_heads),
            zh=f"{heads} 个查询头，{kv_heads} 个 KV 头。只有一个新词时，它能看缓存里的全部和它自己。",
            en=f"{heads} query heads, {kv_heads} KV heads. A single new token sees all of the cache, and itself.",
        )


def check_prompt_then_tokens(code: ModuleType) -> None:
    """先读完提示，再一个个写|The prompt first, then token by token"""
    x, w = setting(1, 9, 16, 4, 4, 2)
    same(
        in_pieces(code, x, w, 4, 2, [6, 1, 1, 1]),
        whole(x, w, 4, 2),
        zh="先一次读 6 个词（prefill），再写 3 个（decode）。",
        en="Six tokens at once (prefill), then three one by one (decode).",
    )


def check_pieces_of_several(code: ModuleType) -> None:
    """有缓存时，一次来几个新词|Several new tokens behind a cache"""
    x, w = setting(2, 9, 16, 4, 4, 2)
    same(
        in_pieces(code, x, w, 4, 2, [3, 4, 2]),
        whole(x, w, 4, 2),
        zh="缓存里有 3 个词，又来 4 个：掩码是 (4, 7)，对角线要右移 3，tril(diagonal=S - N)。",
        en="Three in the cache and four new: the mask is (4, 7) and its diagonal moves by 3, tril(diagonal=S - N).",
    )


def check_cache_size(code: ModuleType) -> None:
    """缓存里存 K 个头，不是 H 个|The cache holds K heads, not H"""
    x, w = setting(2, 5, 16, 4, 8, 2)
    _, cache = code.step(x[:, :3], None, *w, 8, 2)
    _, cache = code.step(x[:, 3:], cache, *w, 8, 2)
    for name, kept in zip(("keys", "values"), cache, strict=True):
        require(
            tuple(kept.shape) == (2, 2, 5, 4),
            zh=f"{name} 的形状应为 (B, K, S, D) = (2, 2, 5, 4)，得到 {tuple(kept.shape)}。"
            "先存，后复制给各个查询头；存复制过的，GQA 就一点也不省。",
            en=f"{name} should be (B, K, S, D) = (2, 2, 5, 4), got {tuple(kept.shape)}. "
            "Keep them before they are repeated for the query heads, or GQA saves nothing.",
        )
    same(
        cache[0],
        (x @ w[1].T).view(2, 5, 2, 4).transpose(1, 2),
        zh="缓存里的键应当就是 x @ wk.T，旧的在前，新的在后。",
        en="The keys in the cache should be x @ wk.T, the old ones first, the new behind them.",
    )


def check_old_cache_stays(code: ModuleType) -> None:
    """旧缓存不能被改动|The old cache is not changed"""
    x, w = setting(1, 6, 16, 4, 4, 2)
    _, cache = code.step(x[:, :4], None, *w, 4, 2)
    kept = [each.clone() for each in cache]
    first, _ = code.step(x[:, 4:5], cache, *w, 4, 2)
    again, _ = code.step(x[:, 4:5], cache, *w, 4, 2)
    for actual, expected in zip(cache, kept, strict=True):
        same(
            actual,
            expected,
            zh="从同一个缓存出发试两个不同的词（束搜索就这样做），旧缓存要原样不动。",
            en="Beam search tries two tokens behind one cache: the old one must stay as it was.",
        )
    same(
        again,
        first,
        zh="同样的输入，同样的缓存，输出该一样。",
        en="The same input behind the same cache gives the same output.",
    )
