"""What goes wrong most in writing a norm: each mistake fails, and the first sentence that is shown names it."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

NORM, BACK = "normalization/rmsnorm", "normalization/layernorm-backward"
MEAN = "wide.pow(2).mean(dim=-1, keepdim=True)"
ROOT = "torch.rsqrt(mean_square + self.eps)"
RESULT = "(self.weight * normalized).to(x.dtype)"
INPUT = "inverse_std * (towards - along_mean - normalized * along_size)"
TOWARDS = "towards = grad * weight"

MISTAKES = [
    Attempt(NORM, "sum for mean", {MEAN: "wide.pow(2).sum(dim=-1, keepdim=True)"}, "summed, not averaged"),
    Attempt(
        NORM, "LayerNorm", {"wide = x.float()": "wide = x.float() - x.float().mean(-1, True)"}, "That is LayerNorm"
    ),
    Attempt(NORM, "no root", {ROOT: "1 / (mean_square + self.eps)"}, "the root was forgotten"),
    Attempt(NORM, "mean over everything", {MEAN: "wide.pow(2).mean()"}, "a token sees others"),
    Attempt(NORM, "mean over tokens", {MEAN: "wide.pow(2).mean(dim=0, keepdim=True)"}, "over the last dimension alone"),
    Attempt(NORM, "no parameter", {"nn.Parameter(torch.ones(dim))": "torch.ones(dim)"}, "Wrap it in nn.Parameter"),
    Attempt(NORM, "a gain of nothing", {"torch.ones(dim)": "torch.zeros(dim)"}, "divided by its root"),
    Attempt(NORM, "the weight is left out", {"self.weight * normalized": "1 * normalized"}, "another weight"),
    Attempt(NORM, "eps outside", {ROOT: "1 / (mean_square.sqrt() + self.eps)"}, "outside the root"),
    Attempt(NORM, "eps fixed", {"self.eps = eps": "self.eps = 1e-5"}, "eps=0.01 had no effect"),
    Attempt(NORM, "no float", {"x.float()": "x"}, "Take x.float() before the square"),
    Attempt(NORM, "result in fp32", {RESULT: "self.weight.float() * normalized"}, "got float32"),
    Attempt(NORM, "detached", {"wide.pow(2)": "wide.detach().pow(2)"}, "do not detach it"),
    Attempt(BACK, "constants", {INPUT: "inverse_std * towards"}, "treats μ and σ as constants"),
    Attempt(BACK, "no mean", {" - along_mean": ""}, "through the mean is missing"),
    Attempt(BACK, "no variance", {" - normalized * along_size": ""}, "through the variance is missing"),
    Attempt(BACK, "not divided", {INPUT: INPUT.removeprefix("inverse_std * ")}, "division by the standard deviation"),
    Attempt(BACK, "no weight", {TOWARDS: "towards = grad"}, "weight does not come in"),
    Attempt(
        BACK,
        "weight too late",
        {TOWARDS: "towards = grad", INPUT: f"{INPUT} * weight"},
        "comes in too late",
    ),
    Attempt(BACK, "grad_weight of x", {"grad * normalized": "grad * x"}, "grad_weight uses x itself"),
    Attempt(BACK, "no sum", {"(grad * normalized).reshape(-1, C).sum(dim=0)": "grad * normalized"}, "summed over"),
    Attempt(BACK, "first axis alone", {"grad.reshape(-1, C).sum(dim=0)": "grad.sum(dim=0)"}, "Shape [6]"),
    Attempt(BACK, "unbiased", {"centred.pow(2).mean(dim=-1, keepdim=True)": "x.var(dim=-1, keepdim=True)"}, "C - 1"),
    Attempt(BACK, "eps forgotten", {"torch.rsqrt(variance + eps)": "torch.rsqrt(variance)"}, "eps=0.01"),
    Attempt(BACK, "two tensors", {"return grad_x, grad_weight, grad_bias": "return grad_x, grad_weight"}, "Three"),
]

RIGHT = [
    Attempt(NORM, "divided by the root", {ROOT: "1 / (mean_square + self.eps).sqrt()"}),
    Attempt(NORM, "weighted in the input's type", {RESULT: "self.weight * normalized.to(x.dtype)"}),
    Attempt(BACK, "einsum", {"grad.reshape(-1, C).sum(dim=0)": "torch.einsum('...c->c', grad)"}),
]

test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
