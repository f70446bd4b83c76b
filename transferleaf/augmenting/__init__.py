"""Random changes to training photos: the value, its layers, scenes, and repeatable views."""
