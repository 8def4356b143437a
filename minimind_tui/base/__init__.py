"""The ground: it knows of no course, no run and no screen."""
