"""The same small model without an FFN, and with four kinds of it that have the same number of parameters.

SwiGLU has three matrices where the others have two, so the others are 3/2 times as wide: 3 * C * M = 2 * C * 3M/2.

Shapes: C hidden size, M inner size.
"""

from experiments.language_model import load_text, model_config, train_on, write_sample
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.recorder import Recorder, Settings


def inner_size(kind: str, C: int) -> int:
    """M: three times the hidden size for SwiGLU, 3/2 of that for a plain part."""
    M = 3 * C
    return M if kind == "swiglu" else 3 * M // 2


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, the loss on unseen text now and then, and how many numbers are trained."""
    text = load_text(settings, record)
    config = model_config(
        settings,
        text,
        ffn=settings.ffn,  # the factor
        intermediate_size=inner_size(settings.ffn, settings.width),
    )
    model = MiniMind(config)
    record.metric(0, parameters=model.parameter_count())
    train_on(text, model, settings, record)
    write_sample(text, model, settings, record)
