"""One leaf: its outline and veins, its tissue, its disease, and its wear."""
