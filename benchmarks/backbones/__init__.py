"""Time of a pass of the listed backbones."""
