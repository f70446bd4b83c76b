"""The audit of a data set: problems that harm training or distort results."""
