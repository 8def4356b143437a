"""The checks of the Pre-LN block: its parameters, its two branches, whose norm is whose, causality, gradients."""

import math
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.checking import require, same, unlike

EPS = 1e-5


def wanted_shapes(C: int, M: int) -> dict[str, tuple[int, ...]]:
    """Every parameter's name and shape."""
    shapes: dict[str, tuple[int, ...]] = {"input_layernorm.weight": (C,), "post_attention_layernorm.weight": (C,)}
    shapes |= {f"self_attn.{name}_proj.weight": (C, C) for name in "qkvo"}
    return shapes | {"mlp.gate_proj.weight": (M, C), "mlp.up_proj.weight": (M, C), "mlp.down_proj.weight": (C, M)}


def weights(C: int, M: int) -> dict[str, Tensor]:
    """Numbers for all parameters; the two norms differ, so that one cannot stand in for the other."""
    generator = torch.Generator().manual_seed(4)
    found = {}
    for name, shape in wanted_shapes(C, M).items():
        values = torch.randn(shape, generator=generator)
        found[name] = 1 + 0.5 * values if len(shape) == 1 else values / math.sqrt(shape[-1])
    return found


def block_with(code: ModuleType, C: int, heads: int, M: int) -> nn.Module:
    """The learner's block with those numbers."""
    block = code.Block(C, heads, M)
    require(
        {name: tuple(parameter.shape) for name, parameter in block.named_parameters()} == wanted_shapes(C, M),
        zh="先让参数对上，见第一个检查。",
        en="First make the parameters right: see the first check.",
    )
    block.load_state_dict(weights(C, M))
    return block


def rms(x: Tensor, weight: Tensor, eps: float = EPS) -> Tensor:
    """RMSNorm over the last axis."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def attend(
    x: Tensor, w: dict[str, Tensor], heads: int, diagonal: int = 0, scaled_by: float | None = None, joined: bool = True
) -> Tensor:
    """x (B, T, C) to (B, T, C); another diagonal, another scale, heads that are not joined make it wrong."""
    B, T, C = x.shape
    q, k, v = ((x @ w[f"self_attn.{n}_proj.weight"].T).view(B, T, heads, -1).transpose(1, 2) for n in "qkv")
    scores = q @ k.transpose(-2, -1) / (scaled_by or math.sqrt(C // heads))  # (B, H, T, T)
    scores = scores.masked_fill(~torch.ones(T, T).tril(diagonal).bool(), -torch.inf)
    mixed = scores.softmax(-1) @ v  # (B, H, T, D)
    return (mixed.transpose(1, 2) if joined else mixed).reshape(B, T, C) @ w["self_attn.o_proj.weight"].T


def think(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    """SwiGLU."""
    opened = F.silu(x @ w["mlp.gate_proj.weight"].T)
    return (opened * (x @ w["mlp.up_proj.weight"].T)) @ w["mlp.down_proj.weight"].T


def reference(x: Tensor, w: dict[str, Tensor], heads: int) -> Tensor:
    """The block."""
    x = x + attend(rms(x, w["input_layernorm.weight"]), w, heads)
    return x + think(rms(x, w["post_attention_layernorm.weight"]), w)


def known_mistakes(x: Tensor, w: dict[str, Tensor], heads: int) -> list[tuple[Tensor, str, str]]:
    """What the block gives when it is wired wrongly, and which wrong way it is."""
    first, second = w["input_layernorm.weight"], w["post_attention_layernorm.weight"]
    h = x + attend(rms(x, first), w, heads)
    normed = rms(x, first)
    carried = normed + attend(normed, w, heads)
    swapped = x + think(rms(x, second), w)
    again = rms(carried, second)
    after = rms(x + attend(x, w, heads), first)
    return [
        (
            think(rms(h, second), w),
            "第二个加号没有了：前馈的结果要加回 x 上。",
            "The second residual is missing: the feed-forward's result is added to x.",
        ),
        (
            attend(normed, w, heads) + think(rms(attend(normed, w, heads), second), w),
            "第一个加号没有了：注意力的结果要加回 x 上。",
            "The first residual is missing: attention's result is added to x.",
        ),
        (
            rms(after + think(after, w), second),
            "这是 Post-LN：归一化放在了相加之后。Pre-LN 放在支路里面，x 自己不经过它。",
            "This is Post-LN: the norm stands after the sum. In Pre-LN it is inside the branch, and x passes it by.",
        ),
        (
            again + think(again, w),
            "归一化放在了主路上：加回去的是归一化过的 x，残差要加原来的 x。",
            "The norms stand on the main road: the residual should carry x as it was, not the normalized x.",
        ),
        (
            carried + think(rms(carried, second), w),
            "加回去的是归一化过的 x：残差要加原来的 x。",
            "What is added back is the normalized x: the residual carries x as it was.",
        ),
        (h + think(h, w), "前馈之前没有归一化。", "There is no norm before the FFN."),
        (
            x + attend(x, w, heads) + think(rms(x + attend(x, w, heads), second), w),
            "注意力之前没有归一化。",
            "There is no norm before attention.",
        ),
        (
            h + think(rms(h, first), w),
            "两处用了同一个归一化：第二处要用 post_attention_layernorm。",
            "Both places use one norm: the second is post_attention_layernorm.",
        ),
        (
            h + think(rms(x, second), w),
            "前馈看的还是注意力之前的 x：两条支路要一前一后，不是并排。",
            "The FFN sees x from before attention: the branches follow each other, not side by side.",
        ),
        (
            swapped + attend(rms(swapped, first), w, heads),
            "顺序反了：先注意力，再前馈。",
            "The order is wrong: attention comes first, the FFN then.",
        ),
    ]


def check_parameters(code: ModuleType) -> None:
    """参数的名字和形状|The parameters' names and shapes"""
    block = code.Block(8, 2, 12)
    require(isinstance(block, nn.Module), zh="Block 要继承 nn.Module。", en="Block must be an nn.Module.")
    found = {name: tuple(parameter.shape) for name, parameter in block.named_parameters()}
    wanted = wanted_shapes(8, 12)
    biases = sorted(name for name in found if name.endswith("bias"))
    require(
        not biases,
        zh=f"不该有偏置：{'、'.join(biases)}。写 bias=False。",
        en=f"There should be no bias: {', '.join(biases)}. Say bias=False.",
    )
    missing = sorted(set(wanted) - set(found))
    require(
        not missing,
        zh=f"少了参数 {'、'.join(missing)}。名字要一字不差。",
        en=f"These parameters are missing: {', '.join(missing)}. The names matter.",
    )
    require(
        found == wanted,
        zh=f"Block(8, 2, 12) 的参数应当是 {wanted}，现在是 {found}。",
        en=f"Block(8, 2, 12) should have the parameters {wanted}, and has {found}.",
    )


