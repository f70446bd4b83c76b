"""Advice from evidence: where photos stand on the size-similarity matrix, and what to do there."""
