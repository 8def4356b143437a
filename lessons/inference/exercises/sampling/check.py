"""The checks of sampling: temperature, top-k, top-p and all three, the draws themselves, that one can repeat them."""

from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike
from minimind_tui.nn.copies import as_given

WRITTEN = [0.1, 0.4, 0.05, 0.25, 0.2]
CHANCES = torch.tensor([WRITTEN])
"""By hand, in no order: words 1, 3, 4, 0, 2 from the likeliest to the least."""
DRAWS = 20_000


def logits_of(chances: Tensor) -> Tensor:
    """Logits whose softmax is this."""
    return chances.log() + 3.0


def numbers(B: int, V: int, seed: int = 0) -> Tensor:
    """Random logits."""
    return 2 * torch.randn(B, V, generator=torch.Generator().manual_seed(seed))


def kept(chances: Tensor, words: list[int]) -> Tensor:
    """The chances of these words alone, made to sum to 1."""
    out = torch.zeros_like(chances)
    out[:, words] = chances[:, words]
    return out / out.sum(-1, keepdim=True)


def reference(logits: Tensor, temperature: float, top_k: int | None, top_p: float | None) -> Tensor:
    """Word by word: (B, V)."""
    rows = []
    for row in logits / temperature:
        order = sorted(range(len(row)), key=lambda word: -float(row[word]))[: top_k or len(row)]
        chances = row[order].softmax(-1)
        total, count = 0.0, 0
        for chance in chances.tolist():
            if total >= (1.1 if top_p is None else top_p):
                break
            total, count = total + chance, count + 1
        out = torch.zeros_like(row)
        out[order[:count]] = chances[:count] / chances[:count].sum()
        rows.append(out)
    return torch.stack(rows)


def check_plain(code: ModuleType) -> None:
    """什么都不加：softmax|Nothing asked: the softmax"""
    for B, V in ((1, 5), (3, 7), (5, 5)):
        logits = numbers(B, V)
        out = code.probabilities(logits.clone())
        unlike(
            out,
            logits.softmax(0),
            zh="softmax 取错了维：每一行的和是 1。",
            en="The softmax runs over the wrong axis: each row sums to 1.",
        )
        same(
            out,
            logits.softmax(-1),
            zh=f"logits ({B}, {V})：每行一个 softmax。",
            en=f"Logits ({B}, {V}): a softmax a row.",
        )


def check_temperature(code: ModuleType) -> None:
    """温度|Temperature"""
    logits = logits_of(CHANCES)
    for temperature in (0.5, 2.0):
        out = code.probabilities(logits.clone(), temperature)
        unlike(
            out,
            (logits * temperature).softmax(-1),
            zh="乘了温度：要除以温度，低温才更尖。",
            en="It was multiplied by the temperature: divide by it, so that a low one sharpens.",
        )
        unlike(out, CHANCES, zh="温度没有起作用。", en="The temperature has no effect.")
        unlike(
            out,
            CHANCES / temperature,
            zh="温度除在了 softmax 之后：要除 logits，概率除以常数只会让和不是 1。",
            en="The probabilities were divided: divide the logits, before the softmax.",
        )
        same(
            out,
            (logits / temperature).softmax(-1),
            zh=f"温度 {temperature}：softmax(logits / T)。",
            en=f"Temperature {temperature}: softmax(logits / T).",
        )


def check_zero(code: ModuleType) -> None:
    """温度 0：只取最可能的|Temperature 0: the likeliest alone"""
    logits = numbers(4, 6, seed=1)
    out = code.probabilities(logits.clone(), 0.0)
    require(
        isinstance(out, Tensor) and not bool(out.isnan().any()),
        zh="温度 0 时除以了 0，得到 NaN：单独处理，最可能的词概率 1。",
        en="At temperature 0 it divides by 0 and gives NaN: treat it on its own, the likeliest word has probability 1.",
    )
    same(
        out,
        torch.nn.functional.one_hot(logits.argmax(-1), 6).float(),
        zh="温度 0 就是贪心：最可能的词 1，别的 0。",
        en="Temperature 0 is greedy: 1 for the likeliest word, 0 for the others.",
    )


