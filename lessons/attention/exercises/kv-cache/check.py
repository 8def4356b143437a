"""The checks of the KV cache: token by token, in pieces, its size, and that the old cache stays whole."""

import math
from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike
from minimind_tui.nn.copies import as_given

Weights = tuple[Tensor, Tensor, Tensor, Tensor]


def whole(
    x: Tensor, w: Weights, heads: int, kv_heads: int, diagonal: int = 0, scale: float | None = None, turns: bool = False
) -> Tensor:
    """The same attention over all positions at once, without a cache: (B, T, C). The rest makes it wrong in known ways.

    A mask with its diagonal moved, scores multiplied by another scale, KV heads dealt out in turn.
    """
    wq, wk, wv, wo = w
    B, T, _ = x.shape
    D = wq.shape[0] // heads
    q = (x @ wq.T).view(B, T, heads, D).transpose(1, 2)  # (B, H, T, D)
    k, v = ((x @ m.T).view(B, T, kv_heads, D).transpose(1, 2) for m in (wk, wv))  # (B, K, T, D)
    group = heads // kv_heads
    k, v = (t.repeat(1, group, 1, 1) if turns else t.repeat_interleave(group, dim=1) for t in (k, v))  # (B, H, T, D)
    scores = q @ k.transpose(-2, -1) * (scale or 1 / math.sqrt(D))  # (B, H, T, T)
    scores = scores.masked_fill(torch.ones(T, T).triu(1 + diagonal).bool(), -torch.inf)
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
    unlike(out, whole(x, w, 3, 1, scale=1.0), zh="分数没有除以 √D。", en="The scores were not divided by √D.")
    unlike(
        out,
        whole(x, w, 3, 1, diagonal=6),
        zh="没有掩码：一次来几个词时，前面的看到了后面的。",
        en="There is no mask: where several tokens come at once, the earlier see the later ones.",
    )
    unlike(
        out,
        whole(x, w, 3, 1, diagonal=1),
        zh="掩码差一格：每个词看到了后面那一个。",
        en="The mask is off by one: every token sees the next.",
    )
    same(
        out,
        whole(x, w, 3, 1),
        zh="cache 是 None 时，就是上一题的因果注意力。",
        en="Where cache is None this is the causal attention of the exercise before.",
    )


def check_cache(code: ModuleType) -> None:
    """缓存：K 个头，旧的在前，新的接在后面|The cache: K heads, the old first, the new after them"""
    x, w = setting(2, 5, 16, 4, 8, 2)
    keys, values = ((x @ m.T).view(2, 5, 2, 4).transpose(1, 2) for m in w[1:3])  # (B, K, S, D)
    cache = None
    for start, S in ((0, 3), (3, 5)):
        _, cache = code.step(x[:, start:S], cache, *w, 8, 2)
        for name, kept in zip(("keys", "values"), cache, strict=True):
            require(
                tuple(kept.shape) != (2, 8, S, 4),
                zh=f"{name} 里有 8 个头：存的是复制过的。先存 K = 2 个头，再复制，否则 GQA 一点也不省。",
                en=f"{name} hold 8 heads: those were kept that had been repeated. Keep K = 2 heads and repeat then, or "
                "GQA saves nothing.",
            )
            require(
                tuple(kept.shape) == (2, 2, S, 4),
                zh=f"到现在来了 {S} 个词，{name} 的形状应为 (B, K, S, D) = (2, 2, {S}, 4)，得到 {tuple(kept.shape)}。"
                "旧的和新的都要在里面。",
                en=f"{S} tokens have come: {name} should be (B, K, S, D) = (2, 2, {S}, 4), got {tuple(kept.shape)}. "
                "The old and the new both belong in it.",
            )
        unlike(
            cache[0],
            values[:, :, :S],
            zh="键和值放反了：缓存是 (keys, values)。",
            en="Keys and values are exchanged: the cache is (keys, values).",
        )
        for kept, expected in zip(cache, (keys, values), strict=True):
            unlike(
                kept,
                torch.cat((expected[:, :, 3:S], expected[:, :, :3]), dim=2) if S > 3 else expected[:, :, :0],
                zh="新的接在了前面：旧的在前，新的在后。",
                en="The new stand in front: the old come first, the new after them.",
            )
            same(
                kept,
                expected[:, :, :S],
                zh="缓存里应当就是 x @ wk.T 和 x @ wv.T：没有缩放过，来了新词也不改动旧的。",
                en="The cache should hold x @ wk.T and x @ wv.T: not scaled, and the old not changed by the new.",
            )


