"""Text for people: the terminal, notebooks, progress and wording."""
