"""The checks of cross-entropy: by hand, against PyTorch's, large logits, fp16, what is ignored, gradients."""

import math
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike


def numbers(*shape: int, seed: int = 0, scale: float = 2.0) -> Tensor:
    """Random logits."""
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def words(*shape: int, V: int, seed: int = 1) -> Tensor:
    """Random targets."""
    return torch.randint(V, shape, generator=torch.Generator().manual_seed(seed))


def reference(logits: Tensor, targets: Tensor) -> Tensor:
    """PyTorch's own."""
    return F.cross_entropy(logits.float().flatten(0, -2), targets.flatten())


def check_by_hand(code: ModuleType) -> None:
    """手算：两个词|By hand: two words"""
    logits = torch.tensor([[math.log(3.0), 0.0]])
    out = code.cross_entropy(logits, torch.tensor([0]))
    for wrong, zh, en in (
        (
            -math.log(4 / 3),
            "符号反了：损失是 -ln p，应当是正的。",
            "The sign is wrong: the loss is -ln p, and positive.",
        ),
        (0.75, "这是概率 p：还要取 -ln。", "This is the probability p: its -ln is wanted."),
        (
            math.log2(4 / 3),
            "用了以 2 为底的对数：要用自然对数 ln。",
            "This is the logarithm to base 2: take the natural one.",
        ),
        (
            -math.log(3.0),
            "softmax 取错了维：要在最后一维（词表）上求和。",
            "The sum runs over the wrong axis: it is over the last one, the vocabulary.",
        ),
        (
            math.log(4.0),
            "只有 log-sum-exp：还要减去目标的 logit。",
            "This is log-sum-exp alone: take the target's logit off.",
        ),
    ):
        unlike(out, torch.tensor(wrong), zh=zh, en=en)
    same(
        out,
        torch.tensor(math.log(4 / 3)),
        zh="logits 是 ln 3 和 0，概率是 3/4 和 1/4，目标是词 0：-ln(3/4) = 0.2877。",
        en="Logits of ln 3 and 0 are probabilities of 3/4 and 1/4. The target is word 0: -ln(3/4) = 0.2877.",
    )


def check_uniform(code: ModuleType) -> None:
    """什么都不知道时是 ln V|Who knows nothing has ln V"""
    for V in (2, 10, 6400):
        out = code.cross_entropy(torch.zeros(3, V), words(3, V=V))
        unlike(
            out,
            torch.tensor(3 * math.log(V)),
            zh="这是总和：要除以目标的个数。",
            en="This is the sum: divide by the number of targets.",
        )
        same(
            out,
            torch.tensor(math.log(V)),
            zh=f"V = {V}，logits 全是 0：每个词 1/{V}，损失是 ln {V}。",
            en=f"V = {V} and all logits 0: each word has 1/{V}, and the loss is ln {V}.",
        )


def check_values(code: ModuleType) -> None:
    """几种形状|Several shapes"""
    for shape in ((1,), (7,), (5, 5), (2, 3), (2, 3, 4)):
        logits, targets = numbers(*shape, 5), words(*shape, V=5)
        out = code.cross_entropy(logits, targets)
        if shape == (5, 5):
            crosswise = (logits.logsumexp(-2, keepdim=True) - logits).gather(-1, targets[..., None]).mean()
            unlike(
                out,
                crosswise,
                zh="softmax 取错了维：要在最后一维（词表）上求和。",
                en="The softmax runs over the wrong axis: sum over the last one, the vocabulary.",
            )
        same(
            out,
            reference(logits, targets),
            zh=f"logits {[*logits.shape]}，targets {[*targets.shape]}：在最后一维上算，对所有目标取平均。",
            en=f"Logits {[*logits.shape]}, targets {[*targets.shape]}: over the last axis, the mean over all targets.",
        )


def check_large(code: ModuleType) -> None:
    """很大的 logits|Large logits"""
    for logits, target, wanted, zh, en in (
        (
            [1000.0, 999.0],
            1,
            math.log(1 + math.e),
            "e 的 1000 次方是无穷大：先减去这一行的最大值，再 exp。",
            "e to the 1000 is infinity: take the row's maximum off before exp.",
        ),
        (
            [-1000.0, -999.0],
            0,
            math.log(1 + math.e),
            "e 的 -1000 次方是 0，ln 0 是负无穷：先减去这一行的最大值，再 exp。",
            "e to the -1000 is 0, and ln 0 minus infinity: take the row's maximum off before exp.",
        ),
        (
            [0.0, 200.0],
            0,
            200.0,
            "目标的概率小到变成了 0，ln 0 是负无穷：不要先算概率再取对数，用 log-sum-exp 减目标的 logit。",
            "The target's probability became 0, and ln 0 minus infinity: do not make probabilities first. "
            "Take log-sum-exp minus the target's logit.",
        ),
    ):
        out = code.cross_entropy(torch.tensor([logits]), torch.tensor([target]))
        require(isinstance(out, Tensor) and bool(out.isfinite().all()), zh=zh, en=en)
        zh, en = f"logits {logits}，目标 {target}。", f"Logits {logits}, target {target}."
        same(out, torch.tensor(wanted), zh=zh, en=en, tolerance=1e-4)  # 1000 has steps of 6e-5 in fp32
    far = torch.tensor([[0.0, 1.0], [800.0, 801.0]])
    out = code.cross_entropy(far, torch.tensor([0, 0]))
    require(
        isinstance(out, Tensor) and bool(out.isfinite().all()),
        zh="两行的大小差很远：每一行减自己的最大值，不是全体的最大值。",
        en="Two rows of very different size: take each row's own maximum off, not that of all.",
    )
    same(out, torch.tensor(math.log(1 + math.e)), zh="两行相差 800。", en="Two rows, 800 apart.", tolerance=1e-4)


