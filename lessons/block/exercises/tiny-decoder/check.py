"""The checks of the decoder: parameters, the tie, logits, the shifted loss, what it ignores, where it starts."""

import math
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.checking import require, same, unlike

V, C = 11, 6


class Mixer(nn.Module):
    """A small block whose order matters: x + tanh(x W)."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(C, C, generator=torch.Generator().manual_seed(seed)))

    def forward(self, x: Tensor) -> Tensor:
        """x (..., C) to (..., C)."""
        return x + torch.tanh(x @ self.weight)


def blocks(count: int = 2) -> list[nn.Module]:
    """Blocks with known weights."""
    return [Mixer(seed) for seed in range(count)]


def decoder_with(code: ModuleType, count: int = 2) -> tuple[nn.Module, Tensor, Tensor]:
    """The learner's decoder with known numbers: the embedding (V, C) and the norm's weight (C,) are given too."""
    model = code.Decoder(V, C, blocks(count))
    require(
        hasattr(model, "embed_tokens") and hasattr(model, "norm"),
        zh="先让参数对上，见第一个检查。",
        en="First make the parameters right: see the first check.",
    )
    generator = torch.Generator().manual_seed(3)
    table, scale = torch.randn(V, C, generator=generator), 1 + 0.5 * torch.randn(C, generator=generator)
    with torch.no_grad():
        model.embed_tokens.weight.copy_(table)
        model.norm.weight.copy_(scale)
    return model, table, scale


def tokens(B: int, T: int) -> Tensor:
    """ids (B, T)."""
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(6))


def rms(x: Tensor, weight: Tensor) -> Tensor:
    """RMSNorm over the last axis."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


def hidden(ids: Tensor, table: Tensor, layers: list[nn.Module]) -> Tensor:
    """ids (B, T) to what the last block gives (B, T, C)."""
    x = table[ids]
    for layer in layers:
        x = layer(x)
    return x


def reference(ids: Tensor, table: Tensor, scale: Tensor, layers: list[nn.Module]) -> Tensor:
    """logits (B, T, V)."""
    return rms(hidden(ids, table, layers), scale) @ table.T


def mean_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -ln p(label) over labels that are not -100, all aligned."""
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=-100)


def check_parameters(code: ModuleType) -> None:
    """参数：词表只有一份|The parameters: one table of words"""
    model = code.Decoder(V, C, blocks())
    require(isinstance(model, nn.Module), zh="Decoder 要继承 nn.Module。", en="Decoder must be an nn.Module.")
    for name in ("embed_tokens", "layers", "norm", "lm_head"):
        require(hasattr(model, name), zh=f"没有 self.{name}。", en=f"There is no self.{name}.")
    require(
        sum(name.startswith("layers.") for name, _ in model.named_parameters()) == 2,
        zh="块的参数没有登记：普通的列表 PyTorch 看不见，要放进 nn.ModuleList。",
        en="The blocks' parameters are not registered: PyTorch does not see a plain list. Use nn.ModuleList.",
    )
    require(
        model.lm_head.weight is model.embed_tokens.weight,
        zh="lm_head 和 embed_tokens 各有一份权重：写 self.lm_head.weight = self.embed_tokens.weight。"
        "copy_ 只在一开始相同，训练一步就分开了。",
        en="lm_head and embed_tokens have a weight each: say self.lm_head.weight = self.embed_tokens.weight. "
        "With copy_ they are alike at the start alone, and part at the first step.",
    )
    found = sum(parameter.numel() for parameter in model.parameters())
    wanted = V * C + 2 * C * C + C
    require(
        found == wanted,
        zh=f"Decoder({V}, {C}, 两个块) 应有 V·C + 2·C² + C = {wanted} 个参数，现在有 {found} 个。有没有多余的偏置？",
        en=f"Decoder({V}, {C}, two blocks) should have V·C + 2·C² + C = {wanted} parameters, and has {found}. "
        "Is there a bias too many?",
    )


def check_logits(code: ModuleType) -> None:
    """logits|The logits"""
    model, table, scale = decoder_with(code)
    for B, T in ((1, 1), (2, 5), (3, 8)):
        ids = tokens(B, T)
        logits, loss = model(ids)
        require(loss is None, zh="没有 labels 时，损失是 None。", en="Without labels the loss is None.")
        unlike(
            logits,
            hidden(ids, table, blocks()) @ table.T,
            zh="最后一个块之后少了 norm。",
            en="The norm after the last block is missing.",
        )
        unlike(
            logits,
            reference(ids, table, scale, blocks()[::-1]),
            zh="块的顺序反了：第 0 块先用。",
            en="The blocks run in the wrong order: block 0 comes first.",
        )
        unlike(
            logits,
            reference(ids, table, scale, []),
            zh="块没有用上。",
            en="The blocks are not used.",
        )
        unlike(
            logits,
            reference(ids, table, scale, blocks()).softmax(-1),
            zh="返回的是概率：logits 是 softmax 之前的数。",
            en="These are probabilities: logits are the numbers before the softmax.",
        )
        same(
            logits,
            reference(ids, table, scale, blocks()),
            zh=f"B={B}，T={T}：嵌入、每个块、norm、lm_head。",
            en=f"B={B}, T={T}: embedding, every block, norm, lm_head.",
        )


def check_eps(code: ModuleType) -> None:
    """norm 的 eps 是 1e-5|The norm's eps is 1e-5"""
    model, table, scale = decoder_with(code, 0)
    small = 1e-3 * table
    with torch.no_grad():
        model.embed_tokens.weight.copy_(small)
    ids = tokens(2, 5)
    same(
        1e3 * model(ids)[0],
        1e3 * reference(ids, small, scale, []),
        zh="很小的嵌入：eps 起作用了，它应当是 1e-5，nn.RMSNorm(dim, eps=1e-5)。不写时是别的数。",
        en="Small embeddings, so that eps counts: it should be 1e-5, nn.RMSNorm(dim, eps=1e-5). "
        "The default is another.",
    )


