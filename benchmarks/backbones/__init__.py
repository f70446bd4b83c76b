"""Time of a pass and accuracy of the listed backbones."""
