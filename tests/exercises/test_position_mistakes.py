"""What goes wrong most in writing RoPE: each mistake fails, and the first sentence that is shown names it."""

from __future__ import annotations

from tests.exercises.mistakes import Attempt, both_tests

ROPE, TABLE = "position/rope", "position/rope-frequencies"
TURN = "first * cos - second * sin, first * sin + second * cos"
HALVES = "x.chunk(2, dim=-1)"
JOINED = "torch.cat(turn(first, second, cos, sin), dim=-1)"
EVEN_ODD = "turn(x[..., 0::2], x[..., 1::2], cos, sin)"
INTERLEAVED = "torch.stack(turned, dim=-1).flatten(-2)"
ROWS = "weight.view(heads, 2, rows // heads // 2, C)"
MOVED = "by_half.transpose(1, 2).reshape(rows, C)"
EXPONENT = "torch.arange(0, head_dim, 2).float() / head_dim"
FACTOR = "factor ** (head_dim / (head_dim - 2))"
POSITION = "torch.arange(start, end).float()"
RESULT = "return angle.cos(), angle.sin()"

MISTAKES = [
    Attempt(ROPE, "clockwise", {TURN: "first * cos + second * sin, second * cos - first * sin"}, "minus sign"),
    Attempt(ROPE, "no minus", {TURN: "first * cos + second * sin, first * sin + second * cos"}, "minus sign"),
    Attempt(ROPE, "cosine and sine exchanged", {"first * cos - second * sin": "first * sin - second * cos"}, "(-4, 3)"),
    Attempt(
        ROPE,
        "rotate-half pairs neighbours",
        {
            HALVES: "(x[..., 0::2], x[..., 1::2])",
            JOINED: INTERLEAVED.replace("turned", "turn(first, second, cos, sin)"),
        },
        "That is the interleaved layout",
    ),
    Attempt(ROPE, "neighbours, then halves", {HALVES: "(x[..., 0::2], x[..., 1::2])"}, "first and second half"),
    Attempt(ROPE, "cut across positions", {HALVES: "x.chunk(2, dim=-2)"}),
    Attempt(
        ROPE,
        "angles doubled in the wrong order",
        {
            f"{JOINED}.to(x.dtype)": "(x * cos.repeat_interleave(2, -1) "
            "+ torch.cat((-second, first), -1) * sin.repeat_interleave(2, -1)).to(x.dtype)"
        },
        "repeat_interleave",
    ),
    Attempt(ROPE, "interleaved joined as halves", {INTERLEAVED: "torch.cat(turned, dim=-1)"}, "cat would make two"),
    Attempt(
        ROPE,
        "interleaved pairs halves",
        {EVEN_ODD: "turn(*x.chunk(2, dim=-1), cos, sin)", INTERLEAVED: "torch.cat(turned, dim=-1)"},
        "That is rotate-half",
    ),
    Attempt(ROPE, "result in fp32", {".to(x.dtype)": ""}, "got float32"),
    Attempt(
        ROPE,
        "table in half precision",
        {"first, second = first.float(), second.float()": "cos, sin = cos.to(first.dtype), sin.to(first.dtype)"},
        "do not round the table",
    ),
    Attempt(
        ROPE,
        "in place",
        {
            f"turned = {EVEN_ODD}": "a, b = x[..., 0::2], x[..., 1::2]\n"
            "    a[:], b[:] = turn(a.clone(), b.clone(), cos, sin)",
            f"return {INTERLEAVED}.to(x.dtype)": "return x",
        },
        "changed in place",
    ),
    Attempt(ROPE, "no gradient", {"x.chunk": "x.detach().chunk"}, "no detach"),
    Attempt(ROPE, "rows not moved", {f"return {MOVED}": "return weight"}, "as they were"),
    Attempt(
        ROPE, "rows moved back", {"heads, 2, rows // heads // 2, C": "heads, rows // heads // 2, 2, C"}, "way back"
    ),
    Attempt(
        ROPE,
        "rows moved across heads",
        {ROWS: "weight.view(2, rows // 2, C)", MOVED: "by_half.transpose(0, 1).reshape(rows, C)"},
        "across heads",
    ),
    Attempt(
        TABLE, "i in the place of 2i", {EXPONENT: "torch.arange(head_dim // 2).float() / head_dim"}, "half as large"
    ),
    Attempt(TABLE, "a growing exponent", {"theta**-exponent": "theta**exponent"}, "minus"),
    Attempt(TABLE, "pairs from 1", {"torch.arange(0, head_dim, 2)": "torch.arange(2, head_dim + 2, 2)"}, "from 0"),
    Attempt(TABLE, "every number a speed", {"0, head_dim, 2": "head_dim"}, "Expected shape"),
    Attempt(TABLE, "theta times factor", {FACTOR: "factor"}, "D/(D-2)"),
    Attempt(TABLE, "exponent upside down", {FACTOR: "factor ** ((head_dim - 2) / head_dim)"}, "D/(D-2)"),
    Attempt(TABLE, "theta divided", {"theta * factor": "theta / factor"}, "D/(D-2)"),
    Attempt(TABLE, "cosine and sine exchanged", {RESULT: "return angle.sin(), angle.cos()"}, "exchanged"),
    Attempt(TABLE, "positions from 1", {POSITION: "torch.arange(start + 1, end + 1).float()"}, "at position 0 is 0"),
    Attempt(TABLE, "start forgotten", {POSITION: "torch.arange(end - start).float()"}, "do not begin at 0"),
    Attempt(TABLE, "end counted", {POSITION: "torch.arange(start, end + 1).float()"}, "Expected shape [1, 1]"),
    Attempt(
        TABLE, "written twice", {RESULT: "return angle.cos().repeat(1, 2), angle.sin().repeat(1, 2)"}, "(positions"
    ),
    Attempt(TABLE, "positions in bf16", {POSITION: "torch.arange(start, end).bfloat16()"}, "in fp32"),
    Attempt(
        TABLE, "position interpolation", {FACTOR: "1", POSITION: "torch.arange(start, end) / 4"}, "slowest pair must be"
    ),
]
RIGHT = [
    Attempt(
        ROPE,
        "rotate_half with doubled angles",
        {
            f"{JOINED}.to(x.dtype)": "(x * cos.repeat(1, 2) + torch.cat((-second, first), -1) * sin.repeat(1, 2))"
            ".to(x.dtype)"
        },
    ),
    Attempt(
        ROPE,
        "complex numbers",
        {
            f"turned = {EVEN_ODD}": "pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())",
            f"{INTERLEAVED}.to": "torch.view_as_real(pairs * torch.complex(cos, sin)).flatten(-2).to",
        },
    ),
    Attempt(TABLE, "one over a power", {"theta**-exponent": "1.0 / (theta**exponent)"}),
]
test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
