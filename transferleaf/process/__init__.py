"""The Python process: imports, signals and forks."""
