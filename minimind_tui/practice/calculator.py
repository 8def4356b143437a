"""Sums that interviews ask for, about a model drawn by chance: parameters, KV cache, FLOPs, LoRA, the first loss.

Each problem carries its answer and the way to it, step by step. The models are MiniMind-like: RMSNorm, RoPE, SwiGLU,
grouped queries, no biases, tied embeddings.
"""

from __future__ import annotations

import math
import random
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from minimind_tui.base.text import Text
from minimind_tui.content.arithmetic import computed

Kind = Literal["parameters", "kv-cache", "flops", "lora", "first-loss"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LARGEST_RELATIVE_ERROR = 0.02
"""Answers within this relative error count as right: the formula matters, not the last digit."""

TITLES: dict[Kind, Text] = {
    "parameters": Text(zh="参数量", en="Parameters"),
    "kv-cache": Text(zh="KV 缓存有多大", en="Size of the KV cache"),
    "flops": Text(zh="一层的计算量", en="FLOPs of a layer"),
    "lora": Text(zh="LoRA 的参数量", en="LoRA parameters"),
    "first-loss": Text(zh="第一步的损失", en="Loss at the first step"),
}


class Problem(NamedTuple):
    """A question with its answer."""

    kind: Kind
    question: Text
    answer: float
    unit: Text
    worked: list[Text]
    """The derivation of the answer, one line for each step."""


@dataclass(frozen=True)
class Shape:
    """A model's sizes: vocabulary V, hidden size C, layers L, query heads H, KV heads K, head size D, FFN width M."""

    V: int
    C: int
    L: int
    H: int
    K: int
    D: int
    M: int

    @classmethod
    def drawn(cls, chance: random.Random) -> Shape:
        """A model with sizes drawn from `chance`."""
        D = chance.choice((32, 64, 96, 128))
        H = chance.choice((4, 8, 12, 16))
        C = D * H
        K = chance.choice([k for k in range(1, H + 1) if H % k == 0])
        M = 64 * math.ceil(C * 8 / 3 / 64)
        return cls(chance.choice((6400, 8192, 16000, 32000)), C, chance.choice((4, 8, 12, 16, 24)), H, K, D, M)

    def said(self) -> Text:
        """The sizes of the model as a sentence."""
        return Text(
            zh=f"隐藏维度 C = {self.C}，{self.L} 层，{self.H} 个查询头，{self.K} 个 KV 头，每头 {self.D} 维，"
            f"SwiGLU 宽 M = {self.M}，词表 V = {self.V}，输入输出嵌入共享，没有偏置。",
            en=f"Hidden size C = {self.C}, {self.L} layers, {self.H} query heads, {self.K} KV heads of {self.D} each, "
            f"SwiGLU of width M = {self.M}, vocabulary V = {self.V}, tied embeddings, no biases.",
        )

    @property
    def attention(self) -> int:
        """Parameters of one layer's attention: q and o of C x HD, k and v of C x KD."""
        return 2 * self.C * self.H * self.D + 2 * self.C * self.K * self.D

    @property
    def ffn(self) -> int:
        """Parameters of one layer's SwiGLU: three matrices of C x M."""
        return 3 * self.C * self.M

    @property
    def parameters(self) -> int:
        """All parameters: each layer has two norms, and one stands at the end."""
        return self.V * self.C + self.L * (self.attention + self.ffn + 2 * self.C) + self.C


def problem(kind: Kind, seed: int) -> Problem:
    """The problem of this kind that the seed draws."""
    chance = random.Random(f"{kind} {seed}")
    return _MAKERS[kind](chance)


def parse_number(written: str) -> float | None:
    """What a learner wrote, as a number: `26M`, `1.5e9`, `2*8*4*96*2048`, `3 GiB`, `2600 万`; None for anything else.

    K, M, G, B and T are powers of 1000, KiB, MiB and GiB of 1024, 万 is 10^4 and 亿 10^8.
    """
    text = unicodedata.normalize("NFKC", written).strip().replace(",", "").replace("×", "*").replace("^", "**")
    match = re.fullmatch(r"(.*?[\d)])\s*([A-Za-z万亿]*)", text)
    if match is None or len(text) > 200:
        return None
    scale = _SUFFIXES.get(match[2].lower())
    value = computed(match[1])
    return None if value is None or scale is None or not math.isfinite(value) else value * scale


def is_close(written: float, answer: float) -> bool:
    """Whether `written` is close enough to `answer` to count as right."""
    return abs(written - answer) <= LARGEST_RELATIVE_ERROR * abs(answer)


_SUFFIXES = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "g": 1e9,
    "t": 1e12,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "kib": 2.0**10,
    "mib": 2.0**20,
    "gib": 2.0**30,
    "万": 1e4,
    "亿": 1e8,
    "gflop": 1e9,
    "gflops": 1e9,
    "tflop": 1e12,
    "tflops": 1e12,
    "nats": 1.0,
}


