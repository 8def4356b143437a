"""The checks of the sizes: against published models, and at the edges of rounding."""

import math
from types import ModuleType

from minimind_tui.nn.checking import require

PUBLISHED = (
    ("gpt2", 768, 3072, "GPT-2"),
    ("minimind2", 512, 1408, "MiniMind2-small"),
    ("minimind2", 768, 2048, "MiniMind2"),
    ("minimind3", 768, 2432, "minimind-3"),
    ("llama", 4096, 11008, "Llama-7B"),
    ("llama", 5120, 13824, "Llama-13B"),
)


RULES = {"gpt2": (4.0, 1), "minimind2": (8 / 3, 64), "minimind3": (math.pi, 64), "llama": (8 / 3, 256)}
"""How many times as wide, and the multiple to round up to."""


def likely_mistake(found: object, dim: int, rule: str) -> tuple[str, str]:
    """What a wrong size looks like, in both languages."""
    times, multiple = RULES[rule]
    if not isinstance(found, int | float):
        return "要的是一个整数。", "A whole number is wanted."
    if rule != "gpt2" and found == 4 * dim:
        return "这是 4 倍。", "That is 4 times."
    if found % multiple:
        return f"它不是 {multiple} 的倍数。", f"It is not a multiple of {multiple}."
    if found < times * dim:
        return "它往下凑了；要往上。", "It was rounded down; up is wanted."
    if found == multiple * math.ceil(times * dim / multiple) + multiple:
        return "整除的数不该再往上跳一格。", "What divides evenly takes no further step."
    return "先乘倍数，再往上凑整。", "Multiply first, then round up."


def check_published(code: ModuleType) -> None:
    """公布过的模型|Published models"""
    for rule, dim, wanted, model in PUBLISHED:
        found = code.inner_size(dim, rule)
        zh, en = likely_mistake(found, dim, rule)
        require(
            found == wanted,
            zh=f"{model}：inner_size({dim}, {rule!r}) 应为 {wanted}，得到 {found}。{zh}",
            en=f"{model}: inner_size({dim}, {rule!r}) should be {wanted}, got {found}. {en}",
        )
        require(
            type(found) is int,
            zh=f"{model}：要的是 int，得到 {type(found).__name__}。nn.Linear 不收小数。",
            en=f"{model}: an int is wanted, got {type(found).__name__}. nn.Linear takes no fraction.",
        )


