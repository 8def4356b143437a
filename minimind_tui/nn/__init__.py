"""The neural parts of a MiniMind, each once, for reading."""
