"""What goes wrong most in writing attention: each mistake is named."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

SHUT_OUT = "scores.masked_fill(~mask, lowest).softmax(dim=-1)"
SET_TO_ZERO = "weights = weights.masked_fill(~mask, 0.0)"
LOWEST = "torch.finfo(scores.dtype).min"
MASKED = "scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)"
REPEATED = "t.repeat_interleave(heads // kv_heads, dim=1)"
IN_TURN = "t.repeat(1, heads // kv_heads, 1, 1)"
RETURN = "return out @ wo.T, "
KEPT = f"{RETURN}(k, v)"

MISTAKES = [
    Attempt("attention/scaled-dot-product", "no scaling", {" / math.sqrt(q.shape[-1])": ""}, "not divided by √D"),
    Attempt(
        "attention/scaled-dot-product", "divided by D", {"math.sqrt(q.shape[-1])": "q.shape[-1]"}, "divided by D = 2"
    ),
    Attempt(
        "attention/scaled-dot-product", "softmax over queries", {"dim=-1": "dim=-2"}, "softmax ran over the queries"
    ),
    Attempt("attention/scaled-dot-product", "mask ignored", {"mask is None": "True"}, "mask had no effect"),
    Attempt("attention/scaled-dot-product", "mask inverted", {"~mask": "mask"}, "wrong way round"),
    Attempt(
        "attention/scaled-dot-product", "mask after softmax", {SHUT_OUT: "scores.softmax(dim=-1)"}, "after the softmax"
    ),
    Attempt(
        "attention/scaled-dot-product",
        "scores times mask",
        {SHUT_OUT: "(scores * mask).softmax(dim=-1)", SET_TO_ZERO: "pass"},
        "e to the 0 is 1",
    ),
    Attempt("attention/scaled-dot-product", "NaN", {LOWEST: "-torch.inf", SET_TO_ZERO: "pass"}, "0 divided by 0"),
    Attempt("attention/scaled-dot-product", "mean of a row shut out", {SET_TO_ZERO: "pass"}, "Row 1 should be 0"),
    Attempt("attention/scaled-dot-product", "all in fp16", {".float()": ""}, "exceeds fp16's largest number"),
    Attempt(
        "attention/scaled-dot-product", "output in fp32", {".to(q.dtype)": ""}, "Expected dtype float16, got float32"
    ),
    Attempt(
        "attention/scaled-dot-product",
        "exp without its maximum",
        {"scores.softmax(dim=-1)": "(scores.exp() / scores.exp().sum(dim=-1, keepdim=True))"},
        "take the row's maximum off before exp",
    ),
    Attempt("attention/multi-head-gqa", "no scaling", {" / math.sqrt(D)": ""}, "not divided by √D"),
    Attempt("attention/multi-head-gqa", "scaled by C", {"math.sqrt(D)": "math.sqrt(x.shape[-1])"}, "divided by √C"),
    Attempt("attention/multi-head-gqa", "no mask", {MASKED: "scores.softmax(dim=-1)"}, "no causal mask"),
    Attempt("attention/multi-head-gqa", "mask one too far", {".tril()": ".tril(1)"}, "off by one"),
    Attempt("attention/multi-head-gqa", "mask without diagonal", {".tril()": ".tril(-1)"}, "must see itself"),
    Attempt("attention/multi-head-gqa", "mask upside down", {".tril()": ".triu()"}, "upside down"),
    Attempt(
        "attention/multi-head-gqa", "mask after softmax", {MASKED: "scores.softmax(dim=-1) * mask"}, "after the softmax"
    ),
    Attempt(
        "attention/multi-head-gqa", "softmax over queries", {"softmax(dim=-1)": "softmax(dim=-2)"}, "over the queries"
    ),
    Attempt(
        "attention/multi-head-gqa",
        "viewed at once",
        {f".view(B, T, {n}, D).transpose(1, 2)": f".view(B, {n}, T, D)" for n in ("heads", "kv_heads")},
        "mixes tokens and heads",
    ),
    Attempt(
        "attention/multi-head-gqa",
        "joined at once",
        {".transpose(1, 2).reshape": ".reshape"},
        "transpose(1, 2) is missing",
    ),
    Attempt("attention/multi-head-gqa", "repeat", {REPEATED: IN_TURN}, "repeat_interleave"),
    Attempt("attention/multi-head-gqa", "size from C", {"wq.shape[0] //": "x.shape[-1] //"}, "D comes from wq"),
    Attempt("attention/multi-head-gqa", "no wo", {"return out @ wo.T": "return out"}, "wo, is missing"),
    Attempt("attention/multi-head-gqa", "x @ w", {f"{w}.T": w for w in ("wq", "wk", "wv", "wo")}, "so x @ w.T"),
    Attempt(
        "attention/kv-cache", "cache ignored", {"cache is not None": "False"}, "The old and the new both belong in it"
    ),
    Attempt("attention/kv-cache", "cache never grows", {KEPT: f"{RETURN}cache or (k, v)"}, "both belong in it"),
    Attempt("attention/kv-cache", "only the new", {KEPT: f"{RETURN}(k[:, :, -N:], v[:, :, -N:])"}, "both belong in it"),
    Attempt(
        "attention/kv-cache",
        "new in front",
        {"(cache[0], k)": "(k, cache[0])", "(cache[1], v)": "(v, cache[1])"},
        "in front",
    ),
    Attempt("attention/kv-cache", "repeated heads kept", {KEPT: f"{RETURN}(every_k, every_v)"}, "keys hold 8 heads"),
    Attempt("attention/kv-cache", "exchanged", {KEPT: f"{RETURN}(v, k)"}, "Keys and values are exchanged"),
    Attempt(
        "attention/kv-cache",
        "old keys changed",
        {"is not None:\n": "is not None:\n        cache[0].mul_(0.99)\n"},
        "not changed by the new",
    ),
    Attempt("attention/kv-cache", "diagonal not moved", {"diagonal=S - N": ""}, "was not moved"),
    Attempt("attention/kv-cache", "diagonal moved too far", {"diagonal=S - N": "diagonal=S - N + 1"}, "off by one"),
    Attempt("attention/kv-cache", "no mask", {MASKED: "scores.softmax(dim=-1)"}, "There is no mask"),
    Attempt(
        "attention/kv-cache",
        "no mask behind a cache",
        {"scores.masked_fill(~mask": "scores.masked_fill(~mask if cache is None else ~mask & False"},
        "its diagonal moves by 3",
    ),
    Attempt("attention/kv-cache", "no scaling", {" / math.sqrt(D)": ""}, "not divided by √D"),
    Attempt("attention/kv-cache", "repeat", {REPEATED: IN_TURN}, "repeat_interleave"),
]
RIGHT = [
    Attempt("attention/scaled-dot-product", "minus infinity, then 0", {LOWEST: "-torch.inf"}),
    Attempt(
        "attention/scaled-dot-product",
        "nan_to_num",
        {LOWEST: "-torch.inf", SET_TO_ZERO: "weights = weights.nan_to_num(0.0)"},
    ),
    Attempt(
        "attention/scaled-dot-product",
        "q divided first",
        {"q.float()": "(q.float() / math.sqrt(q.shape[-1]))", " / math.sqrt(q.shape[-1])  #": "  #"},
    ),
    Attempt(
        "attention/multi-head-gqa",
        "added mask",
        {MASKED: "(scores + torch.full((T, T), -torch.inf).triu(1)).softmax(dim=-1)"},
    ),
    Attempt(
        "attention/kv-cache",
        "no mask for one token",
        {MASKED: f"(scores if N == 1 else {MASKED.removesuffix('.softmax(dim=-1)')}).softmax(dim=-1)"},
    ),
]
test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
