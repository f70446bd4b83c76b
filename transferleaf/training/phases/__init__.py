"""The training of one phase of a plan: its cut, inputs, compilation and epochs."""
