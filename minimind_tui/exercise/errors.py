"""An exception of a learner's code in words: what to change where it is known, else what Python says."""

from __future__ import annotations

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.exercise.guard import Refused
from minimind_tui.exercise.limits import MEMORY_MB

LONGEST_MESSAGE = 2000

TOO_MUCH_MEMORY = Text(
    zh=f"要的内存太多，上限是 {MEMORY_MB} MB：是不是有个列表或张量一直在变大？",
    en=f"It wants too much memory; the limit is {MEMORY_MB} MB. Does a list or a tensor keep growing?",
)
OVERWRITTEN = Text(
    zh="反向传播还要用的张量被就地改掉了（x += …、x.mul_(…) 这一类）：写成 x = x + …，让它成为新的张量。",
    en="A tensor that the backward pass still needs was overwritten in place (x += …, x.mul_(…)): "
    "write x = x + …, which makes a new one.",
)
NO_COMPILER = Text(
    zh="torch.compile 要用 C++ 编译器（g++ 或 clang++），这台机器上没有：装一个，或者去掉 torch.compile。",
    en="torch.compile needs a C++ compiler (g++ or clang++), and this machine has none: install one, or take "
    "torch.compile out.",
)
BY_TYPE = {
    "SystemExit": Text(
        zh="代码调用了 exit：去掉它，让函数返回结果。",
        en="The code calls exit: take it out, and let the function return its result.",
    ),
    "KeyboardInterrupt": Text(
        zh="代码抛出了 KeyboardInterrupt：去掉它。", en="The code raises KeyboardInterrupt: take it out."
    ),
    "MemoryError": TOO_MUCH_MEMORY,
    "RecursionError": Text(
        zh="函数一直在调用自己：递归要有一个停下来的条件。",
        en="A function calls itself without end: a recursion needs a case in which it stops.",
    ),
}
BY_WORDS = {
    "can't allocate memory": TOO_MUCH_MEMORY,
    "modified by an inplace operation": OVERWRITTEN,
    "is being used in an in-place operation": OVERWRITTEN,
    "InvalidCxxCompiler": NO_COMPILER,
    "No working C++ compiler": NO_COMPILER,
}
"""Sentences for what libraries say."""


def error_in_words(error: BaseException) -> Text:
    """An exception as the learner is told of it."""
    if isinstance(error, Refused):
        return error.text
    try:
        words = str(error)
    except BaseException:
        words = ""
    kind = type(error).__name__
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    text = f"{kind}: {words}" if words else kind
    for part, said in BY_WORDS.items():
        if part in text:
            return said
    text = inert(text, LONGEST_MESSAGE)
    return Text(zh=text, en=text)


def line_of_error(error: BaseException, file: str) -> int | None:
    """The innermost line of `file` in the traceback."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
        step = step.tb_next
    return line


def likely(message: Text | None) -> Text | None:
    """What a check says that fails after another one has: it may be a mere consequence."""
    if message is None:
        return None
    return Text(
        zh=f"多半是前面那处错误的后果。若改好之后仍在：{message.zh}",
        en=f"Likely a consequence of the failure above. If it stays when that is mended: {message.en}",
    )
