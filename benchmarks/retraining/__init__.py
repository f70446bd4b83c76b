"""The effect of retraining, compared with a solved head, by policy and number of photos."""
