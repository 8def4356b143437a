"""Code that works in place is judged by its result; where a task forbids it, that is what the learner is told."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

NORM = "normalization/rmsnorm"
BACK = "normalization/layernorm-backward"
ROPE = "position/rope"
BLOCK = "block/pre-ln-block"
RIGHT = [
    Attempt(NORM, "x.mul_", {"wide = x.float()": "wide = x.float().clone()\n        x.data.mul_(2)"}),
    Attempt(NORM, "zeroes its input", {"wide = x.float()": "wide = x.float().clone()\n        x = x.data.zero_()"}),
    Attempt(BACK, "grad *= weight, x -= mean", {
        "centred = x - x.mean(dim=-1, keepdim=True)": "centred = x.sub_(x.mean(dim=-1, keepdim=True))",
        "towards = grad * weight": "towards = grad.mul_(weight)",
    }),
    Attempt(ROPE, "rows moved in place", {
        "return by_half.transpose(1, 2).reshape(rows, C)": "weight = weight.clone()\n"
        "    return weight.copy_(by_half.transpose(1, 2).reshape(rows, C))",
    }),
]  # fmt: skip
WRONG = [
    Attempt(BLOCK, "x +=", {"x = x + self.self_attn(": "x += self.self_attn("}, "overwritten in place"),
    Attempt(ROPE, "the weight itself", {
        "return by_half.transpose(1, 2).reshape(rows, C)": "rows = by_half.transpose(1, 2).reshape(rows, C)\n"
        "    return weight.copy_(rows)",
    }, "weight was changed in place"),
]  # fmt: skip

test_what_may_not_be_done_in_place_is_named, test_what_is_right_in_place_passes = both_tests(WRONG, RIGHT)