def check_top_k(code: ModuleType) -> None:
    """top-k：最可能的 k 个|Top-k: the k likeliest"""
    logits = logits_of(CHANCES)
    for k, words in ((1, [1]), (2, [1, 3]), (3, [1, 3, 4])):
        out = code.probabilities(logits.clone(), top_k=k)
        unlike(
            out,
            torch.where(kept(CHANCES, words) > 0, CHANCES, 0.0),
            zh="留下的概率加起来不是 1：要在剩下的词里重新归一。",
            en="What is left does not sum to 1: make it sum to 1 again.",
        )
        unlike(
            out,
            kept(CHANCES, [1, 3, 4, 0, 2][: k + 1]),
            zh=f"多留了一个：top_k={k} 只留 {k} 个。",
            en=f"One too many is kept: top_k={k} keeps {k}.",
        )
        if k > 1:
            unlike(
                out,
                kept(CHANCES, [1, 3, 4, 0, 2][: k - 1]),
                zh="少留了一个：第 k 个自己也要留。",
                en="One too few is kept: the k-th itself stays.",
            )
        unlike(
            out,
            torch.where(kept(CHANCES, words) > 0, logits, 0.0).softmax(-1),
            zh="去掉的词 logit 设成了 0，e 的 0 次方是 1：要设成负无穷。",
            en="The logits of the others were set to 0, and e to the 0 is 1: set them to minus infinity.",
        )
        same(
            out,
            kept(CHANCES, words),
            zh=f"top_k={k}，概率 {WRITTEN}：留词 {words}。",
            en=f"top_k={k} of {WRITTEN}: words {words} stay.",
        )
    try:
        whole = code.probabilities(logits.clone(), top_k=50)
    except (RuntimeError, IndexError):
        whole = None
    require(
        whole is not None,
        zh="top_k=50 而词表只有 5 个词，出错了：k 比词表还大时全部留下，用 min(top_k, V)。",
        en="top_k=50 of 5 words is an error here: a k beyond the vocabulary keeps all, so use min(top_k, V).",
    )
    same(
        whole,
        CHANCES,
        zh="k 比词表还大时，全部留下，不能出错。",
        en="A k beyond the vocabulary keeps all, and is no error.",
    )


def check_top_p(code: ModuleType) -> None:
    """top-p：概率够 p 的最小一组|Top-p: the smallest set that reaches p"""
    logits = logits_of(CHANCES)
    order = [1, 3, 4, 0, 2]
    for p, count in ((0.3, 1), (0.5, 2), (0.7, 3), (0.9, 4)):
        out = code.probabilities(logits.clone(), top_p=p)
        words = order[:count]
        require(
            isinstance(out, Tensor) and not bool(out.isnan().any()),
            zh="没有留下一个词，0/0 成了 NaN：最可能的词总要留，让和达到 p 的那个词也要留。",
            en="One too few is kept, here none at all, and 0/0 is NaN: the word that makes the sum reach p stays.",
        )
        unlike(
            out,
            kept(CHANCES, order[: max(1, count - 1)]) if count > 1 else torch.zeros_like(CHANCES),
            zh=f"少留了一个：加上它才到 {p} 的那个词也要留。前面的和小于 p 的都留下。",
            en=f"One too few is kept: the word that makes the sum reach {p} stays. "
            "Keep every word before which the sum is below p.",
        )
        unlike(
            out,
            kept(CHANCES, order[: count + 1]),
            zh="多留了一个：前面的和已经到 p 的词要去掉。",
            en="One too many is kept: a word before which the sum has reached p goes.",
        )
        unlike(
            out,
            torch.where(kept(CHANCES, words) > 0, CHANCES, 0.0),
            zh="留下的概率加起来不是 1：要重新归一。",
            en="What is left does not sum to 1: make it sum to 1 again.",
        )
        ordered = CHANCES[:, order]
        unlike(
            out,
            kept(ordered, list(range(count))),
            zh="概率还排着序：要用 scatter 放回每个词原来的位置。",
            en="The probabilities are still sorted: scatter puts them back where their words stand.",
        )
        before = CHANCES.cumsum(-1) - CHANCES
        unsorted = torch.where(before < p, CHANCES, 0.0)
        unlike(
            out,
            unsorted / unsorted.sum(-1, keepdim=True),
            zh="没有排序就累加了：先按概率从大到小排。",
            en="The sum runs over unsorted words: sort from the likeliest first.",
        )
        same(
            out,
            kept(CHANCES, words),
            zh=f"top_p={p}，从大到小 0.4、0.25、0.2、0.1、0.05：留词 {words}。",
            en=f"top_p={p}, sorted 0.4, 0.25, 0.2, 0.1, 0.05: words {words} stay.",
        )
    same(
        code.probabilities(logits.clone(), top_p=1.0),
        CHANCES,
        zh="top_p=1 什么也不去掉。",
        en="top_p=1 takes nothing away.",
    )


