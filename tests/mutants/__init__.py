"""Wrong variants of each exercise's solution, made by machine: `python -m tests.mutants [MODULE/EXERCISE ...]`."""