def check_token_by_token(code: ModuleType) -> None:
    """一个词一个词地算，和一次算完相等|Token by token equals all at once"""
    for heads, kv_heads in ((2, 2), (4, 2), (4, 1)):
        x, w = setting(2, 7, 16, 4, heads, kv_heads)
        out = in_pieces(code, x, w, heads, kv_heads, [1] * 7)
        first = whole(x[:, :1], w, heads, kv_heads).expand_as(x)
        unlike(
            out,
            first,
            zh="每个新词都只看到了词 0：掩码 (1, S) 的对角线没有右移，要 tril(diagonal=S - N)。",
            en="Each new token sees token 0 alone: the mask's diagonal was not moved. Use tril(diagonal=S - N).",
        )
        alone = torch.cat([whole(each, w, heads, kv_heads) for each in x.split(1, dim=1)], dim=1)
        unlike(
            out,
            alone,
            zh="每个新词都只看到了自己：缓存没有用上。",
            en="Each new token sees itself alone: the cache is not used.",
        )
        if 1 < kv_heads < heads:
            unlike(
                out,
                whole(x, w, heads, kv_heads, turns=True),
                zh="KV 头是轮流分的，像 repeat。要相邻的共用：repeat_interleave。",
                en="KV heads were dealt out in turn, as repeat does. Neighbours share: repeat_interleave.",
            )
        same(
            out,
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
    """有缓存时，一次来几个新词|Several new tokens after a cache"""
    x, w = setting(2, 9, 16, 4, 4, 2)
    same(
        in_pieces(code, x, w, 4, 2, [3, 4, 2]),
        whole(x, w, 4, 2),
        zh="缓存里有 3 个词，又来 4 个：掩码是 (4, 7)，对角线要右移 3，tril(diagonal=S - N)。",
        en="Three in the cache and four new: the mask is (4, 7) and its diagonal moves by 3, tril(diagonal=S - N).",
    )


def check_large_scores(code: ModuleType) -> None:
    """分数很大时也不漏|Large scores do not leak either"""
    x, w = setting(2, 7, 16, 4, 4, 2)
    same(
        in_pieces(code, 30 * x, w, 4, 2, [3, 4]),
        whole(30 * x, w, 4, 2),
        zh="分数有几百：挡住的位置权重必须是 0。只减去 20、30 这样的数不等于挡住，要填 -inf（或 dtype 的最小值）。",
        en="Scores of hundreds: what is shut out has weight 0. Taking 20 or 30 off does not shut it out: fill in -inf, "
        "or the dtype's lowest number.",
        tolerance=1e-3,
    )


def check_old_cache_stays(code: ModuleType) -> None:
    """旧缓存不能被改动|The old cache is not changed"""
    x, w = setting(1, 6, 16, 4, 4, 2)
    _, cache = code.step(x[:, :4], None, *w, 4, 2)
    kept = [each.clone() for each in cache]
    with as_given():
        first, _ = code.step(x[:, 4:5], cache, *w, 4, 2)
        again, _ = code.step(x[:, 4:5], cache, *w, 4, 2)
    for actual, expected in zip(cache, kept, strict=True):
        same(
            actual,
            expected,
            zh="从同一个缓存出发试两个不同的词（束搜索就这样做），旧缓存要原样不动。",
            en="Beam search tries two tokens after one cache: the old one must stay as it was.",
        )
    same(
        again,
        first,
        zh="同样的输入，同样的缓存，输出该一样。",
        en="The same input after the same cache gives the same output.",
    )


def speed(code: ModuleType):
    """One token after 255."""
    x, w = setting(1, 256, 128, 16, 8, 2)
    _, cache = code.step(x[:, :255], None, *w, 8, 2)
    return lambda: code.step(x[:, 255:], cache, *w, 8, 2)
