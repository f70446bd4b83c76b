"""Errors of run folders and of bulk work."""

from __future__ import annotations

from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class BulkError(TransferLeafError):
    """Processing a large data set in parts failed."""


class BulkRunError(BulkError, RuntimeError):
    """Ray failed. Finished parts are kept."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Ray failed ({reason}); what is finished is kept, and the same call continues from "
            "there."
        )


class BulkFolderError(BulkError, ValueError):
    """A folder cannot be used for predictions in parts."""

    def __init__(self, folder: str, found: str, expected: str) -> None:
        self.folder = folder
        self.found = found
        super().__init__(f"{folder!r} {found}; {expected}")


class RunError(TransferLeafError):
    """A training run cannot be started or used."""


class RunConfigError(RunError, ValueError):
    """A file is not a valid configuration of a run."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name the config.toml of a run, or write one like it."
        )


class RunFolderError(RunError, ValueError):
    """A folder is not a run folder, or its run is not finished."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        self.path = path
        self.found = found
        super().__init__(f"{str(path)!r} {found}; {expected}.")
