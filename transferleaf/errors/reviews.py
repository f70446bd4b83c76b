"""Errors of reviews: folders of decisions, and decisions that cannot be recorded."""

from __future__ import annotations

from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class ReviewError(TransferLeafError):
    """A review cannot be continued, or a decision cannot be recorded."""


class ReviewFolderError(ReviewError, ValueError):
    """A folder cannot hold this review, or its journal is damaged."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        self.path = path
        self.found = found
        super().__init__(f"{str(path)!r} {found}; {expected}.")


class ReviewWriteError(ReviewError, OSError):
    """A decision could not be written to the journal. Earlier decisions are kept."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"the decision was not recorded: {str(path)!r} cannot be written ({reason}); "
            "earlier decisions are kept. Make room or allow writing, and decide again."
        )


class DecisionError(ReviewError, ValueError):
    """A decision is not possible for this photo."""

    def __init__(self, photo: str, found: str, expected: str) -> None:
        self.photo = photo
        self.found = found
        super().__init__(f"no decision was recorded for {photo!r}: {found}; {expected}.")


class DecisionConflictError(DecisionError):
    """Something has changed since the photo was shown: another decision, or the file."""
