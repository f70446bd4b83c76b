"""Leaf ids: the leaf in each photo, from file names or from a leaf map."""
