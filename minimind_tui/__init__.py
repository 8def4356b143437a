"""A terminal tutor for how a large language model is built and trained."""

__version__ = "0.2.0"
