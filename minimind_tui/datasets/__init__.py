"""Texts to train on: the catalogue, downloads, and the texts stored in the learner's cache."""
