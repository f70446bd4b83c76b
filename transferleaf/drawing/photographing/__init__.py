"""A leaf in front of a camera: where it lies, on what, in which light."""
