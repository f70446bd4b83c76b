"""What a user may train on, checked and brought to one form: photos, labels, weights of classes."""
