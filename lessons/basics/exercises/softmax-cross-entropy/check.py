"""What softmax, cross-entropy and its gradient must give: PyTorch's own, in float64."""

import torch
from torch import Tensor

from minimind_tui.nn.checking import require, same, unlike
from minimind_tui.nn.copies import as_given

HAND = torch.tensor([[2.0, 1.0, 0.0]])


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """The same random logits at every call."""
    return 3 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def reference(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """PyTorch's loss and gradient, computed in float64."""
    wide = logits.double().requires_grad_()
    loss = torch.nn.functional.cross_entropy(wide, targets)
    (gradient,) = torch.autograd.grad(loss, wide)
    return loss.detach().to(logits.dtype), gradient.to(logits.dtype)


def both(code, logits: Tensor, targets: Tensor) -> tuple[object, object]:
    """What the learner's cross_entropy returns, which must be a pair."""
    result = code.cross_entropy(logits, targets)
    require(
        isinstance(result, tuple) and len(result) == 2,
        zh="cross_entropy 要返回两样东西：损失和梯度。",
        en="cross_entropy returns two things: the loss and the gradient.",
    )
    return result


def adds_up(p: Tensor) -> bool:
    """Whether each row of p, (N, V), is finite and has the sum 1."""
    return bool(((p.sum(dim=-1) - 1).abs() < 1e-4).all())  # a NaN is not less


def check_by_hand(code):
    """手算的例子|The example by hand"""
    out = code.softmax(HAND)
    unlike(
        out,
        HAND / HAND.sum(),
        zh="这是把 logits 除以了它们的和：要先取指数。",
        en="That divides the logits by their sum: take the exponentials first.",
    )
    unlike(
        out,
        HAND.exp(),
        zh="这是 e^z，还没有除以总和。",
        en="That is e^z, not yet divided by the sum.",
    )
    same(
        out,
        HAND.double().softmax(-1).float(),
        zh="softmax([2, 1, 0]) 约是 [0.665, 0.245, 0.090]。",
        en="softmax([2, 1, 0]) is about [0.665, 0.245, 0.090].",
    )
    targets = torch.tensor([1])
    loss, gradient = both(code, HAND, targets)
    right_loss, right_gradient = reference(HAND, targets)
    p = HAND.softmax(-1)
    unlike(
        loss,
        -right_loss,
        zh="损失的符号反了：是 −ln p，不是 ln p。",
        en="The loss has the wrong sign: it is −ln p, not ln p.",
    )
    unlike(
        loss,
        right_loss / torch.tensor(2.0).log(),
        zh="这是以 2 为底的对数，单位是比特。损失用自然对数。",
        en="That is the logarithm to base 2, in bits. The loss takes the natural one.",
    )
    same(
        loss,
        right_loss,
        zh="目标是第 2 个词：损失 −ln 0.2447 = 1.4076，形状 ()。",
        en="The target is the second word: the loss is −ln 0.2447 = 1.4076, of shape ().",
    )
    unlike(
        gradient,
        p,
        zh="这是 p 本身：还要减去 one-hot，正确的词减 1。",
        en="That is p itself: the one-hot vector must be taken off, 1 at the right word.",
    )
    unlike(
        gradient,
        -right_gradient,
        zh="梯度的符号反了：是 p − one-hot。",
        en="The gradient has the wrong sign: it is p − one-hot.",
    )
    same(
        gradient,
        right_gradient,
        zh="梯度是 p − one-hot：[0.665, −0.755, 0.090]。",
        en="The gradient is p − one-hot: [0.665, −0.755, 0.090].",
    )


def check_rows(code):
    """每一行各算各的|Each row by itself"""
    logits = numbers(5, 7)
    out = code.softmax(logits)
    unlike(
        out,
        logits.softmax(0),
        zh="是沿着第 0 维算的：每个词在各个位置之间做了 softmax。要沿最后一维。",
        en="The softmax runs over the positions. It must run over the last dimension, the words.",
    )
    unlike(
        out,
        logits.exp() / logits.exp().sum(),
        zh="除以了所有数的总和：每一行要除以自己的总和（dim=-1，keepdim=True）。",
        en="The sum is over all numbers: each row is divided by its own (dim=-1, keepdim=True).",
    )
    same(
        out,
        logits.double().softmax(-1).float(),
        zh="5 个位置，7 个词：每一行加起来是 1。",
        en="Five positions, seven words: each row adds up to 1.",
    )


def check_mean(code):
    """损失是平均，梯度也除以 N|The loss is a mean, so the gradient is divided by N"""
    logits, targets = numbers(6, 5, seed=1), torch.tensor([4, 0, 2, 2, 1, 3])
    loss, gradient = both(code, logits, targets)
    right_loss, right_gradient = reference(logits, targets)
    unlike(
        loss,
        6 * right_loss,
        zh="损失加起来了，没有求平均：除以 N = 6。",
        en="The losses were summed, not averaged: divide by N = 6.",
    )
    same(
        loss,
        right_loss,
        zh="6 个位置的损失是 −ln p 的平均。每行取的是自己的目标吗？",
        en="The loss of six positions is the mean of −ln p. Does each row take its own target?",
    )
    unlike(
        gradient,
        6 * right_gradient,
        zh="梯度没有除以 N：损失是平均，每个位置只占 1/N。",
        en="The gradient is not divided by N: the loss is a mean, and each position has 1/N of it.",
    )
    same(
        gradient,
        right_gradient,
        zh="6 个位置：(p − one-hot) / 6。每一行各在自己的目标处减 1。",
        en="Six positions: (p − one-hot) / 6. Each row has 1 taken off at its own target.",
    )


def check_large(code):
    """很大的 logits|Large logits"""
    logits = torch.tensor([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1002.0]])
    out = code.softmax(logits)
    overflows = isinstance(out, Tensor) and out.shape == logits.shape and not adds_up(out)
    require(
        not overflows,
        zh="有的行加起来不是 1：fp32 里 e^1000 是 inf，e^−1000 是 0，拿它们算不出概率。每行先减去自己的最大值。",
        en="A row does not add up to 1: in fp32 e^1000 is inf and e^−1000 is 0, and no probabilities come of them. "
        "Take each row's own maximum off first.",
    )
    same(
        out,
        logits.double().softmax(-1).float(),
        zh="logits 在 ±1000 上下：减去每行的最大值，结果不变。",
        en="Logits about ±1000: with each row's maximum taken off the result is the same.",
    )
    targets = torch.tensor([0, 2])
    loss, gradient = both(code, logits, targets)
    right_loss, right_gradient = reference(logits, targets)
    same(loss, right_loss, zh="大 logits 的损失。", en="The loss of large logits.")
    same(gradient, right_gradient, zh="大 logits 的梯度。", en="The gradient at large logits.")