def check_wiring(code: ModuleType) -> None:
    """两条支路怎样接|How the two branches are wired"""
    w, x = weights(8, 12), 3 * torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(8))
    out = block_with(code, 8, 2, 12)(x)
    for wrong, zh, en in known_mistakes(x, w, 2):
        unlike(out, wrong, zh=zh, en=en)
    for diagonal, zh, en in (
        (5, "注意力里没有因果掩码。", "Attention has no causal mask."),
        (1, "因果掩码差一格：每个词看到了后面那一个。", "The causal mask is off by one: every token sees the next."),
    ):
        h = x + attend(rms(x, w["input_layernorm.weight"]), w, 2, diagonal)
        unlike(out, h + think(rms(h, w["post_attention_layernorm.weight"]), w), zh=zh, en=en)
    for options, zh, en in (
        (
            {"scaled_by": 1.0},
            "分数没有除以 √D，D 是每个头的大小。",
            "The scores were not divided by √D, D being the size of a head.",
        ),
        (
            {"scaled_by": math.sqrt(8)},
            "分数除以了 √C，要除以 √D，D = C / H 是每个头的大小。",
            "The scores were divided by √C: divide by √D, where D = C / H is the size of a head.",
        ),
        (
            {"joined": False},
            "合头之前少了 transpose(1, 2)：(B, H, T, D) 要先变回 (B, T, H, D)。",
            "A transpose(1, 2) is missing before the heads are joined: first (B, H, T, D) becomes (B, T, H, D) again.",
        ),
    ):
        h = x + attend(rms(x, w["input_layernorm.weight"]), w, 2, **options)
        unlike(out, h + think(rms(h, w["post_attention_layernorm.weight"]), w), zh=zh, en=en)
    same(
        out,
        reference(x, w, 2),
        zh="x + 注意力(norm(x))，再 x + 前馈(norm(x))。先单独核对注意力和 SwiGLU。",
        en="x + attention(norm(x)), then x + ffn(norm(x)). Look at attention and SwiGLU on their own first.",
    )


def check_eps(code: ModuleType) -> None:
    """eps 是 1e-5|The eps is 1e-5"""
    w, x = weights(8, 12), 1e-3 * torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(8))
    same(
        block_with(code, 8, 2, 12)(x),
        reference(x, w, 2),
        zh="很小的 x：eps 起作用了，两个归一化的 eps 都应当是 1e-5，nn.RMSNorm(dim, eps=1e-5)。不写时是别的数。",
        en="A small x, so that eps counts: both norms should have 1e-5, nn.RMSNorm(dim, eps=1e-5). "
        "The default is another.",
    )
    w, x = weights(8, 12), torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(8))
    block = block_with(code, 8, 2, 12)
    with torch.no_grad():
        block.mlp.down_proj.weight.zero_()
        block.self_attn.o_proj.weight.copy_(torch.eye(8))
    shut = w | {"mlp.down_proj.weight": torch.zeros(8, 12), "self_attn.o_proj.weight": torch.eye(8)}
    same(
        block(1e-3 * x),
        reference(1e-3 * x, shut, 2),
        zh="第一个归一化的 eps 应当是 1e-5。",
        en="The first norm's eps should be 1e-5.",
    )


