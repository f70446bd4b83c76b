"""The audit of a data set: what in it would spoil a training, or its figures."""
