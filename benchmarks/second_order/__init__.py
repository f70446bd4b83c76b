"""The effect of second-order features on accuracy and loss, their variants, and their cost."""
