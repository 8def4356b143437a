"""The checks of RoPE's table: known wavelengths, the NTK rule, positions far out and positions with a cache."""

import math
from types import ModuleType

import torch

from minimind_tui.nn.checking import require, same, unlike


def check_frequencies(code: ModuleType) -> None:
    """每一对的转速|The speed of each pair"""
    for head_dim, theta in ((2, 10000.0), (4, 100.0), (16, 10000.0), (64, 1e6)):
        expected = torch.tensor([theta ** (-2 * pair / head_dim) for pair in range(head_dim // 2)])
        out = code.pair_frequencies(head_dim, theta)
        if head_dim > 2:  # a single pair turns by 1 whatever the exponent
            unlike(
                out,
                expected.sqrt(),
                zh="指数只有一半：要的是 2i/D，不是 i/D。",
                en="The exponent is half as large as it should be: 2i/D is wanted, not i/D.",
            )
            unlike(
                out,
                1 / expected,
                zh="指数少了负号：后面的对应该越转越慢。",
                en="The minus of the exponent is missing: later pairs must turn ever more slowly.",
            )
        same(
            out,
            expected,
            zh=f"D = {head_dim}，θ = {theta:g}。第 i 对是 θ 的 -2i/D 次方，i 从 0 数起：第 0 对是 1。",
            en=f"D = {head_dim}, theta = {theta:g}. Pair i turns by theta^(-2i/D), i from 0: pair 0 turns by 1.",
        )


def check_known_wavelengths(code: ModuleType) -> None:
    """MiniMind2-small 的波长：6.28、4080、408 万|MiniMind2-small's wavelengths: 6.28, 4080, 4.08 million"""
    frequency = code.pair_frequencies(64, 1e6)
    for pair, wanted in ((0, 2 * math.pi), (15, 4080.0), (31, 4.08e6)):
        wavelength = 2 * math.pi / float(frequency[pair])
        require(
            abs(wavelength / wanted - 1) < 1e-3,
            zh=f"头 64，θ 1e6：第 {pair} 对要走 {wanted:,.2f} 个位置才转一圈，你的要走 {wavelength:,.2f} 个。",
            en=f"Head 64, theta 1e6: pair {pair} turns once in {wanted:,.2f} positions, yours in {wavelength:,.2f}.",
        )


def check_ntk(code: ModuleType) -> None:
    """NTK：最慢的一对慢 factor 倍，最快的不变|NTK: the slowest pair slower by the factor, the fastest as before"""
    for head_dim, theta, factor in ((16, 10000.0, 8.0), (64, 1e6, 4.0), (128, 500000.0, 2.0)):
        theta_scaled = float(code.ntk_theta(theta, factor, head_dim))
        slowest = (head_dim - 2) / head_dim  # the exponent 2i/D of the last pair
        slower = (theta_scaled / theta) ** slowest
        require(
            abs(slower / factor - 1) < 1e-6,
            zh=f"D = {head_dim}，factor = {factor:g}：最慢的一对应该慢 {factor:g} 倍，你的慢 {slower:.4g} 倍。"
            "它的指数是 (D-2)/D，所以 θ 要乘 factor 的 D/(D-2) 次方。",
            en=f"D = {head_dim}, factor = {factor:g}: the slowest pair must be {factor:g} times slower, yours is "
            f"{slower:.4g} times. Its exponent is (D-2)/D, so theta grows by factor^(D/(D-2)).",
        )


def check_table(code: ModuleType) -> None:
    """余弦和正弦的表|The table of cosines and sines"""
    for head_dim, positions, theta in ((2, 1, 10000.0), (4, 9, 100.0), (16, 33, 10000.0)):
        cos, sin = code.rope_table(head_dim, 0, positions, theta)
        frequency = torch.tensor([theta ** (-2 * pair / head_dim) for pair in range(head_dim // 2)])
        angle = torch.outer(torch.arange(positions).float(), frequency)
        unlike(cos, angle.sin(), zh="余弦和正弦交换了：先余弦，后正弦。", en="Cosines and sines are exchanged.")
        for name, actual, expected in (("cos", cos, angle.cos()), ("sin", sin, angle.sin())):
            same(
                actual,
                expected,
                zh=f"{name}：行是位置，列是数字对，形状 (位置数, D/2)。位置 0 的角度是 0。",
                en=f"{name}: a row a position, a column a pair, shape (positions, D/2). The angle at position 0 is 0.",
            )


def check_start(code: ModuleType) -> None:
    """有缓存时，从第 start 个位置开始|With a cache, the positions begin at start"""
    whole, part = code.rope_table(8, 0, 20, 10000.0), code.rope_table(8, 13, 20, 10000.0)
    for from_zero, from_start in zip(whole, part, strict=True):
        same(
            from_start,
            from_zero[13:],
            zh="缓存里已有 13 个位置，新词的位置是 13 到 19，不是又从 0 数起。",
            en="13 positions are in the cache: the new ones are 13 to 19, and do not begin at 0 again.",
        )


def check_far_positions(code: ModuleType) -> None:
    """很远的位置也要准|Far positions are exact too"""
    cos, _ = code.rope_table(16, 32700, 32768, 1e6)
    frequency = torch.tensor([1e6 ** (-2 * pair / 16) for pair in range(8)], dtype=torch.float64)
    angle = torch.outer(torch.arange(32700, 32768).double(), frequency)
    same(
        cos,
        angle.cos().float(),
        zh="位置到了 32767。角度要在 fp32 里算：半精度连这个位置都写不准，逐步累加也会攒下误差。",
        en="Positions up to 32767. Compute angles in fp32: half precision cannot even write the position, and adding "
        "step by step piles up errors.",
        tolerance=5e-3,
    )


def speed(code: ModuleType):
    """A table of 4096 positions."""
    return lambda: code.rope_table(64, 0, 4096, 1e6)
