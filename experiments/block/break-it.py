"""A healthy small model, and the same one with a single part taken out or damaged, trained side by side."""

from dataclasses import asdict, replace

from experiments.diverging import letters_entropy
from experiments.language_model import Text, load_text, model_config, train_on, unseen_blocks, write_sample
from minimind_tui.nn.config import Changes, ModelConfig
from minimind_tui.nn.feedforward import SwiGLU
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

DAMAGES: dict[str, Changes] = {
    "norm": {"norm": "none"},
    "scaling": {"scale_scores": False},
    "mask": {"causal": False},
    "residual": {"residual": False},
    "position": {"position": "none"},
    "learning-rate": {},
    "gate-up": {},
}
"""What each damage changes in the model's config. With `learning-rate` it is whole and trained at a rate TIMES larger;
with `gate-up` it is trained whole, and damaged afterwards."""

TIMES = 100


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss, the gradient's norm, what the model writes, and its loss when only the past is seen."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    healthy = config = model_config(settings, text)
    rate = settings.learning_rate
    if settings.broken:  # the factor
        config = replace(healthy, **DAMAGES[settings.damage])
        rate = TIMES * rate if settings.damage == "learning-rate" else rate
    model = MiniMind(config)
    train_on(text, model, Settings({**settings.as_dict(), "learning_rate": rate}), record)
    if settings.broken and settings.damage == "gate-up":
        say_loss_before(loss_on_the_past(model, text, settings), record)
        swap_gate_and_up(model)
    honest = loss_on_the_past(model, text, settings)
    record.metric(settings.steps, past_loss=honest)
    write_sample(text, model, settings, record)
    if settings.broken and settings.damage != "gate-up":
        before = {**asdict(healthy), "learning_rate": settings.learning_rate}
        say_difference(before, {**asdict(config), "learning_rate": rate}, record)
    if settings.broken:
        say_what_was_seen(settings.damage, config, honest, record)


def loss_on_the_past(model: MiniMind, text: Text, settings: Settings) -> float:
    """The loss on unseen text with the causal mask in place, whatever the model was trained with."""
    set_causal(model, True)
    loss = evaluate(model, unseen_blocks(text, settings.block))
    set_causal(model, model.config.causal)
    return loss


def set_causal(model: MiniMind, causal: bool) -> None:
    """Put the causal mask into every block, or take it out."""
    for block in model.model.layers:
        block.self_attn.causal = causal


def swap_gate_and_up(model: MiniMind) -> None:
    """What a checkpoint does whose gate and up have each other's name: the shapes (M, C) fit, and nothing complains."""
    for block in model.model.layers:
        assert isinstance(block.mlp, SwiGLU)
        block.mlp.gate_proj, block.mlp.up_proj = block.mlp.up_proj, block.mlp.gate_proj


def say_loss_before(loss: float, record: Recorder) -> None:
    """What the model was worth before it was damaged."""
    record.note(
        f"两组的训练一模一样。练完以后，这一组每层的 gate 和 up 换了名字；换之前，它的损失是 {loss:.2f}。",
        f"Both arms were trained alike. After that, gate and up changed names in each layer of this one; before, its "
        f"loss was {loss:.2f}.",
    )


def say_difference(healthy: dict[str, object], broken: dict[str, object], record: Recorder) -> None:
    """Every setting in which the two arms differ: there is one."""
    changed = ", ".join(f"{name}: {value} → {broken[name]}" for name, value in healthy.items() if broken[name] != value)
    record.note(f"两组的设置只差一处：{changed}。", f"The arms' settings differ in one place: {changed}.")


def say_what_was_seen(damage: str, config: ModelConfig, honest: float, record: Recorder) -> None:
    """Why this damage does what the curves show, with what was measured."""
    zh, en = WORDS[damage]
    figures = {"honest": honest, "root": config.head_size**0.5, "times": TIMES}
    record.note(zh.format(**figures), en.format(**figures))


WORDS = {
    "norm": (
        "没有归一化，残差流一块比一块大，没人把它拉回来：看看梯度范数（v）的头几步。按 o 把学习率改成 0.0003 "
        "再跑一次，它还落后这么多吗？",
        "Without a norm nothing brings the residual stream back to its size: look at the gradient norm (v) of the "
        "first steps. Press o, set the learning rate to 0.0003 and run it again: is it still as far behind?",
    ),
    "scaling": (
        "不除以 √D，分数大 {root:.0f} 倍，softmax 一开始就尖。按 o 把头数改成 1，√D 就是 8：差距更大吗？",
        "Undivided by √D the scores are {root:.0f} times as large, and the softmax is sharp from the start. "
        "Press o and set heads to 1, then √D is 8: does the gap grow?",
    ),
    "mask": (
        "没有掩码，要猜的下一个字符就摆在眼前，训练损失低是抄来的。把掩码装回去，只许看过去，它的损失是 "
        "{honest:.2f}；再看看它写的字。",
        "Without a mask the character to be guessed lies in plain sight, and the low training loss is copied. With the "
        "mask put back, the past alone in view, its loss is {honest:.2f}. Look at what it writes, too.",
    ),
    "residual": (
        "没有捷径，每一块都得把前面的一切重新造出来：嵌入要穿过每一块才到得了输出，梯度要穿过每一块才到得了嵌入。",
        "Without the short cut every block must make again all that came before it: the embedding has to pass through "
        "each of them to the output, and the gradient through each of them to the embedding.",
    ),
    "position": (
        "没有位置，它只能从“掩码让我看到了多少”里摸出一点先后。看看它写的字：字母是对的，顺序呢？",
        "Without positions all it knows of the order is how much the mask lets it see. Look at what it writes: the "
        "letters may be right, but their order?",
    ),
    "learning-rate": (
        "学习率大 {times} 倍，每一步都跨过谷底。裁剪压得住梯度，压不住步子：AdamW 一步有多长，由学习率定。",
        "With a rate {times} times as large every step leaps across the valley. Clipping holds down the gradient, not "
        "the step: in AdamW the learning rate sets its length.",
    ),
    "gate-up": (
        "训练曲线上什么也看不出来：两条叠在一起。形状一样，权重加载时谁也不报错；SiLU 却套错了矩阵，"
        "损失成了 {honest:.2f}。它写的字还有几分像样。换来的权重对不对，要靠和参考实现比输出。",
        "The training curves show nothing: they lie on each other. The shapes fit and loading never complains, but "
        "SiLU is put on the wrong matrix, and the loss is {honest:.2f}. What it writes still looks half right. Whether "
        "weights arrived as they should is found by comparing outputs with a reference.",
    ),
}
