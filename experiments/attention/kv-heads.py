"""What do fewer KV heads cost, and what do they and the KV cache save?

Models with eight query heads and eight, two or one KV heads learn the same text. Then each of them computes one more
token after texts of growing length, with the cache and without.

Shapes: B = 1 text, n tokens of it, K KV heads, D numbers in a head.
"""

import time

import torch
from torch import Tensor

from experiments.language_model import load_text, model_config, train_on
from minimind_tui.nn.attention import Cache
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.recorder import Recorder, Settings

HEADS = 8
LENGTHS = (64, 128, 256, 512)
BEST_OF = 8
"""Times are the best of so many: whatever else the machine does only ever adds to one."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the losses, the cache's bytes a token, and the time of one more token by the length of the text."""
    text = load_text(settings, record)
    size = {"num_heads": HEADS, "num_kv_heads": settings.kv_heads}  # the factor
    model = MiniMind(model_config(settings, text, **size, max_position=LENGTHS[-1] + 1))
    train_on(text, model, settings, record)
    record.metric(settings.steps, parameters=model.parameter_count())
    measure(model.eval(), text.validation[: LENGTHS[-1] + 1].unsqueeze(0), settings.steps, record)


@torch.no_grad()
def measure(model: MiniMind, ids: Tensor, step: int, record: Recorder) -> None:
    """One more token after the first n of ids (1, N), for each length n; the last step's record is the longest's."""
    cached, uncached = [], []
    for n in LENGTHS:
        cache = model(ids[:, :n]).cache  # for each layer keys and values of n tokens, (1, K, n, D)
        with_cache, without = ids[:, n : n + 1], ids[:, : n + 1]  # (1, 1) and (1, n + 1)
        best = [float("inf"), float("inf")]
        for _ in range(BEST_OF):
            best[0] = min(best[0], seconds(model, with_cache, cache))
            best[1] = min(best[1], seconds(model, without, None))
        record.metric(n, milliseconds_cached=1000 * best[0], milliseconds_uncached=1000 * best[1])
        cached.append(best[0])
        uncached.append(best[1])
    record.layer("cached_by_length", [1000 * value for value in cached])
    record.layer("uncached_by_length", [1000 * value for value in uncached])
    difference = model(with_cache, cache=cache).logits[:, -1] - model(without).logits[:, -1]  # (1, V)
    record.metric(step, kv_bytes=bytes_of(cache) / n, cache_error=difference.abs().max())


def seconds(model: MiniMind, ids: Tensor, cache: list[Cache] | None) -> float:
    """How long the model takes for ids (1, T) after what the cache holds."""
    start = time.perf_counter()
    model(ids, cache=cache)
    return time.perf_counter() - start


def bytes_of(cache: list[Cache]) -> int:
    """What the keys and values of all layers take, four bytes a number in fp32."""
    return sum(tensor.numel() * tensor.element_size() for layer in cache for tensor in layer)