def check_even(code: ModuleType) -> None:
    """正好整除时不再往上跳|No further step up where it divides evenly"""
    for dim in range(24, 6145, 24):
        for rule, multiple in (("minimind2", 64), ("llama", 256)):
            wanted = multiple * -(-8 * dim // (3 * multiple))
            found = code.inner_size(dim, rule)
            require(
                found == wanted,
                zh=f"inner_size({dim}, {rule!r}) 应为 {wanted}，得到 {found}。"
                "整除的数不该多跳一格；小数的 8/3 不精确，用整数算更稳。",
                en=f"inner_size({dim}, {rule!r}) should be {wanted}, got {found}. What divides evenly takes no further "
                "step; 8/3 as a float is not exact, so whole numbers are safer.",
            )


def check_minimind3(code: ModuleType) -> None:
    """π 倍，往上凑到 64 的倍数|π times, up to a multiple of 64"""
    for dim in range(24, 6145, 24):
        wanted = 64 * math.ceil(math.pi * dim / 64)
        found = code.inner_size(dim, "minimind3")
        require(
            found == wanted,
            zh=f"inner_size({dim}, 'minimind3') 应为 {wanted}，得到 {found}：π 用 math.pi，再往上凑到 64 的倍数。",
            en=f"inner_size({dim}, 'minimind3') should be {wanted}, got {found}: take math.pi, then go up to a "
            "multiple of 64.",
        )


def check_smallest(code: ModuleType) -> None:
    """很小的宽度|Very small sizes"""
    for dim in (1, 8, 24, 25):
        wanted = 64 * -(-8 * dim // 192)
        found = code.inner_size(dim, "minimind2")
        require(
            found == wanted,
            zh=f"inner_size({dim}, 'minimind2') 应为 {wanted}，得到 {found}：是往上凑，不是四舍五入。",
            en=f"inner_size({dim}, 'minimind2') should be {wanted}, got {found}: up, not to the nearest.",
        )
        wanted = 64 * math.ceil(math.pi * dim / 64)
        found = code.inner_size(dim, "minimind3")
        require(
            found == wanted,
            zh=f"inner_size({dim}, 'minimind3') 应为 {wanted}，得到 {found}。",
            en=f"inner_size({dim}, 'minimind3') should be {wanted}, got {found}.",
        )


def check_unknown_rule(code: ModuleType) -> None:
    """不认识的规则|A rule that nobody knows"""
    try:
        found = code.inner_size(512, "four")
    except ValueError:
        return
    require(
        False,
        zh=f"inner_size(512, 'four') 应当抛出 ValueError，却返回了 {found}。悄悄给一个数最难查。",
        en=f"inner_size(512, 'four') should raise ValueError, and returned {found}. A silent number is hard to find.",
    )


def check_parameters(code: ModuleType) -> None:
    """参数个数，有门和没门，有偏置和没偏置|Parameters, with and without a gate, with and without biases"""
    cases = (
        ((512, 1408, True), 2162688, "MiniMind2-small"),
        ((768, 2432, True), 5603328, "minimind-3"),
        ((768, 3072, False), 4718592, "GPT-2"),
        ((768, 3072, False, True), 4722432, "GPT-2"),
        ((2, 3, True, True), 26, "2, 3"),
    )
    for arguments, wanted, model in cases:
        found = code.ffn_parameters(*arguments)
        require(
            found == wanted,
            zh=f"{model}：ffn_parameters{arguments} 应为 {wanted}，得到 {found}。"
            "有门是三个矩阵；偏置的个数是每个矩阵的输出数。",
            en=f"{model}: ffn_parameters{arguments} should be {wanted}, got {found}. A gate makes three matrices; "
            "a bias has as many numbers as its matrix has outputs.",
        )


def check_share(code: ModuleType) -> None:
    """前馈网络在块里占多少|The FFN's share of a block"""
    cases = ((3, 8, 1, 1, 2 / 3), (512, 1408, 8, 2, 2162688 / 2818048), (768, 2432, 8, 4, 5603328 / 7372800))
    for dim, hidden, heads, kv_heads, wanted in cases:
        found = code.ffn_share(dim, hidden, heads, kv_heads)
        for wrong, zh, en in (
            (1 - wanted, "这是注意力占的份额。", "That is attention's share."),
            (
                wanted / (1 - wanted),
                "这是前馈网络除以注意力；要除以两者之和。",
                "That is the FFN over attention; it is a share of the two together.",
            ),
        ):
            require(
                not (isinstance(found, float) and math.isclose(found, wrong, rel_tol=1e-9)),
                zh=f"ffn_share({dim}, {hidden}, {heads}, {kv_heads}) 应为 {wanted:.6f}，得到 {found}。{zh}",
                en=f"ffn_share({dim}, {hidden}, {heads}, {kv_heads}) should be {wanted:.6f}, got {found}. {en}",
            )
        require(
            isinstance(found, float) and math.isclose(found, wanted, rel_tol=1e-9),
            zh=f"ffn_share({dim}, {hidden}, {heads}, {kv_heads}) 应为 {wanted:.6f}，得到 {found}。"
            "K 和 V 只有 kv_heads 个头，Q 和 O 是完整的。",
            en=f"ffn_share({dim}, {hidden}, {heads}, {kv_heads}) should be {wanted:.6f}, got {found}. "
            "K and V have kv_heads heads alone, Q and O are whole.",
        )