def check_loss(code: ModuleType) -> None:
    """损失：位置 t 预测词 t + 1|The loss: position t predicts token t + 1"""
    model, table, scale = decoder_with(code)
    ids = tokens(3, 7)
    logits, loss = model(ids, ids)
    require(isinstance(loss, Tensor), zh="给了 labels，就要返回损失。", en="With labels there is a loss to return.")
    exact = reference(ids, table, scale, blocks())
    same(logits, exact, zh="有 labels 时，也要返回 logits。", en="With labels the logits are returned as well.")
    unlike(
        loss,
        mean_loss(exact, ids),
        zh="没有错开：位置 t 在预测它自己，答案就在输入里。logits 去掉最后一个，labels 去掉第一个。",
        en="Nothing is shifted: position t predicts what it was given. Drop the last logits and the first label.",
    )
    unlike(
        loss,
        mean_loss(exact[:, 1:], ids[:, :-1]),
        zh="错开的方向反了：位置 t 在预测词 t - 1。",
        en="It is shifted the wrong way: position t predicts token t - 1.",
    )
    unlike(
        loss,
        mean_loss(exact[:, :-1], ids[:, 1:]) * (ids.numel() - len(ids)),
        zh="这是总和：损失是每个词的平均。",
        en="This is the sum: the loss is the mean over tokens.",
    )
    unlike(
        loss,
        mean_loss(exact[:, :-1].softmax(-1), ids[:, 1:]),
        zh="cross_entropy 收到的是概率：它自己会做 softmax，要给它 logits。",
        en="cross_entropy was given probabilities: it makes its own softmax and wants logits.",
    )
    same(
        loss,
        mean_loss(exact[:, :-1], ids[:, 1:]),
        zh="三行、七个词：每行 6 个预测，一共平均 18 个。各行之间不能串。",
        en="Three rows of seven tokens: 6 predictions each, a mean over 18. Rows do not run into each other.",
    )


