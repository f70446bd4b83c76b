"""Photo files: found, limited, decoded into pixels, and read by several threads."""