def check_tiny_probability(code):
    """概率小到装不下|A probability too small for a float"""
    logits, targets = torch.tensor([[0.0, 200.0]]), torch.tensor([0])
    loss, gradient = both(code, logits, targets)
    require(
        not (isinstance(loss, Tensor) and bool(loss.isinf().any())),
        zh="损失是 inf：p = e^−200 变成了 0，ln 0 是 −∞。不要先算 p 再取对数，"
        "直接算 ln p = z − max − ln Σ e^(z − max)。",
        en="The loss is inf: p = e^−200 became 0, and ln 0 is −∞. Do not take the logarithm of p; "
        "compute ln p = z − max − ln Σ e^(z − max).",
    )
    right_loss, right_gradient = reference(logits, targets)
    same(
        loss,
        right_loss,
        zh="logits 是 [0, 200]，目标是第一个词：损失正好是 200。给 p 加一个很小的数，会得到别的值。",
        en="Logits [0, 200] and the first word as the target: the loss is 200. "
        "Adding a small number to p gives something else.",
    )
    same(gradient, right_gradient, zh="这里的梯度是 [−1, 1]。", en="The gradient is [−1, 1] here.")


def check_input_stays(code):
    """输入不许改动|The inputs stay as they are"""
    logits, targets = numbers(3, 4, seed=2), torch.tensor([0, 3, 1])
    before = logits.clone()
    with as_given():
        code.softmax(logits)
        both(code, logits, targets)
    same(
        logits,
        before,
        zh="函数改动了传进来的 logits：不要对它用 -= 或者给它的元素赋值。",
        en="The logits that were passed in have changed: do not use -= on them or assign to their elements.",
    )


def speed(code):
    """1024 positions, the vocabulary of MiniMind."""
    logits, targets = torch.randn(1024, 6400), torch.randint(6400, (1024,))
    return lambda: code.cross_entropy(logits, targets)
