"""Measures of similarity that need no batch norm, compared with the one that does."""
