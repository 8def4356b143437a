"""What goes wrong most in softmax and cross-entropy: each mistake fails, and the first sentence shown names it."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

LOSS = "basics/softmax-cross-entropy"
SHIFT = "shifted = logits - logits.amax(dim=-1, keepdim=True)"
LOG_P = "return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()"
SOFTMAX = "return log_softmax(logits).exp()"
MEAN = "-log_p[rows, targets].mean()"
ONE_HOT = "gradient[rows, targets] -= 1"
RESULT = "return loss, gradient / N"

MISTAKES = [
    Attempt(LOSS, "no exponential", {SOFTMAX: "return logits / logits.sum(-1, keepdim=True)"}, "divides the logits"),
    Attempt(LOSS, "not divided", {SOFTMAX: "return logits.exp()"}, "not yet divided"),
    Attempt(LOSS, "over the positions", {"dim=-1": "dim=0"}, "is about"),
    Attempt(
        LOSS,
        "over the positions, softmax alone",
        {SOFTMAX: "return log_softmax(logits.T).exp().T if len(logits) > 1 else log_softmax(logits).exp()"},
        "runs over the positions",
    ),
    Attempt(
        LOSS,
        "over everything",
        {SOFTMAX: "wide = logits - logits.max()\n    return wide.exp() / wide.exp().sum()"},
        "The sum is over all numbers",
    ),
    Attempt(LOSS, "no maximum taken off", {SHIFT: "shifted = logits"}, "does not add up to 1"),
    Attempt(LOSS, "one maximum for all rows", {SHIFT: "shifted = logits - logits.max()"}, "does not add up to 1"),
    Attempt(LOSS, "sign of the loss", {MEAN: "log_p[rows, targets].mean()"}, "The loss has the wrong sign"),
    Attempt(LOSS, "bits", {MEAN: "-log_p[rows, targets].mean() / torch.tensor(2.0).log()"}, "in bits"),
    Attempt(LOSS, "a sum", {MEAN: "-log_p[rows, targets].sum()"}, "summed, not averaged"),
    Attempt(LOSS, "the loss of each row", {MEAN: "-log_p[rows, targets]"}, "of shape ()"),
    Attempt(LOSS, "the target of the first row", {MEAN: "-log_p[:, targets[0]].mean()"}, "its own target"),
    Attempt(LOSS, "logarithm of p", {MEAN: "-log_p.exp()[rows, targets].log().mean()"}, "Do not take the logarithm"),
    Attempt(
        LOSS, "a small number added", {MEAN: "-(log_p.exp()[rows, targets] + 1e-30).log().mean()"}, "a small number"
    ),
    Attempt(LOSS, "no one-hot", {ONE_HOT: "pass"}, "That is p itself"),
    Attempt(LOSS, "sign of the gradient", {RESULT: "return loss, -gradient / N"}, "The gradient has the wrong sign"),
    Attempt(LOSS, "not over N", {RESULT: "return loss, gradient"}, "not divided by N"),
    Attempt(LOSS, "one-hot in all rows", {ONE_HOT: "gradient[:, targets] -= 1"}, "at its own target"),
    Attempt(LOSS, "no gradient", {RESULT: "return loss"}, "returns two things"),
    Attempt(LOSS, "in place", {SHIFT: "shifted = logits.sub_(logits.amax(dim=-1, keepdim=True))"}, "have changed"),
]

RIGHT = [
    Attempt(LOSS, "divided", {SOFTMAX: "e = (logits - logits.amax(-1, True)).exp()\n    return e / e.sum(-1, True)"}),
    Attempt(LOSS, "gathered", {MEAN: "-log_p.gather(-1, targets[:, None]).mean()"}),
]

test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
