"""Features of the frozen part of a network: engines, the feature store, and augmented views."""
