"""Prints a sample: `python -m data.talking_world --language zh --count 3 --seed 1`."""

from __future__ import annotations

import argparse

from data.talking_world import chat, means, text, vocabulary
from data.tinytales.grammar import LANGUAGES


def main() -> None:
    """Write stories and conversations to the standard output, and the known entropy below them."""
    parser = argparse.ArgumentParser(prog="python -m data.talking_world", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for story in text(arguments.language, arguments.count, arguments.seed):
        print(story)
    for talk in chat(arguments.language, arguments.count, arguments.seed):
        print(*("", *(f"{turn['role']}: {turn['content']}" for turn in talk["conversations"])), sep="\n")
    known = means(arguments.language)
    print(
        f"\n[{len(vocabulary(arguments.language))} words in stories of {known.words:.1f}; "
        f"{known.nats:.2f} nats per story, {known.nats / known.words:.4f} per word]"
    )


if __name__ == "__main__":
    main()
