"""Other ways to write the same: operands exchanged, another method for the same thing. A check accepts each."""

from __future__ import annotations

import ast

METHODS = {
    "view": "{0}.reshape({args})",
    "reshape": "{0}.contiguous().view({args})",
    "transpose": "{0}.swapaxes({args})",
    "masked_fill": "{0}.where(~({a}), {b})",
    "square": "{0} ** 2",
    "pow": "{0} ** {a}",
    "unsqueeze": "{0}.unsqueeze({args}).contiguous()",
    "squeeze": "{0}.squeeze({args}).clone()",
    "flatten": "{0}.clone().flatten({args})",
    "softmax": "{0}.log_softmax({args}).exp()",
    "mean": "{0}.clone().mean({args})",
    "sum": "{0}.clone().sum({args})",
    "exp": "{0}.clone().exp()",
    "log": "{0}.clone().log()",
    "gather": "{0}.take_along_dim({b}, {a})",
    "repeat_interleave": "{0}.clone().repeat_interleave({args})",
    "sort": "{0}.clone().sort({args})",
    "endswith": "any({0}[-len(end):] == end for end in {args})",
    "to": "{0}.to({args}).clone()",
    "float": "{0}.float().clone()",
    "chunk": "{0}.clone().chunk({args})",
    "tril": "{0}.clone().tril({args})",
    "cos": "{0}.clone().cos()",
    "sin": "{0}.clone().sin()",
    "scatter": "{0}.clone().scatter({args})",
    "embed_tokens": "{0}.embed_tokens({args}) + 0",
    "norm": "{0}.norm({args}) * 1",
    "lm_head": "{0}.lm_head({args}).clone()",
    "mlp": "{0}.mlp({args}).clone()",
    "self_attn": "{0}.self_attn({args}).clone()",
    "gate_proj": "{0}.gate_proj({args}).clone()",
    "up_proj": "{0}.up_proj({args}).clone()",
    "down_proj": "{0}.down_proj({args}).clone()",
}
FUNCTIONS = {
    "rsqrt": "torch.sqrt({args}).reciprocal()",
    "ones": "torch.ones({args}).clone()",
    "cat": "torch.concat({args})",
    "outer": "torch.outer({args}).clone()",
    "stack": "torch.stack({args}).contiguous()",
    "zeros_like": "torch.zeros_like({args}).clone()",
    "arange": "torch.arange({args}).clone()",
    "where": "torch.where({args}).clone()",
    "tanh": "torch.tanh({args}).clone()",
    "silu": "F.silu({args}).clone()",
    "normal_": "nn.init.normal_({args}).data",
    "zeros_": "nn.init.constant_({args}, 0.0)",
    "cross_entropy": "F.cross_entropy({args}, reduction='mean')",
    "ceil": "-math.floor(-({args}))",
    "sqrt": "({args}) ** 0.5",
    "Embedding": "nn.Embedding({args}, dtype=None)",
    "Linear": "nn.Linear({args}, dtype=None)",
    "RMSNorm": "nn.RMSNorm({args}, elementwise_affine=True)",
    "ModuleList": "nn.ModuleList([*{args}])",
}
MODULES = ("torch", "math", "F", "nn", "nn.init")
OPERATIONS: dict[type[ast.operator], str] = {
    ast.Mult: "{b} * {a}",
    ast.Add: "{b} + {a}",
    ast.Sub: "{a} + -{b}",
    ast.Div: "{a} * (1 / {b})",
    ast.MatMult: "{a}.matmul({b})",
}


def rewrites(source: str) -> list[tuple[str, str]]:
    """(what became of what, the program) for every single rewriting of the program."""
    tree = ast.parse(source)
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (new := _rewritten(node)) is not None:
            old = ast.get_source_segment(source, node)
            lines = source.splitlines(keepends=True)
            start = sum(map(len, lines[: node.lineno - 1])) + _column(lines[node.lineno - 1], node.col_offset)
            if old is not None and source[start : start + len(old)] == old:
                found[source[:start] + f"({new})" + source[start + len(old) :]] = f"{' '.join(old.split())} → {new}"
    return [(change, code) for code, change in found.items()]


def _column(line: str, byte: int) -> int:
    return len(line.encode()[:byte].decode())


def _rewritten(node: ast.expr) -> str | None:
    if isinstance(node, ast.BinOp) and (form := OPERATIONS.get(type(node.op))) is not None:
        if isinstance(node.op, ast.Add) and _is_list(node):
            return None
        return form.format(a=f"({ast.unparse(node.left)})", b=f"({ast.unparse(node.right)})")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        forms = FUNCTIONS if ast.unparse(node.func.value) in MODULES else METHODS
        if node.func.attr not in forms:
            return None
        parts = [ast.unparse(each) for each in [*node.args, *node.keywords]]
        first, second = [*parts, "", ""][:2]
        return forms[node.func.attr].format(
            f"({ast.unparse(node.func.value)})", args=", ".join(parts), a=first, b=second
        )
    return None


def _is_list(node: ast.AST) -> bool:
    return any(isinstance(each, ast.List | ast.ListComp) for each in ast.walk(node))