def _same(line: str) -> Text:
    return Text(zh=line, en=line)


def _parameters(chance: random.Random) -> Problem:
    s = Shape.drawn(chance)
    said = s.said()
    total = f"{s.V * s.C:,} + {s.L}·({s.attention:,} + {s.ffn:,} + {2 * s.C:,}) + {s.C} = {s.parameters:,}"
    return Problem(
        "parameters",
        Text(zh=said.zh + "一共有多少参数？", en=said.en + " How many parameters are there?"),
        s.parameters,
        Text(zh="个", en="parameters"),
        [
            Text(
                zh=f"嵌入（和输出层共用）：V·C = {s.V}·{s.C} = {s.V * s.C:,}",
                en=f"embedding, shared with the output: V·C = {s.V}·{s.C} = {s.V * s.C:,}",
            ),
            Text(
                zh=f"一层的注意力：q、o 各 C·H·D，k、v 各 C·K·D，共 {s.attention:,}",
                en=f"attention of a layer: q and o of C·H·D each, k and v of C·K·D each: {s.attention:,}",
            ),
            Text(
                zh=f"一层的 SwiGLU：3·C·M = 3·{s.C}·{s.M} = {s.ffn:,}",
                en=f"SwiGLU of a layer: 3·C·M = 3·{s.C}·{s.M} = {s.ffn:,}",
            ),
            Text(
                zh=f"一层的两个 RMSNorm：2·C = {2 * s.C:,}；最后还有一个：C = {s.C}",
                en=f"two RMSNorms in a layer: 2·C = {2 * s.C:,}; one more at the end: C = {s.C}",
            ),
            Text(zh=f"合计：{total}", en=f"in all: {total}"),
        ],
    )


def _kv_cache(chance: random.Random) -> Problem:
    s = Shape.drawn(chance)
    T, B = chance.choice((1024, 2048, 4096, 8192, 32768)), chance.choice((1, 4, 8, 16))
    per_token = 2 * s.L * s.K * s.D
    answer = 2 * per_token * T * B
    return Problem(
        "kv-cache",
        Text(
            zh=f"{s.L} 层，{s.H} 个查询头，{s.K} 个 KV 头，每头 {s.D} 维，fp16，"
            f"上下文 {T} 个 token，{B} 条序列。KV 缓存一共多少字节？",
            en=f"{s.L} layers, {s.H} query heads, {s.K} KV heads of {s.D} each, fp16, a context of {T} tokens, "
            f"{B} sequence{'s' if B > 1 else ''}. How many bytes does the KV cache take?",
        ),
        answer,
        Text(zh="字节", en="bytes"),
        [
            Text(
                zh=f"一个 token：K 和 V 两份 × {s.L} 层 × {s.K} 个 KV 头 × {s.D} = {per_token:,} 个数",
                en=f"a token: 2 (K and V) × {s.L} layers × {s.K} KV heads × {s.D} = {per_token:,} numbers",
            ),
            Text(zh=f"fp16 每个数 2 字节：{2 * per_token:,} 字节", en=f"2 bytes each in fp16: {2 * per_token:,} bytes"),
            _same(f"× {T} × {B} = {answer:,} ({answer / 2**20:,.1f} MiB)"),
            Text(
                zh=f"和查询头数 {s.H} 无关：这正是 GQA 省下来的"
                if s.K < s.H
                else "这里每个查询头都有自己的 KV 头，什么也没省",
                en=f"the {s.H} query heads do not come in: that is what GQA saves"
                if s.K < s.H
                else "every query head has a KV head of its own here: nothing is saved",
            ),
        ],
    )


