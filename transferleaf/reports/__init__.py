"""How well a classifier does, in numbers that say how sure they are."""
