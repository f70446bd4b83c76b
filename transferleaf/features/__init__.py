"""The frozen part of a network, run once per photo: engines, the store, and augmented views."""
