"""The page of a review: a doubtful photo, photos to compare it with, and keys to decide."""