def check_together(code: ModuleType) -> None:
    """三样一起：温度、top-k、top-p|All three: temperature, top-k, top-p"""
    for B, V, temperature, k, p in (
        (1, 6, 0.7, 4, 0.8),
        (3, 50, 1.5, 10, 0.9),
        (4, 20, 0.3, None, 0.95),
        (2, 9, 2.0, 3, 0.5),
    ):
        logits = numbers(B, V, seed=V)
        out = code.probabilities(logits.clone(), temperature, k, p)
        wanted = reference(logits, temperature, k, p)
        p_first = reference(logits, temperature, None, p) == 0
        if k is not None and not torch.equal(p_first, wanted == 0):
            unlike(
                out,
                reference(logits.masked_fill(p_first, -1e9), temperature, k, None),
                zh="先做了 top-p：次序是温度、top-k、再 top-p，p 在留下的 k 个里算。",
                en="Top-p came first: the order is temperature, top-k, then top-p, with a p of what the k have.",
            )
        cold = reference(logits, 1.0, k, p) == 0
        if not torch.equal(cold, wanted == 0):
            unlike(
                out,
                (logits / temperature).masked_fill(cold, -torch.inf).softmax(-1),
                zh="p 是在没有温度的概率里算的：先除以温度。",
                en="p was measured without the temperature: divide by it first.",
            )
        same(
            out,
            wanted,
            zh=f"({B}, {V})，温度 {temperature}，top_k={k}，top_p={p}：次序是温度、top-k、softmax、top-p、归一。",
            en=f"({B}, {V}), temperature {temperature}, top_k={k}, top_p={p}: the order is temperature, top-k, "
            "softmax, top-p, sum to 1.",
        )


def check_inputs_stay(code: ModuleType) -> None:
    """不改动 logits|The logits are left alone"""
    logits = numbers(2, 8)
    before = logits.clone()
    with as_given():
        code.sample(logits, 0.7, 3, 0.8)
        code.probabilities(logits, 0.0)
    same(
        logits,
        before,
        zh="传进来的 logits 被改了：不要用 /=、masked_fill_ 这一类就地操作。",
        en="The logits that were passed in have changed: no /= and no masked_fill_, which work in place.",
    )


def check_draws(code: ModuleType) -> None:
    """抽出来的频率|How often each word is drawn"""
    logits = logits_of(CHANCES).expand(DRAWS, -1)
    for options, wanted in (
        ({}, CHANCES),
        ({"top_k": 2}, kept(CHANCES, [1, 3])),
        ({"temperature": 2.0}, reference(logits_of(CHANCES), 2.0, None, None)),
        ({"top_p": 0.7}, kept(CHANCES, [1, 3, 4])),
        ({"temperature": 0.5, "top_k": 4, "top_p": 0.9}, reference(logits_of(CHANCES), 0.5, 4, 0.9)),
    ):
        out = code.sample(logits, **options, generator=torch.Generator().manual_seed(2))
        shape = tuple(getattr(out, "shape", ()))
        require(
            isinstance(out, Tensor) and shape == (DRAWS,) and not out.is_floating_point(),
            zh=f"{DRAWS} 行应当抽出 ({DRAWS},) 个整数，得到 {shape}。multinomial 之后去掉最后一维。",
            en=f"{DRAWS} rows give whole numbers of shape ({DRAWS},), got {shape}. "
            "Drop the last axis after multinomial.",
        )
        found = torch.bincount(out, minlength=5)[None] / DRAWS
        require(
            float(found.max()) < 1,
            zh="每次都是最可能的词：要按概率抽，不是 argmax。",
            en="It is the likeliest word each time: draw by probability, not by argmax.",
        )
        same(
            found,
            wanted,
            zh=f"抽 {DRAWS} 次，{options or '什么都不加'}：频率应接近概率。temperature、top_k、top_p 都传下去了吗？",
            en=f"{DRAWS} draws, {options or 'nothing asked'}: the shares should be near the probabilities. "
            "Are temperature, top_k and top_p all passed on?",
            tolerance=0.015,
        )


def check_generator(code: ModuleType) -> None:
    """同一个种子，同样的结果|The same seed, the same draws"""
    logits = numbers(1, 100).expand(200, -1)
    draws = []
    for seed in (7, 7, 8):
        torch.manual_seed(len(draws))
        draws.append(code.sample(logits, generator=torch.Generator().manual_seed(seed)))
    require(
        torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2]),
        zh="generator 没有用上：同一个种子要抽出同样的词，把它传给 multinomial。",
        en="The generator is not used: the same seed must draw the same words. Pass it to multinomial.",
    )


def speed(code: ModuleType):
    """64 rows of MiniMind's vocabulary."""
    logits = numbers(64, 6400)
    return lambda: code.sample(logits, 0.8, 50, 0.9)