def check_large_scores(code: ModuleType) -> None:
    """分数很大时也不漏|Large scores do not leak either"""
    w, x = weights(8, 12), torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(8))
    w |= {name: 20 * w[name] for name in ("self_attn.q_proj.weight", "self_attn.k_proj.weight")}
    block = block_with(code, 8, 2, 12)
    block.load_state_dict(w)
    same(
        block(x),
        reference(x, w, 2),
        zh="分数有几百：挡住的位置权重必须是 0。只减去 20、30 这样的数不等于挡住，要填 -inf（或 dtype 的最小值）。",
        en="Scores of hundreds: what is shut out has weight 0. Taking 20 or 30 off does not shut it out: fill in -inf, "
        "or the dtype's lowest number.",
        tolerance=1e-3,
    )


def check_shapes(code: ModuleType) -> None:
    """别的形状：一个词、一个头、许多头|Other shapes: one token, one head, many heads"""
    for B, T, C, heads, M in ((1, 1, 4, 1, 4), (3, 7, 12, 3, 20), (1, 9, 16, 16, 8)):
        x = torch.randn(B, T, C)
        same(
            block_with(code, C, heads, M)(x),
            reference(x, weights(C, M), heads),
            zh=f"B={B}，T={T}，C={C}，{heads} 个头，M={M}。",
            en=f"B={B}, T={T}, C={C}, {heads} heads, M={M}.",
        )


def check_causal(code: ModuleType) -> None:
    """改后面的词，前面的输出不变|A later token changes nothing before it"""
    block, x = block_with(code, 8, 2, 12), torch.randn(1, 6, 8)
    other = x.clone()
    other[:, 4] += 1
    same(
        block(other)[:, :4],
        block(x)[:, :4],
        zh="改了词 4，词 0 到 3 的输出也变了：它们看到了后面。",
        en="Token 4 was changed, and the outputs of tokens 0 to 3 as well: they see what comes later.",
    )


def check_open_road(code: ModuleType) -> None:
    """两条支路都关上时，x 原样通过|With both branches shut, x passes untouched"""
    block, x = block_with(code, 8, 2, 12), 100 * torch.randn(2, 3, 8)
    with torch.no_grad():
        block.self_attn.o_proj.weight.zero_()
        block.mlp.down_proj.weight.zero_()
    same(
        block(x),
        x,
        zh="o_proj 和 down_proj 是 0 时，支路什么也不加，输出就是 x。主路上不能有归一化或缩放。",
        en="With o_proj and down_proj at 0 nothing is added: the output is x. The main road has no norm or scale.",
    )


def check_gradients(code: ModuleType) -> None:
    """x 和每个参数的梯度|The gradients of x and of every parameter"""
    block, w = block_with(code, 8, 2, 12), {n: p.clone().requires_grad_() for n, p in weights(8, 12).items()}
    x = torch.randn(2, 5, 8)
    mine, wanted = x.clone().requires_grad_(), x.clone().requires_grad_()
    block(mine).square().sum().backward()
    reference(wanted, w, 2).square().sum().backward()
    pairs = {"x": (mine.grad, wanted.grad)}
    pairs |= {name: (parameter.grad, w[name].grad) for name, parameter in block.named_parameters()}
    for name, (got, expected) in pairs.items():
        same(
            got,
            expected,
            zh=f"{name} 的梯度不对：中间有没有 detach、.data 或 no_grad？",
            en=f"The gradient of {name} is off: is there a detach, .data or no_grad on the way?",
            tolerance=1e-4,
        )


def check_bf16(code: ModuleType) -> None:
    """bf16 进，bf16 出|bf16 in, bf16 out"""
    block, x = block_with(code, 8, 2, 12).bfloat16(), torch.randn(2, 5, 8).bfloat16()
    exact = reference(x.float(), {n: p.bfloat16().float() for n, p in weights(8, 12).items()}, 2)
    same(
        block(x),
        exact.bfloat16(),
        zh="权重和输入都是 bf16 时，输出也是 bf16。不要在 forward 里写死 dtype。",
        en="With weights and input in bf16 the output is bf16 too. Fix no dtype inside forward.",
        tolerance=0.1,
    )


def speed(code: ModuleType):
    """A forward pass of 64 tokens, 128 wide."""
    block, x = block_with(code, 128, 4, 344), torch.randn(2, 64, 128)
    return lambda: block(x)
