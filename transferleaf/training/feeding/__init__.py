"""Checks of the training data, and its conversion to one form: photos, labels and class weights."""
