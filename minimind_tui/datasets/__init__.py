"""Texts to train on: the catalogue, downloads, and what lies in the learner's cache."""
