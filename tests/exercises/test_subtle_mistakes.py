"""Mistakes that small numbers, few keys or a short vocabulary hide: each is caught, and named."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

SDPA, GQA, CACHE = "attention/scaled-dot-product", "attention/multi-head-gqa", "attention/kv-cache"
BLOCK, DECODER, START = "block/pre-ln-block", "block/tiny-decoder", "residual/scaled-start"
MASKED = "scores.masked_fill(~mask, -torch.inf)"
DRAWN = "nn.init.normal_(self.embed_tokens.weight, std=0.02)"
MISTAKES = [
    Attempt(GQA, "the future lowered by 20", {MASKED: "(scores - 20.0 * ~mask)"}, "does not shut it out"),
    Attempt(CACHE, "the future lowered by 20", {MASKED: "(scores - 20.0 * ~mask)"}, "does not shut it out"),
    Attempt(
        SDPA, "lowered by 30", {"scores.masked_fill(~mask, lowest)": "(scores - 30.0 * ~mask)"}, "does not shut it out"
    ),
    Attempt(
        SDPA,
        "scores in fp16",
        {"q.float() @ k.float().transpose(-2, -1) / math": "((q / math", "[-1])  # (B": "[-1])) @ k.mT).float()  # (B"},
        "computed in fp16",
    ),
    Attempt(
        SDPA,
        "no gradient without a mask",
        {"(scores.softmax(dim=-1) @ v.float()).to": "(scores.softmax(dim=-1) @ v.float()).detach().to"},
        "does not depend",
    ),
    Attempt(
        BLOCK,
        "the future lowered by 20",
        {"scores.masked_fill(~seen, -torch.inf)": "(scores - 20.0 * ~seen)"},
        "hundreds",
    ),
    Attempt(BLOCK, "√C", {"math.sqrt(C // self.heads)": "math.sqrt(C)"}, "divided by √C"),
    Attempt(BLOCK, "heads not joined", {".transpose(1, 2).reshape(B": ".reshape(B"}, "transpose(1, 2) is missing"),
    Attempt(BLOCK, "eps 1e-6", {"eps=1e-5": "eps=1e-6"}, "so that eps counts"),
    Attempt(BLOCK, "the default eps", {", eps=1e-5": ""}, "so that eps counts"),
    Attempt(DECODER, "std 0.1", {DRAWN: DRAWN.replace("0.02", "0.1")}, "standard deviation 0.02"),
    Attempt(
        DECODER, "from 0 to 0.04", {DRAWN: "nn.init.uniform_(self.embed_tokens.weight, 0, 0.04)"}, "should have mean 0"
    ),
    Attempt(
        DECODER, "uniform", {DRAWN: "nn.init.uniform_(self.embed_tokens.weight, -0.0346, 0.0346)"}, "not look normal"
    ),
    Attempt(DECODER, "eps 1e-8", {"eps=1e-5": "eps=1e-8"}, "so that eps counts"),
    Attempt(
        START,
        "uniform",
        {"nn.init.normal_(module.weight, std=std)": "nn.init.uniform_(module.weight, -std * 3**0.5, std * 3**0.5)"},
        "not look normal",
    ),
    Attempt(START, "counts the blocks", {"2 * layers": "2 * len(next(model.children()))"}, ""),
    Attempt(
        "inference/sampling",
        "draws without temperature and top-p",
        {"probabilities(logits, temperature, top_k, top_p)": "probabilities(logits, 1.0, top_k)"},
        "passed on",
    ),
    Attempt(
        "pretraining/cross-entropy",
        "clamp(min=0)",
        {"torch.where(counts, targets, 0)": "targets.clamp(min=0)"},
        "before the logits are picked",
    ),
]
RIGHT = [
    Attempt(
        "normalization/layernorm-backward",
        "a list",
        {"return grad_x, grad_weight, grad_bias": "return [grad_x, grad_weight, grad_bias]"},
    ),
    Attempt(
        SDPA,
        "q scaled first",
        {"q.float() @": "(q.float() / math.sqrt(q.shape[-1])) @", " / math.sqrt(q.shape[-1])  #": "  #"},
    ),
    Attempt(GQA, "the lowest number", {"-torch.inf": "torch.finfo(scores.dtype).min"}),
    Attempt(GQA, "-1e9", {"-torch.inf": "-1e9"}),
    Attempt(
        DECODER,
        "a table made at once",
        {DRAWN: "self.embed_tokens.weight.data = 0.02 * nn.init.torch.randn(vocab, dim)"},
    ),
]
test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
