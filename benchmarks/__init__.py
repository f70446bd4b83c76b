"""Measurements of the library: scripts that are run by hand and write pages of the docs."""
