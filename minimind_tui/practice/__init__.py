"""What the learner did: progress, predictions, settings."""
