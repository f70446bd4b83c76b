"""Weights of backbones: files in several formats, downloads, and loading without gaps."""
