"""The parts of the drill screen."""
