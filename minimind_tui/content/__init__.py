"""What can be learned: the course registry, its files and its linter."""
