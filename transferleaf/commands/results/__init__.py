"""Results of commands: tables, listings, and the rows of an earlier call."""
