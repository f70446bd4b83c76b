"""The page of a review: a doubtful photo, photos for comparison, and keys for decisions."""