def _flops(chance: random.Random) -> Problem:
    s = Shape.drawn(chance)
    T = chance.choice((256, 512, 1024, 2048))
    matrices = 2 * T * (s.attention + s.ffn)
    scores = 4 * T * T * s.H * s.D
    return Problem(
        "flops",
        Text(
            zh=f"C = {s.C}，{s.H} 个查询头，{s.K} 个 KV 头，每头 {s.D} 维，SwiGLU 宽 M = {s.M}。"
            f"一条 {T} 个 token 的序列前向穿过一层，矩阵乘法一共多少 FLOP？（一次乘加算 2 FLOP；因果掩码省下的不算）",
            en=f"C = {s.C}, {s.H} query heads, {s.K} KV heads of {s.D} each, SwiGLU of width M = {s.M}. A sequence of "
            f"{T} tokens goes forward through one layer: how many FLOPs in its matrix products? (A multiply-add counts "
            "2; nothing is saved by the causal mask.)",
        ),
        matrices + scores,
        Text(zh="FLOP", en="FLOPs"),
        [
            Text(
                zh=f"权重矩阵：每个参数、每个 token 2 FLOP：2·{T}·({s.attention:,} + {s.ffn:,}) = {matrices:,}",
                en=f"weights: 2 FLOPs a parameter and token: 2·{T}·({s.attention:,} + {s.ffn:,}) = {matrices:,}",
            ),
            Text(
                zh=f"Q·K 和权重·V：各 2·T²·H·D，共 4·{T}²·{s.H}·{s.D} = {scores:,}",
                en=f"Q·K and weights·V: 2·T²·H·D each, together 4·{T}²·{s.H}·{s.D} = {scores:,}",
            ),
            Text(
                zh=f"合计 {matrices + scores:,}，即 {(matrices + scores) / 1e9:.2f} GFLOP",
                en=f"in all {matrices + scores:,}, or {(matrices + scores) / 1e9:.2f} GFLOP",
            ),
        ],
    )


def _lora(chance: random.Random) -> Problem:
    s = Shape.drawn(chance)
    r = chance.choice((4, 8, 16, 32, 64))
    q_and_o = 2 * r * (s.C + s.H * s.D)
    with_kv = chance.random() < 0.5
    k_and_v = 2 * r * (s.C + s.K * s.D) if with_kv else 0
    answer = s.L * (q_and_o + k_and_v)
    names = "q、k、v、o" if with_kv else "q、o"
    return Problem(
        "lora",
        Text(
            zh=f"{s.L} 层，C = {s.C}，{s.H} 个查询头，{s.K} 个 KV 头，每头 {s.D} 维。"
            f"给每层的 {names} 投影加秩 r = {r} 的 LoRA，要训练多少参数？",
            en=f"{s.L} layers, C = {s.C}, {s.H} query heads, {s.K} KV heads of {s.D} each. LoRA of rank r = {r} on the "
            f"{'q, k, v and o' if with_kv else 'q and o'} projections of every layer: how many parameters are trained?",
        ),
        answer,
        Text(zh="个", en="parameters"),
        [
            Text(
                zh="一个 in × out 的矩阵：A 是 r × in，B 是 out × r，共 r·(in + out)",
                en="for a matrix of in × out: A is r × in, B is out × r, together r·(in + out)",
            ),
            Text(
                zh=f"q、o：2·{r}·({s.C} + {s.H * s.D}) = {q_and_o:,}",
                en=f"q and o: 2·{r}·({s.C} + {s.H * s.D}) = {q_and_o:,}",
            ),
            *(
                [
                    Text(
                        zh=f"k、v 的输出只有 K·D = {s.K * s.D}：2·{r}·({s.C} + {s.K * s.D}) = {k_and_v:,}",
                        en=f"k and v put out K·D = {s.K * s.D}: 2·{r}·({s.C} + {s.K * s.D}) = {k_and_v:,}",
                    )
                ]
                if with_kv
                else []
            ),
            _same(f"× {s.L} = {answer:,}"),
        ],
    )


def _first_loss(chance: random.Random) -> Problem:
    V = chance.choice((65, 256, 1000, 2000, 6400, 8192, 12800, 32000, 50257, 151936))
    return Problem(
        "first-loss",
        Text(
            zh=f"词表有 {V} 个 token，模型刚初始化，对每个 token 几乎一视同仁。第一步的交叉熵大约是多少 nats？",
            en=f"A vocabulary of {V} tokens, a model just initialized that prefers none of them. What is the "
            "cross-entropy of the first step, in nats?",
        ),
        math.log(V),
        Text(zh="nats", en="nats"),
        [
            Text(
                zh=f"每个 token 的概率是 1/{V}，损失是 −ln(1/{V}) = ln {V} = {math.log(V):.3f}",
                en=f"each token has probability 1/{V}, and −ln(1/{V}) = ln {V} = {math.log(V):.3f}",
            ),
            Text(
                zh="明显更高：初始的 logits 太大；明显更低：标签漏进了输入",
                en="clearly more: the first logits are too large; clearly less: the labels leak into the input",
            ),
        ],
    )


_MAKERS = {
    "parameters": _parameters,
    "kv-cache": _kv_cache,
    "flops": _flops,
    "lora": _lora,
    "first-loss": _first_loss,
}
