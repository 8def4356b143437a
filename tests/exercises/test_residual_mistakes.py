"""What goes wrong most in a residual stack: each mistake fails, and the first sentence that is shown names it."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

BACK, START = "residual/residual-backward", "residual/scaled-start"
SUM = "grad = grad + inner @ W.T"
WALK = "for x_n, W, slope in reversed(walk(x, weights)):"
WEIGHT = "x_n.reshape(-1, C).T @ inner.reshape(-1, C)"
BOTH = "torch.cat((parts, nothing)) + torch.cat((nothing, through))"
FACTOR = "std / math.sqrt(2 * layers)"
WRITERS = '("o_proj.weight", "down_proj.weight")'

MISTAKES = [
    Attempt(BACK, "no identity", {SUM: "grad = inner @ W.T"}, "only the path through both"),
    Attempt(BACK, "identity alone", {SUM: "grad = grad + 0"}, "only the identity path"),
    Attempt(BACK, "no slope", {"1 - said.square()": "torch.ones_like(said)"}, "slope of tanh does not come in"),
    Attempt(BACK, "W as it is", {SUM: "grad = grad + inner @ W"}, "W is not transposed"),
    Attempt(BACK, "forward order", {WALK: "for x_n, W, slope in walk(x, weights):"}, "begins with the last"),
    Attempt(BACK, "always the first x", {"        x = x + said": "        _ = x + said"}, "uses the first x"),
    Attempt(BACK, "list reversed", {"grad_weights[::-1]": "grad_weights"}, "their order is reversed"),
    Attempt(BACK, "weight transposed", {WEIGHT: f"({WEIGHT}).T"}, "is transposed: for h"),
    Attempt(BACK, "weight without slope", {WEIGHT: WEIGHT.replace("inner", "grad")}, "in the gradient of W_0"),
    Attempt(BACK, "weights of the first x", {WEIGHT: WEIGHT.replace("x_n", "x")}, "W_1: x_n^T"),
    Attempt(BACK, "two dimensions alone", {WEIGHT: "x_n.T @ inner"}, "x of shape [4]"),
    Attempt(BACK, "one tensor", {"return grad, grad_weights[::-1]": "return grad"}, "is to be returned"),
    Attempt(BACK, "parts reversed", {"return parts\n": "return parts.flip(0)\n"}, "part 0 is the path through no"),
    Attempt(BACK, "at most k", {"return parts\n": "return parts.cumsum(0)\n"}, "exactly k"),
    Attempt(
        BACK,
        "one path for each number",
        {BOTH: "torch.cat((parts, through[-1:]))"},
        "One path for each number",
    ),
    Attempt(BACK, "no part is added", {BOTH: "torch.cat((parts, nothing))"}, "Three branches, eight paths"),
    Attempt(START, "as large as all", {FACTOR: "std"}, "as large as all others"),
    Attempt(START, "one branch a layer", {FACTOR: "std / math.sqrt(layers)"}, "a layer has two branches"),
    Attempt(START, "no root", {FACTOR: "std / (2 * layers)"}, "without the root"),
    Attempt(START, "attention alone", {WRITERS: '("o_proj.weight",)'}, "down_proj.weight is as large as all others"),
    Attempt(START, "every projection", {WRITERS: '("proj.weight",)'}, "q_proj.weight was made smaller too"),
    Attempt(START, "norms as well", {"(nn.Linear, nn.Embedding)": "(nn.Linear, nn.Embedding, nn.RMSNorm)"}, "RMSNorm"),
    Attempt(START, "no embedding", {"(nn.Linear, nn.Embedding)": "nn.Linear"}, "embed_tokens.weight"),
    Attempt(START, "std fixed", {"std=std)": "std=0.02)", FACTOR: "0.02 / math.sqrt(2 * layers)"}, "Is 0.02 fixed?"),
    Attempt(START, "biases left", {"nn.init.zeros_(module.bias)": "pass"}, "should be 0"),
]

RIGHT = [
    Attempt(BACK, "einsum", {WEIGHT: 'torch.einsum("...i,...j->ij", x_n, inner)'}),
    Attempt(BACK, "padded", {BOTH: "torch.cat((parts[:1], parts[1:] + through[:-1], through[-1:]))"}),
    Attempt(START, "times the factor", {FACTOR: "std * (2 * layers) ** -0.5"}),
]

test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
