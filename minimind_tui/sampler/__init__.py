"""Generates text with a saved model, in a process of its own."""
