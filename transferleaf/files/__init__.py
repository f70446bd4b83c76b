"""Files that are written whole, the cache, and values from files."""
