"""What second-order features are worth: accuracy, loss, variants, and what they cost."""
