"""The exercises of the course, tried out."""