def check_ignored(code: ModuleType) -> None:
    """-100 不算|-100 does not count"""
    logits, targets = numbers(6, 5, seed=2), words(6, V=5)
    kept = [0, 2, 5]
    masked = torch.full_like(targets, -100)
    masked[kept] = targets[kept]
    out = code.cross_entropy(logits, masked)
    wanted = reference(logits[kept], targets[kept])
    unlike(
        out,
        wanted * len(kept) / 6,
        zh="被忽略的也算进了分母：只除以算数的个数。",
        en="The ignored are in the denominator: divide by those that count alone.",
    )
    for clamped, name in ((0, "0"), (4, "V - 1")):
        unlike(
            out,
            reference(logits, torch.where(masked == -100, clamped, masked)),
            zh=f"-100 被当成了词 {name}：要从和里去掉。",
            en=f"-100 was taken for word {name}: leave it out of the sum.",
        )
    same(
        out,
        wanted,
        zh="6 个目标里 3 个是 -100：只有另外 3 个算。",
        en="3 of 6 targets are -100: the other 3 alone count.",
    )
    same(
        code.cross_entropy(logits, torch.where(masked == -100, 3, masked), ignore_index=3),
        reference(logits[[i for i in kept if targets[i] != 3]], targets[[i for i in kept if targets[i] != 3]]),
        zh="ignore_index=3：忽略的是 3，不总是 -100。",
        en="ignore_index=3: it is 3 that is ignored, not always -100.",
    )


def check_any_ignore_index(code: ModuleType) -> None:
    """ignore_index 可以是任何整数|ignore_index may be any whole number"""
    logits, targets = numbers(6, 5, seed=2), words(6, V=5)
    for index in (-1, 5, 99):
        masked = targets.clone()
        masked[[1, 4]] = index
        try:
            out = code.cross_entropy(logits, masked, ignore_index=index)
        except (RuntimeError, IndexError) as error:
            out = f"{type(error).__name__}: {error}"
        same(
            out,
            reference(logits[[0, 2, 3, 5]], targets[[0, 2, 3, 5]]),
            zh=f"ignore_index={index}，V = 5：取 logit 之前，被忽略的目标要换成词表里的一个编号，不论它太小还是太大。",
            en=f"ignore_index={index} and V = 5: before the logits are picked, ignored targets are replaced by an "
            "index of the vocabulary, whether they are too small or too large.",
        )


def check_nothing_counts(code: ModuleType) -> None:
    """全部被忽略时是 0|All ignored makes 0"""
    same(
        code.cross_entropy(numbers(4, 5), torch.full((4,), -100)),
        torch.tensor(0.0),
        zh="没有一个算数时返回 0：0/0 是 NaN，一批全是补齐就会毁掉训练。",
        en="Where nothing counts it is 0: 0/0 is NaN, and one batch of padding would ruin the training.",
    )


def check_fp16(code: ModuleType) -> None:
    """fp16 和 bf16 的 logits|fp16 and bf16 logits"""
    for dtype in (torch.float16, torch.bfloat16):
        logits, targets = numbers(4, 6400, seed=3, scale=1.0).to(dtype), words(4, V=6400)
        name = str(dtype).removeprefix("torch.")
        same(
            code.cross_entropy(logits, targets),
            reference(logits, targets),
            zh=f"{name} 的 logits，V = 6400：先 .float()，用 fp32 算，返回 fp32。几千个数用 {name} 相加，误差太大。",
            en=f"{name} logits and V = 6400: .float() first, compute in fp32, return fp32. "
            f"A sum of thousands in {name} is too coarse.",
        )


def check_gradients(code: ModuleType) -> None:
    """梯度：概率减去目标，除以个数|The gradient: probability minus target, over the number"""
    logits, targets = numbers(2, 3, 5, seed=4), words(2, 3, V=5)
    targets[0, 1] = -100
    mine, other = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    code.cross_entropy(mine, targets).backward()
    reference(other, targets).backward()
    require(
        mine.grad is not None and bool(mine.grad.isfinite().all()),
        zh="梯度里有 NaN 或无穷：被忽略的那一项不能先算出无穷再乘 0。",
        en="There is NaN or infinity in the gradient: an ignored term must not become infinite and be multiplied by 0.",
    )
    same(
        mine.grad,
        other.grad,
        zh="每一行的梯度是 (softmax - 目标的 one-hot) / 个数，被忽略的行是 0。",
        en="Each row's gradient is (softmax - the target's one-hot) / the number; ignored rows have 0.",
    )


def speed(code: ModuleType):
    """256 tokens over MiniMind's 6400 words, forward and back."""
    logits, targets = numbers(256, 6400).requires_grad_(), words(256, V=6400)
    return lambda: code.cross_entropy(logits, targets).backward()
