"""What goes wrong most in writing a block, a decoder, its loss and the sampling: each mistake is named."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

BLOCK, DECODER = "block/pre-ln-block", "block/tiny-decoder"
ENTROPY, SAMPLING = "pretraining/cross-entropy", "inference/sampling"
FIRST = "x = x + self.self_attn(self.input_layernorm(x))"
SECOND = "return x + self.mlp(self.post_attention_layernorm(x))"
MASKED = "scores.masked_fill(~seen, -torch.inf)"
TIE = "self.lm_head.weight = self.embed_tokens.weight"
SHIFTED, LABELS = "logits[:, :-1].flatten(0, 1)", "labels[:, 1:].flatten()"
IGNORING = ", ignore_index=-100)"
HEAD = "logits = self.lm_head(self.norm(x))"
LARGEST = "wide.max(dim=-1, keepdim=True).values.detach()"
LOSSES = "torch.where(counts, log_sum - chosen, 0.0)"
MEAN = "losses.sum() / counts.sum().clamp(min=1)"
SOFTMAX = "(wide - largest).exp().sum(dim=-1)"
TOP_K = "logits.topk(top_k)"
LESS_OTHERS = "torch.full_like(logits, -torch.inf)"
BEFORE = "ordered.cumsum(-1) - ordered"
SORTED = "chances.sort(-1, descending=True)"
BACK = "torch.zeros_like(chances).scatter(-1, index, ordered)"
AGAIN = "chances = chances / chances.sum(-1, keepdim=True)"
DRAWN = "torch.multinomial(chances, 1, generator=generator).squeeze(-1)"
GREEDY = "    if temperature == 0:\n"

MISTAKES = [
    Attempt(BLOCK, "no second residual", {SECOND: SECOND.replace("x + ", "")}, "second residual is missing"),
    Attempt(BLOCK, "no first residual", {FIRST: FIRST.replace("= x + ", "= ")}, "first residual is missing"),
    Attempt(
        BLOCK,
        "Post-LN",
        {
            FIRST: "x = self.input_layernorm(x + self.self_attn(x))",
            SECOND: "return self.post_attention_layernorm(x + self.mlp(x))",
        },
        "This is Post-LN",
    ),
    Attempt(
        BLOCK,
        "the norm on the main road",
        {
            FIRST: "x = self.input_layernorm(x)\n        x = x + self.self_attn(x)",
            SECOND: "x = self.post_attention_layernorm(x)\n        return x + self.mlp(x)",
        },
        "on the main road",
    ),
    Attempt(
        BLOCK,
        "the normalized x is added back",
        {FIRST: "x = self.input_layernorm(x)\n        x = x + self.self_attn(x)"},
        "What is added back is the normalized x",
    ),
    Attempt(BLOCK, "no second norm", {SECOND: "return x + self.mlp(x)"}, "no norm before the FFN"),
    Attempt(BLOCK, "no first norm", {FIRST: "x = x + self.self_attn(x)"}, "no norm before attention"),
    Attempt(BLOCK, "one norm twice", {SECOND: SECOND.replace("post_attention", "input")}, "Both places use one norm"),
    Attempt(
        BLOCK,
        "side by side",
        {FIRST: FIRST.replace("x = ", "h = "), SECOND: SECOND.replace("return x", "return h")},
        "side by side",
    ),
    Attempt(
        BLOCK,
        "the other order",
        {
            FIRST: "x = x + self.mlp(self.post_attention_layernorm(x))",
            SECOND: "return x + self.self_attn(self.input_layernorm(x))",
        },
        "The order is wrong",
    ),
    Attempt(BLOCK, "no mask", {MASKED: "scores"}, "no causal mask"),
    Attempt(BLOCK, "mask one too far", {".tril()": ".tril(1)"}, "off by one"),
    Attempt(BLOCK, "no scaling", {" / math.sqrt(C // self.heads)": ""}, "not divided by √D"),
    Attempt(BLOCK, "a bias", {"nn.Linear(dim, hidden, bias=False)": "nn.Linear(dim, hidden)"}, "should be no bias"),
    Attempt(BLOCK, "other names", {"self.mlp": "self.ffn"}, "These parameters are missing: mlp.down_proj.weight"),
    Attempt(DECODER, "not tied", {f"        {TIE}": "        pass"}, "have a weight each"),
    Attempt(
        DECODER, "tied by a copy", {TIE: "self.lm_head.weight.data.copy_(self.embed_tokens.weight)"}, "weight each"
    ),
    Attempt(DECODER, "a plain list", {"nn.ModuleList(blocks)": "blocks"}, "Use nn.ModuleList"),
    Attempt(DECODER, "no last norm", {HEAD: "logits = self.lm_head(x)"}, "norm after the last block is missing"),
    Attempt(DECODER, "blocks the other way", {"in self.layers:": "in reversed(self.layers):"}, "wrong order"),
    Attempt(DECODER, "no blocks", {"            x = layer(x)": "            pass"}, "blocks are not used"),
    Attempt(DECODER, "probabilities", {HEAD: f"{HEAD}.softmax(-1)"}, "These are probabilities"),
    Attempt(
        DECODER,
        "nothing shifted",
        {SHIFTED: "logits.flatten(0, 1)", LABELS: "labels.flatten()"},
        "Nothing is shifted",
    ),
    Attempt(
        DECODER,
        "shifted the wrong way",
        {SHIFTED: SHIFTED.replace(":-1", "1:"), LABELS: LABELS.replace("1:", ":-1")},
        "the wrong way",
    ),
    Attempt(DECODER, "a sum", {IGNORING: ', ignore_index=-100, reduction="sum")'}, "This is the sum"),
    Attempt(DECODER, "softmax twice", {"cross_entropy(guesses": "cross_entropy(guesses.softmax(-1)"}, "own softmax"),
    Attempt(
        DECODER,
        "rows run into each other",
        {SHIFTED: "logits.flatten(0, 1)[:-1]", LABELS: "labels.flatten()[1:]"},
        "Rows",
    ),
    Attempt(
        DECODER,
        "the ignored in the mean",
        {IGNORING: ', ignore_index=-100, reduction="sum") / len(guesses)'},
        "in the denominator",
    ),
    Attempt(
        DECODER,
        "the usual initialization",
        {"nn.init.normal_(self.embed_tokens.weight, std=0.02)": "pass"},
        "too large: use nn.init.normal_",
    ),
    Attempt(DECODER, "a bias", {"vocab, bias=False": "vocab"}, "Is there a bias too many?"),
    Attempt(ENTROPY, "the wrong sign", {"log_sum - chosen": "chosen - log_sum"}, "The sign is wrong"),
    Attempt(ENTROPY, "no target", {"log_sum - chosen": "log_sum"}, "log-sum-exp alone"),
    Attempt(ENTROPY, "base 2", {f"{SOFTMAX}.log()": f"{SOFTMAX}.log2()", "wide - ": "wide - "}, "base 2"),
    Attempt(ENTROPY, "a sum", {MEAN: "losses.sum()"}, "This is the sum"),
    Attempt(ENTROPY, "no maximum", {LARGEST: "torch.zeros_like(wide[..., :1])"}, "e to the 1000 is infinity"),
    Attempt(
        ENTROPY,
        "probabilities first",
        {
            LOSSES: "torch.where(counts, -((chosen - largest.squeeze(-1)).exp() / " + SOFTMAX + ").log(), 0.0)",
        },
        "do not make probabilities first",
    ),
    Attempt(
        ENTROPY, "one maximum for all", {LARGEST: "wide.max().detach()", " + largest.squeeze(-1)": " + largest"}, "own"
    ),
    Attempt(ENTROPY, "the ignored in the mean", {MEAN: "losses.mean()"}, "in the denominator"),
    Attempt(
        ENTROPY,
        "-100 is word 0",
        {LOSSES: "log_sum - chosen", MEAN: "losses.mean()"},
        "-100 was taken for word 0",
    ),
    Attempt(ENTROPY, "always -100", {"!= ignore_index": "!= -100"}, "not always -100"),
    Attempt(ENTROPY, "0 by 0", {".clamp(min=1)": ""}, "0/0 is NaN"),
    Attempt(ENTROPY, "in fp16", {"logits.float()": "logits"}, "float() first"),
    Attempt(
        ENTROPY, "the wrong axis", {"wide.max(dim=-1": "wide.max(dim=0", "sum(dim=-1)": "sum(dim=0)"}, "wrong axis"
    ),
    Attempt(
        ENTROPY,
        "no gradient through the sum",
        {SOFTMAX: f"{SOFTMAX}.detach()"},
        "softmax - the target's one-hot",
    ),
    Attempt(SAMPLING, "multiplied by T", {"logits / temperature": "logits * temperature"}, "multiplied by the temp"),
    Attempt(
        SAMPLING,
        "T behind the softmax",
        {"logits = logits / temperature": "pass", "logits.softmax(-1)": "logits.softmax(-1) / temperature"},
        "divide the logits",
    ),
    Attempt(SAMPLING, "no temperature", {"logits = logits / temperature": "pass"}, "has no effect"),
    Attempt(SAMPLING, "0 not apart", {GREEDY: "    if temperature < 0:\n"}, "divides by 0 and gives NaN"),
    Attempt(SAMPLING, "k + 1", {TOP_K: "logits.topk(top_k + 1)"}, "One too many is kept: top_k=1"),
    Attempt(SAMPLING, "k - 1", {TOP_K: "logits.topk(max(1, top_k - 1))"}, "the k-th itself stays"),
    Attempt(SAMPLING, "0 for the others", {LESS_OTHERS: "torch.zeros_like(logits)"}, "e to the 0 is 1"),
    Attempt(SAMPLING, "k beyond V", {" and top_k < logits.shape[-1]": ""}, "a k beyond the vocabulary"),
    Attempt(SAMPLING, "the crossing word goes", {BEFORE: "ordered.cumsum(-1)"}, "One too few is kept"),
    Attempt(SAMPLING, "not put back", {BACK: "ordered"}, "still sorted"),
    Attempt(
        SAMPLING, "unsorted", {SORTED: "chances, torch.arange(chances.shape[-1]).expand_as(chances)"}, "unsorted words"
    ),
    Attempt(SAMPLING, "does not sum to 1", {AGAIN: "pass"}, "make it sum to 1 again"),
    Attempt(
        SAMPLING,
        "p without temperature",
        {
            "logits = logits / temperature": "warm, logits = logits, logits / temperature",
            f"before = {BEFORE}": "plain = warm.masked_fill(logits == -torch.inf, -torch.inf).softmax(-1)"
            ".gather(-1, index)\n        before = plain.cumsum(-1) - plain",
        },
        "measured without the temperature",
    ),
    Attempt(SAMPLING, "in place", {"logits = logits / temperature": "logits /= temperature"}, "have changed"),
    Attempt(SAMPLING, "greedy", {DRAWN: "chances.argmax(-1)"}, "draw by probability, not by argmax"),
    Attempt(SAMPLING, "generator left out", {", generator=generator)": ")"}, "generator is not used"),
    Attempt(SAMPLING, "an axis too many", {".squeeze(-1)": ""}, "Drop the last axis"),
]
RIGHT = [
    Attempt(BLOCK, "in two steps", {FIRST: "normed = self.input_layernorm(x)\n        x = self.self_attn(normed) + x"}),
    Attempt(DECODER, "loss in fp32", {"cross_entropy(guesses": "cross_entropy(guesses.float()"}),
    Attempt(ENTROPY, "shifted logits", {LOSSES: "torch.where(counts, log_sum - chosen, torch.zeros(()))"}),
    Attempt(SAMPLING, "all but none", {"top_p is not None": "top_p is not None and top_p < 1"}),
]
test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
