"""Reviews of photos by a person: the order of questions, the decisions, and when to stop."""