def check_ignored(code: ModuleType) -> None:
    """-100 不算|-100 does not count"""
    model, table, scale = decoder_with(code)
    ids = tokens(2, 6)
    labels = ids.clone()
    labels[0, 3:], labels[1, :2] = -100, -100
    exact = reference(ids, table, scale, blocks())[:, :-1]
    _, loss = model(ids, labels)
    counted = labels[:, 1:] != -100
    unlike(
        loss,
        mean_loss(exact, labels[:, 1:]) * counted.sum() / counted.numel(),
        zh="被 -100 挡住的也算进了分母：只除以算数的词数。",
        en="Those at -100 are in the denominator: divide by the tokens that count alone.",
    )
    same(
        loss,
        mean_loss(exact, labels[:, 1:]),
        zh="labels 里的 -100（补齐、提问部分）不算损失，也不算个数。",
        en="Labels of -100, padding or the question say, count neither in the loss nor in the number of tokens.",
    )


def check_start(code: ModuleType) -> None:
    """刚建好时，损失在 ln V 附近|A new model's loss is near ln V"""
    torch.manual_seed(1)
    model = code.Decoder(V, C, blocks(0))
    ids = torch.randint(V, (8, 32))
    _, loss = model(ids, ids)
    require(isinstance(loss, Tensor), zh="给了 labels，就要返回损失。", en="With labels there is a loss to return.")
    value = loss.item()
    require(
        abs(value - math.log(V)) < 0.15,
        zh=f"V = {V}，什么都没学时每个词的概率应差不多，损失应在 ln {V} = {math.log(V):.3f} 附近，得到 {value:.3f}。"
        "nn.Embedding 默认的标准差是 1，太大：用 nn.init.normal_(…, std=0.02)。",
        en=f"With V = {V} a model that knows nothing gives all words about the same chance, and its loss is near "
        f"ln {V} = {math.log(V):.3f}; this one's is {value:.3f}. nn.Embedding begins with a standard deviation of 1, "
        "too large: use nn.init.normal_(…, std=0.02).",
    )


def check_table(code: ModuleType) -> None:
    """词表：正态分布，均值 0，标准差 0.02|The table: normal, mean 0, standard deviation 0.02"""
    values = code.Decoder(400, 50, []).embed_tokens.weight.detach()
    mean, std = values.mean().item(), values.std().item()
    require(
        abs(std - 0.02) < 0.001 and abs(mean) < 0.001,
        zh=f"词表的均值应是 0、标准差 0.02，现在是 {mean:.4f} 和 {std:.4f}。",
        en=f"The table should have mean 0 and standard deviation 0.02, and has {mean:.4f} and {std:.4f}.",
    )
    beyond = (values.abs() > 2.5 * std).float().mean().item()
    require(
        beyond > 0.003,
        zh=f"词表不像正态分布：正态有 1.2 % 的数在 2.5 个标准差之外，这里是 {beyond:.1%}。用 normal_。",
        en=f"The table does not look normal: 1.2 % of a normal lie beyond 2.5 standard deviations, here {beyond:.1%}. "
        "Use normal_.",
    )


def check_gradients(code: ModuleType) -> None:
    """梯度：词表从两头得到|Gradients: the table gets them from both ends"""
    model, table, scale = decoder_with(code)
    ids, layers = tokens(2, 6), blocks()
    leaves = [table.clone().requires_grad_(), scale.clone().requires_grad_()]
    mean_loss(reference(ids, *leaves, layers)[:, :-1], ids[:, 1:]).backward()
    model(ids, ids)[1].backward()
    pairs = {
        "embed_tokens": (model.embed_tokens.weight.grad, leaves[0].grad),
        "norm": (model.norm.weight.grad, leaves[1].grad),
        "layers.0": (model.layers[0].weight.grad, layers[0].weight.grad),
    }
    for name, (got, expected) in pairs.items():
        same(
            got,
            expected,
            zh=f"{name} 的梯度不对。词表的梯度来自输入和输出两处。",
            en=f"The gradient of {name} is off. The table's comes from both its uses, at the input and at the output.",
            tolerance=1e-4,
        )


def speed(code: ModuleType):
    """A step forward and back."""
    model, ids = decoder_with(code, 4)[0], tokens(8, 64)
    return lambda: model(ids, ids)[1].backward()
