"""What goes wrong most in writing an FFN: each mistake fails, and what is shown first names it."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

SWIGLU, SIZE = "feed-forward/swiglu", "feed-forward/ffn-size"
GATE = "F.silu(self.gate_proj(x))"
UP = "self.up_proj(x)"
PRODUCT = f"gate * {UP}"
ROUNDED = "multiple * -(-8 * dim // (3 * multiple))"
PI = "64 * math.ceil(math.pi * dim / 64)"
BIASES = "(matrices - 1) * hidden + dim if bias else 0"
SHARE = "feed_forward / (feed_forward + attention)"
ATTENTION = "2 * dim * dim + 2 * dim * (dim // heads * kv_heads)"

MISTAKES = [
    Attempt(SWIGLU, "no activation", {GATE: "self.gate_proj(x)"}, "the SiLU is missing"),
    Attempt(SWIGLU, "ReLU", {"F.silu": "F.relu"}, "ReLU in its place"),
    Attempt(SWIGLU, "GELU", {"F.silu": "F.gelu"}, "a GELU"),
    Attempt(SWIGLU, "sigmoid", {"F.silu": "torch.sigmoid"}, "sigmoid"),
    Attempt(
        SWIGLU, "activation on up", {GATE: "self.gate_proj(x)", PRODUCT: f"gate * F.silu({UP})"}, "SiLU is on the up"
    ),
    Attempt(SWIGLU, "swish times sigmoid", {PRODUCT: f"gate * torch.sigmoid({UP})"}, "swish times sigmoid"),
    Attempt(
        SWIGLU, "product activated", {GATE: "self.gate_proj(x)", PRODUCT: f"F.silu(gate * {UP})"}, "after the product"
    ),
    Attempt(SWIGLU, "no up", {PRODUCT: "gate"}, "the up is missing"),
    Attempt(SWIGLU, "gate twice", {UP: "self.gate_proj(x)"}, "gate with itself"),
    Attempt(SWIGLU, "sum", {PRODUCT: f"gate + {UP}"}, "added, not multiplied"),
    Attempt(SWIGLU, "bias", {"hidden, bias=False)": "hidden)"}, "bias=False"),
    Attempt(SWIGLU, "no down", {f"self.down_proj({PRODUCT})": PRODUCT}, "Expected shape [6], got [10]"),
    Attempt(
        SWIGLU,
        "one matrix upside down",
        {"up_proj = nn.Linear(dim, hidden": "up_proj = nn.Linear(hidden, dim"},
        "(10, 6)",
    ),
    Attempt(SWIGLU, "other names", {"gate_proj": "w1"}, "should have the parameters"),
    Attempt(SWIGLU, "result in fp32", {f"self.down_proj({PRODUCT})": f"self.down_proj({PRODUCT}).float()"}, "bfloat16"),
    Attempt(SWIGLU, "no gradient", {"self.gate_proj(x)": "self.gate_proj(x).detach()"}, "detach"),
    Attempt(SIZE, "rounded down", {ROUNDED: "multiple * (8 * dim // (3 * multiple))"}, "rounded down"),
    Attempt(SIZE, "not rounded", {ROUNDED: "8 * dim // 3"}, "a multiple of 64"),
    Attempt(SIZE, "always one step more", {ROUNDED: "multiple * (8 * dim // (3 * multiple) + 1)"}, "no further step"),
    Attempt(SIZE, "to the nearest", {ROUNDED: "multiple * round(8 * dim / 3 / multiple)"}, "rounded down"),
    Attempt(SIZE, "four times", {ROUNDED: "4 * dim"}, "4 times"),
    Attempt(SIZE, "64 for all", {'64 if rule == "minimind2" else 256': "64"}, "a multiple of 256"),
    Attempt(SIZE, "pi rounded down", {PI: "64 * math.floor(math.pi * dim / 64)"}, "rounded down"),
    Attempt(SIZE, "a float", {PI: "64.0 * math.ceil(math.pi * dim / 64)"}, "an int is wanted"),
    Attempt(
        SIZE, "any rule will do", {'raise ValueError(f"no rule {rule!r}")': "return 4 * dim"}, "should raise ValueError"
    ),
    Attempt(SIZE, "two matrices", {"3 if gated else 2": "2"}, "three matrices"),
    Attempt(SIZE, "no biases", {BIASES: "0"}, "as many numbers as its matrix has outputs"),
    Attempt(SIZE, "biases all of one size", {BIASES: "matrices * hidden if bias else 0"}, "outputs"),
    Attempt(SIZE, "every head its own", {ATTENTION: "4 * dim * dim"}, "K and V have kv_heads heads"),
    Attempt(
        SIZE, "heads of one number", {ATTENTION: "2 * dim * dim + 2 * dim * kv_heads"}, "K and V have kv_heads heads"
    ),
    Attempt(SIZE, "attention's share", {SHARE: "attention / (feed_forward + attention)"}, "attention's share"),
    Attempt(SIZE, "against attention", {SHARE: "feed_forward / attention"}, "of the two together"),
]
RIGHT = [
    Attempt(SWIGLU, "sigmoid by hand", {GATE: "(g := self.gate_proj(x)) * torch.sigmoid(g)"}),
    Attempt(SWIGLU, "the other way round", {PRODUCT: f"{UP} * gate"}),
    Attempt(SIZE, "up with ceil", {ROUNDED: "multiple * math.ceil(8 * dim / (3 * multiple))"}),
]
test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
