"""The talking world: stories that can be checked, and talk about them of which the right answer is known.

TinyTales' larger sister, for the modules that follow one model from its tokenizer to its evaluation. `en.toml` and
`zh.toml` declare the stories (one seed tells the same story in both languages, and both have the same entropy per
story, exactly), `talk.en.toml` and `talk.zh.toml` what user and assistant say.
"""

from data.talking_world.checks import Fault, Report, check, consistency
from data.talking_world.conversations import (
    KINDS,
    Conversation,
    Options,
    Preference,
    Task,
    chat,
    preference,
    tasks,
    text,
)
from data.talking_world.exchange import Exchange, Turn
from data.talking_world.grammar import CHECKS, LOOK_UPS
from data.talking_world.story import SEPARATOR, Story, join, means, stories, vocabulary

__all__ = [
    "CHECKS",
    "KINDS",
    "LOOK_UPS",
    "SEPARATOR",
    "Conversation",
    "Exchange",
    "Fault",
    "Options",
    "Preference",
    "Report",
    "Story",
    "Task",
    "Turn",
    "chat",
    "check",
    "consistency",
    "join",
    "means",
    "preference",
    "stories",
    "tasks",
    "text",
    "vocabulary",
]
