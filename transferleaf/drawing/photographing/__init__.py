"""The photo of a leaf: pose, background, light and camera."""
