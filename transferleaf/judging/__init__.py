"""Evaluation of a classifier on test photos, for a report."""
