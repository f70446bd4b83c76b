"""Ranking of backbones by what the advice expects of each on the same photos."""
