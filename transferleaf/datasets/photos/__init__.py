"""Photo files: search, limits, decoding and reading by several threads."""
