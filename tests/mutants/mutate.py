"""Small changes to a program, each the kind of slip that a person makes: another operator, dim, constant or mask."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NAMES = {
    "tril": ("triu",),
    "cos": ("sin",),
    "sin": ("cos",),
    "repeat_interleave": ("repeat",),
    "sum": ("mean", "amax"),
    "mean": ("sum", "amax"),
    "rsqrt": ("sqrt",),
    "max": ("min",),
    "argmax": ("argmin",),
    "silu": ("relu", "gelu", "sigmoid", "tanh", "hardswish"),
    "tanh": ("sin",),
    "ones": ("zeros",),
    "float": ("double", "half"),
    "ceil": ("floor",),
    "normal_": ("uniform_",),
    "zeros_": ("ones_",),
    "RMSNorm": ("LayerNorm",),
    "log": ("log2",),
    "exp": ("exp2",),
    "gate_proj": ("up_proj",),
    "input_layernorm": ("post_attention_layernorm",),
    "q_proj": ("k_proj",),
    "v_proj": ("k_proj",),
    "softmax": ("sigmoid",),
}
"""What is written in the place of something like it."""


class Mutant(NamedTuple):
    """A changed program; `change` says what became of what."""

    line: int
    change: str
    code: str


def mutants(source: str, *, detached: bool) -> list[Mutant]:
    """Every program that differs from `source` in one of the changes; with `detached` also where a gradient is cut."""
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for number, node in enumerate(_nodes(tree)):
        for new in _changed(node, detached=detached):
            other = _replaced(tree, number, new)
            try:
                code = ast.unparse(ast.fix_missing_locations(other)) + "\n"
                compile(code, "<mutant>", "exec")
            except (SyntaxError, ValueError):
                continue
            if code != ast.unparse(tree) + "\n":
                change = f"{ast.unparse(node)} → {ast.unparse(new)}"
                found.setdefault(code, Mutant(getattr(node, "lineno", 0), " ".join(change.split()), code))
    return list(found.values())


def _nodes(tree: ast.AST) -> list[ast.expr]:
    """All expressions of the code; annotations and docstrings are no code."""
    found: list[ast.expr] = []

    def walk(node: ast.AST) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.expr):
                    found.append(child)
                if isinstance(child, ast.AST):
                    walk(child)

    walk(tree)
    return found


def _replaced(tree: ast.AST, number: int, new: ast.expr) -> ast.AST:
    """A copy of the tree with another expression in the place of the one with this number."""
    other = copy.deepcopy(tree)
    old = _nodes(other)[number]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(new) if node is old else self.generic_visit(node)

    changed: ast.AST = Replace().visit(other)
    return changed


def _changed(node: ast.expr, *, detached: bool) -> Iterator[ast.expr]:
    for kind, changes in CHANGES.items():
        if isinstance(node, kind):
            yield from changes(node)
    if detached and isinstance(node, ast.Call | ast.BinOp):
        yield ast.Call(ast.Attribute(copy.deepcopy(node), "detach", ast.Load()), [], [])


def _operation(node: ast.BinOp) -> Iterator[ast.expr]:
    for other in OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield ast.BinOp(node.right, node.op, node.left)
    if not isinstance(node.op, ast.BitOr):
        yield node.left
        yield node.right


def _comparison(node: ast.Compare) -> Iterator[ast.expr]:
    if (other := COMPARISONS.get(type(node.ops[0]))) is not None:
        yield ast.Compare(node.left, [other()], node.comparators)


def _constant(node: ast.Constant) -> Iterator[ast.expr]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node.value, float):
        yield from (ast.Constant(node.value * 10), ast.Constant(node.value / 10), ast.Constant(node.value + 1.0))


def _sign(node: ast.UnaryOp) -> Iterator[ast.expr]:
    yield node.operand
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and node.operand.value == 1:
        yield from (ast.Constant(0), ast.UnaryOp(ast.USub(), ast.Constant(2)))


def _call(node: ast.Call) -> Iterator[ast.expr]:
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value
    elif node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    for place in range(0 if _in_any_order(node) else len(node.args) - 1):
        swapped = [*node.args]
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        yield ast.Call(node.func, swapped, node.keywords)
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    for place in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])


def _in_any_order(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "transpose"


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in ("torch", "math", "F", "nn", "nn.init")


def _attribute(node: ast.Attribute) -> Iterator[ast.expr]:
    if isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.attr, ()):
            yield ast.Attribute(node.value, other, node.ctx)


def _choice(node: ast.IfExp) -> Iterator[ast.expr]:
    yield from (node.body, node.orelse)


def _all_of(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield from node.values
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _row(node: ast.Tuple) -> Iterator[ast.expr]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield ast.Tuple([node.elts[1], node.elts[0]], node.ctx)


def _part(node: ast.Subscript) -> Iterator[ast.expr]:
    if isinstance(node.ctx, ast.Load):
        yield node.value


CHANGES: dict[type[ast.expr], Callable[..., Iterator[ast.expr]]] = {
    ast.BinOp: _operation,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.UnaryOp: _sign,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.IfExp: _choice,
    ast.BoolOp: _all_of,
    ast.Tuple: _row,
    ast.Subscript: _part,
}
