"""Random changes to training photos: the value, its Keras layers, and repeatable views."""
