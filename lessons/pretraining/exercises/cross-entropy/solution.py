"""Cross-entropy from logits, by hand.

Shapes: V words in the vocabulary; everything before it may be any number of axes.
"""

import torch
from torch import Tensor


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100) -> Tensor:
    """logits (..., V) and targets (...), whole numbers, to the mean of -ln p(target) in float32, a tensor ()."""
    wide = logits.float()  # (..., V)
    largest = wide.max(dim=-1, keepdim=True).values.detach()  # (..., 1) e to the 0 is the largest that is summed
    log_sum = (wide - largest).exp().sum(dim=-1).log() + largest.squeeze(-1)  # (...) ln of the sum of all e^z
    counts = targets != ignore_index  # (...)
    safe = torch.where(counts, targets, 0)  # (...) -100 is no place in the vocabulary
    chosen = wide.gather(-1, safe.unsqueeze(-1)).squeeze(-1)  # (...) the logit of the target
    losses = torch.where(counts, log_sum - chosen, 0.0)  # (...)
    return losses.sum() / counts.sum().clamp(min=1)  # () 0 where nothing counts
