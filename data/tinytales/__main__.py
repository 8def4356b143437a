"""Prints a sample: `python -m data.tinytales --language zh --characters 2000 --seed 1`."""

from __future__ import annotations

import argparse

from data.tinytales import alphabet, entropy_per_character, text
from data.tinytales.grammar import LANGUAGES


def main() -> None:
    """Write the text to the standard output, and its known entropy below it."""
    parser = argparse.ArgumentParser(prog="python -m data.tinytales", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--characters", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(text(arguments.language, arguments.characters, arguments.seed))
    floor = entropy_per_character(arguments.language)
    print(f"\n[{len(alphabet(arguments.language))} characters, {floor:.4f} nats per character]")


if __name__ == "__main__":
    main()
