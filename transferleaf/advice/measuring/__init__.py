"""Measurements of photos with a network, for the evidence of an advice."""
