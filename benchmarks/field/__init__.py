"""Trained on laboratory photos, tested on scenes of the field, and on photos from there."""
