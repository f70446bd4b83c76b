"""The head of a classifier: its layers on pooled features of the stages, and its solver."""
