"""Which leaf each photo shows: read from file names or from a leaf map."""
