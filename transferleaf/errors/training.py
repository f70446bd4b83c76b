"""Errors of training, of stored features and of resumed fits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class TrainingError(TransferLeafError):
    """Training failed or did not follow the plan."""


class PlanMismatchError(TrainingError, RuntimeError):
    """The trainable weights are not those of the plan."""

    def __init__(self, phase: str, *, unplanned: Sequence[str], missing: Sequence[str]) -> None:
        self.phase = phase
        self.unplanned = tuple(unplanned)
        self.missing = tuple(missing)
        super().__init__(
            f"phase {phase!r} would train weights that are not in its plan {list(unplanned)} "
            f"or not train weights in its plan {list(missing)}; nothing was trained."
        )


class FrozenWeightsMovedError(TrainingError, RuntimeError):
    """Frozen weights changed during training."""

    def __init__(self, phase: str, moved: Sequence[str]) -> None:
        self.phase = phase
        self.moved = tuple(moved)
        shown = ", ".join(self.moved[:5]) + (" ..." if len(self.moved) > 5 else "")
        super().__init__(
            f"phase {phase!r} changed {len(self.moved)} weights that its plan froze: {shown}. "
            "A callback or a custom layer writes to them; the plan does not describe this model."
        )


class NotTrainedError(TrainingError, RuntimeError):
    """The classifier is not trained."""

    def __init__(self, asked_for: str) -> None:
        self.asked_for = asked_for
        super().__init__(
            f"this classifier is not trained, so {asked_for} would be based on random weights; "
            "call fit(...) first, or load a trained one with load_classifier."
        )


class NotFiniteError(TrainingError, FloatingPointError):
    """A network returned infinite values or NaN."""

    def __init__(self, what: str, *, photos: int, of: int) -> None:
        self.what = what
        self.photos = photos
        super().__init__(
            f"the {what} for {photos} of {of} photos are infinite or NaN: weights of the "
            "network are, or values overflowed its data type. Load its weights again, or build it "
            'in float32: keras.config.set_dtype_policy("float32").'
        )


class DivergedError(TrainingError, FloatingPointError):
    """The loss or the weights became infinite or NaN in the first epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(
            f"training diverged in gradient epoch {epoch}: its loss or its weights are infinite "
            "or NaN. The earlier weights are restored. Use a lower learning rate."
        )


class FeatureStoreError(TrainingError, OSError):
    """Features cannot be written to the feature store."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(
            f"features cannot be stored in {str(folder)!r} ({reason}). What was stored before is "
            "kept; free disk space there, or set another folder in the environment variable "
            "TRANSFERLEAF_CACHE."
        )


# LookupError, not KeyError: KeyError prints its message inside quotes.
class MissingFeaturesError(TrainingError, LookupError):
    """The feature store does not contain the requested features."""

    def __init__(self, folder: Path, *, missing: int, asked: int) -> None:
        self.folder = folder
        self.missing = missing
        self.asked = asked
        super().__init__(
            f"{missing} of {asked} rows are not stored in {str(folder)!r}; "
            "compute the rows in missing() and add them first."
        )


class DamagedCacheFileError(TrainingError, ValueError):
    """A file of the cache is damaged or of another kind."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the cache file {str(path)!r} cannot be used: {reason}")


class ResumeError(TrainingError, RuntimeError):
    """The state of an interrupted training cannot be read or written."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        super().__init__(
            f"the training state {str(file)!r} cannot be used: {reason}. "
            "Name another folder in resume=, or remove the file to start again."
        )


class ResumeWriteError(TrainingError, OSError):
    """The state of a training cannot be saved. The earlier state is kept."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f"the training state {str(file)!r} cannot be written ({reason}). That of the last "
            "complete epoch is kept: free disk space there, and the same call continues from it."
        )


class ResumeMismatchError(TrainingError, ValueError):
    """The state in a folder is from another training."""

    def __init__(self, file: Path, differing: Sequence[str]) -> None:
        self.file = file
        self.differing = tuple(differing)
        super().__init__(
            f"the training state {str(file)!r} belongs to a fit that differs in "
            f"{', '.join(self.differing)}; use a separate folder for each fit."
        )
