"""Parts of a data set: splits by leaf, folds, and leaks between parts."""
