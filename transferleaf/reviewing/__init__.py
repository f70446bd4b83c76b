"""Reviews of photos by a person: what to look at first, what was decided, and when to stop."""
