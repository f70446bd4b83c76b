"""What retraining adds to a solved head, by policy and number of photos, and what it costs."""
