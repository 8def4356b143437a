"""The checks of both layouts of RoPE: against complex numbers, by hand, and against each other."""

from types import ModuleType

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike
from minimind_tui.nn.copies import as_given

SHAPES = ((1, 1, 1, 2), (1, 1, 5, 2), (2, 3, 7, 16), (1, 2, 4, 6))


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def table(positions: int, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each (T, D/2)."""
    frequency = 100.0 ** (-torch.arange(0, head_dim, 2) / head_dim)
    angle = torch.outer(torch.arange(positions).float(), frequency)
    return angle.cos(), angle.sin()


def turned(first: Tensor, second: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """The pairs as complex numbers, times cos + i sin."""
    out = torch.complex(first.contiguous(), second.contiguous()) * torch.complex(cos, sin)
    return out.real, out.imag


def half(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    middle = x.shape[-1] // 2
    return torch.cat(turned(x[..., :middle], x[..., middle:], cos, sin), dim=-1)


def interleaved(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return torch.stack(turned(x[..., 0::2], x[..., 1::2], cos, sin), dim=-1).flatten(-2)


def angles_side_by_side(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate-half with the table of the interleaved layout: a mistake."""
    first, second = x.chunk(2, dim=-1)
    return x * cos.repeat_interleave(2, -1) + torch.cat((-second, first), dim=-1) * sin.repeat_interleave(2, -1)


def check_by_hand(code: ModuleType) -> None:
    """一个箭头，转四分之一圈|One arrow, a quarter turn"""
    x, cos, sin = torch.tensor([3.0, 4.0]).view(1, 1, 1, 2), torch.zeros(1, 1), torch.ones(1, 1)
    expected = torch.tensor([-4.0, 3.0]).view(1, 1, 1, 2)
    for apply in (code.apply_rope_half, code.apply_rope_interleaved):
        same(
            apply(x.clone(), cos, sin),
            expected,
            zh="(3, 4) 逆时针转 90 度是 (-4, 3)。得到 (4, -3) 的话，方向反了：负号放错了地方。",
            en="(3, 4) turned by 90 degrees counter-clockwise is (-4, 3). At (4, -3), the minus sign is misplaced.",
        )


def check_half(code: ModuleType) -> None:
    """rotate-half：第 i 个数和第 i + D/2 个配对|Rotate-half: number i with number i + D/2"""
    for shape in SHAPES:
        x, (cos, sin) = random(*shape), table(shape[2], shape[3])
        out = code.apply_rope_half(x.clone(), cos, sin)
        if shape[-1] > 2:  # a single pair is the same in both layouts
            unlike(
                out,
                interleaved(x, cos, sin),
                zh="这是交错布局：你把第 2i 个数和第 2i + 1 个配成了一对。rotate-half 是第 i 个和第 i + D/2 个。",
                en="That is the interleaved layout: numbers 2i and 2i + 1 were paired, and not i and i + D/2.",
            )
            unlike(
                out,
                angles_side_by_side(x, cos, sin),
                zh="角度的次序不对：一对数隔着半个头，表要整张并排写两遍（cat 或 repeat），"
                "不是每个角度连写两遍（repeat_interleave）。",
                en="The angles are in the wrong order: a pair lies half a head apart, so the whole table is written "
                "twice (cat or repeat), not each angle twice (repeat_interleave).",
            )
        same(
            out,
            half(x, cos, sin),
            zh=f"x 的形状是 {list(shape)}。先分成前一半和后一半，再把两半转好，按原来的次序拼回去。",
            en=f"x has shape {list(shape)}. Cut it into its first and second half, turn, and join them in that order.",
        )


def check_interleaved(code: ModuleType) -> None:
    """交错：第 2i 个数和第 2i + 1 个配对|Interleaved: number 2i with number 2i + 1"""
    for shape in SHAPES:
        x, (cos, sin) = random(*shape), table(shape[2], shape[3])
        out = code.apply_rope_interleaved(x.clone(), cos, sin)
        if shape[-1] > 2:
            unlike(
                out,
                half(x, cos, sin),
                zh="这是 rotate-half：你把第 i 个数和第 i + D/2 个配成了一对。交错是第 2i 个和第 2i + 1 个。",
                en="That is rotate-half: numbers i and i + D/2 were paired, and not 2i and 2i + 1.",
            )
        same(
            out,
            interleaved(x, cos, sin),
            zh=f"x 的形状是 {list(shape)}。转完还要交错着放回去：cat 会放成前后两半，那是另一种布局。",
            en=f"x has shape {list(shape)}. Put the turned numbers back side by side: cat would make two halves.",
        )


def check_input_is_kept(code: ModuleType) -> None:
    """不改动输入，也接受转置过的输入|The input is kept, and may be a transposed one"""
    x, (cos, sin) = random(2, 7, 3, 8).transpose(1, 2), table(7, 8)
    before = x.clone()
    for apply, expected in ((code.apply_rope_half, half), (code.apply_rope_interleaved, interleaved)):
        with as_given():
            out = apply(x, cos, sin)
        require(
            torch.equal(x, before),
            zh="x 被就地改动了：x[..., 0::2] = … 会写进调用者的张量。",
            en="x was changed in place: x[..., 0::2] = ... writes into the caller's tensor.",
        )
        same(
            out,
            expected(before, cos, sin),
            zh="注意力里的 q 来自 transpose，不连续：view 在它上面会出错。",
            en="q comes out of a transpose and is not contiguous: view fails on it.",
        )


def check_distance(code: ModuleType) -> None:
    """q·k 只看距离|q·k knows the distance alone"""
    query, key = random(2, 8)
    cos, sin = table(40, 8)

    for apply in (code.apply_rope_half, code.apply_rope_interleaved):

        def at(vector: Tensor, position: int, apply=apply) -> Tensor:
            row = slice(position, position + 1)
            return apply(vector.clone().view(1, 1, 1, 8), cos[row], sin[row]).flatten()

        for shift in (1, 7, 30):
            same(
                at(query, 5 + shift) @ at(key, 2 + shift),
                at(query, 5) @ at(key, 2),
                zh=f"q 和 k 一起往后挪 {shift} 个位置，点积不该变。两个数要转同一个角度。",
                en=f"q and k moved together by {shift} keep their product: both numbers of a pair turn by one angle.",
                tolerance=1e-4,
            )


def check_dtype(code: ModuleType) -> None:
    """进来是什么 dtype，出去还是什么|The dtype that came in goes out"""
    cos, sin = table(300, 16)
    for dtype in (torch.bfloat16, torch.float16):
        x = random(1, 2, 300, 16).to(dtype)
        for apply, expected in ((code.apply_rope_half, half), (code.apply_rope_interleaved, interleaved)):
            out, wanted = apply(x.clone(), cos, sin), expected(x.float(), cos, sin).to(dtype)
            same(
                out,
                wanted,
                zh=f"x 是 {dtype}，表是 fp32。用 fp32 算，最后转回 x 的 dtype。",
                en=f"x is {dtype}, the table fp32. Compute in fp32 and go back to x's dtype.",
                tolerance=1e-3,
            )
            exact = float((out == wanted).float().mean())
            require(
                exact > 0.95,
                zh=f"x 是 {dtype}：数大致对，可是只有 {exact:.0%} 和“fp32 算完再舍入一次”的结果相同。"
                "途中多舍入了：不要把表先降成半精度。",
                en=f"x is {dtype}: about right, but only {exact:.0%} of the numbers are what fp32 gives when it is "
                "rounded once, at the end. Something was rounded on the way: do not round the table.",
            )


def check_gradient(code: ModuleType) -> None:
    """梯度传得回去|The gradient flows back"""
    for apply in (code.apply_rope_half, code.apply_rope_interleaved):
        x, (cos, sin) = random(1, 2, 5, 8).requires_grad_(), table(5, 8)
        out = apply(x, cos, sin)
        require(
            isinstance(out, Tensor) and out.requires_grad,
            zh="输出不带梯度：不要用 detach、.data 或 no_grad。",
            en="The output carries no gradient: no detach, .data or no_grad.",
        )
        (gradient,) = torch.autograd.grad((out * out).sum(), x)
        same(
            gradient,
            2 * x.detach(),
            zh="旋转不改变长度，所以 |out|² 的梯度就是 2x。",
            en="A turn keeps lengths, so the gradient of |out|² is 2x.",
        )


def check_rows(code: ModuleType) -> None:
    """投影矩阵的行怎样换位|How the projection's rows change places"""
    weight = torch.arange(8.0).unsqueeze(1).repeat(1, 3)
    moved = code.half_to_interleaved(weight, 2)
    unlike(moved, weight, zh="行还是原来的次序，没有换。", en="The rows are as they were.")
    same(
        moved,
        torch.tensor([0.0, 2, 1, 3, 4, 6, 5, 7]).unsqueeze(1).repeat(1, 3),
        zh="2 个头，每个 4 行，行里写的是原来的行号。每个头内部 0,1,2,3 变成 0,2,1,3：不要跨头换，也不要反着换。",
        en="2 heads of 4 rows that hold their own numbers. Within each head 0,1,2,3 becomes 0,2,1,3: not across heads.",
    )
    weight = torch.arange(12.0).unsqueeze(1)
    same(
        code.half_to_interleaved(weight, 2),
        torch.tensor([0.0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]).unsqueeze(1),
        zh="2 个头，每个 6 行：0,3,1,4,2,5。如果得到 0,2,4,1,3,5，那是反方向的换法。",
        en="2 heads of 6 rows: 0,3,1,4,2,5. If you got 0,2,4,1,3,5, that is the way back.",
    )


def check_weight_is_kept(code: ModuleType) -> None:
    """不改动投影矩阵|The projection is kept"""
    weight = random(8, 3)
    before = weight.clone()
    with as_given():
        code.half_to_interleaved(weight, 2)
    same(
        weight,
        before,
        zh="weight 被就地改动了：返回一个新的张量。",
        en="weight was changed in place: return a new tensor.",
    )


def check_same_scores(code: ModuleType) -> None:
    """换了布局，分数不变|Another layout, the same scores"""
    B, T, C, D, heads = 2, 6, 10, 8, 4
    x, query, key = random(B, T, C), random(heads * D, C, seed=1), random(heads * D, C, seed=2)
    cos, sin = table(T, D)

    def scores(apply, query: Tensor, key: Tensor) -> Tensor:
        q, k = (
            apply((x @ weight.T).view(B, T, heads, D).transpose(1, 2), cos, sin)  # (B, H, T, D)
            for weight in (query, key)
        )
        return q @ k.transpose(-2, -1)  # (B, H, T, T)

    same(
        scores(
            code.apply_rope_interleaved, code.half_to_interleaved(query, heads), code.half_to_interleaved(key, heads)
        ),
        scores(half, query, key),
        zh="同一套权重，换过行再用交错布局，分数应该和 rotate-half 一样：这就是转换检查点时做的事。",
        en="The same weights, rows moved, in the interleaved layout must give rotate-half's scores: that is what a "
        "checkpoint's conversion does.",
        tolerance=1e-4,
    )


def speed(code: ModuleType):
    """128 positions of 8 heads."""
    x, (cos, sin) = random(1, 8, 128, 64), table(128, 64)
    return lambda: (code.apply_rope_half(x, cos, sin), code.apply_rope_interleaved(x, cos, sin))
