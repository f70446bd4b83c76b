"""From a classifier and test photos to the report on it."""
