"""Errors of saved classifiers, exports and advice."""

from __future__ import annotations

from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class AdviceFileError(TransferLeafError, ValueError):
    """A file does not contain the JSON of an advice."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Advice.save wrote, or run the advice again."
        )


# A single class for all reasons, so that callers can catch one exception.
class ModelFileError(TransferLeafError, ValueError):
    """A file cannot be loaded as a classifier. No code from it was run."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be loaded as a classifier: {reason}")


class UntrustedModelError(ModelFileError):
    """A file could run arbitrary operations, and ``trust=True`` was not set."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            "a SavedModel can run any operation, such as reading and writing files, and this one "
            "was not exported on this machine, or was changed afterwards. If you trust its source, "
            "use trust=True or --trust. A .keras, LiteRT, ONNX or OpenVINO file needs no trust: "
            "it can only compute.",
        )


class ExportError(TransferLeafError):
    """A classifier was not exported. No file was left."""


class ExportFailedError(ExportError, RuntimeError):
    """The converter, or the program that runs the file, does not support this classifier."""

    def __init__(self, format: str, error: Exception, *, part: str = "converter") -> None:
        self.format = format
        self.error = error
        reason = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        super().__init__(
            f"the classifier cannot be exported as {format!r}: its {part} failed with "
            f"{type(error).__name__} ({reason}). Nothing was written; try another format."
        )


class ExportMismatchError(ExportError, RuntimeError):
    """The predictions of the exported file differ from those of the classifier. It was deleted."""

    def __init__(
        self,
        format: str,
        *,
        quantization: str | None,
        photos: int,
        max_difference: float,
        same_label: float,
    ) -> None:
        self.format = format
        self.quantization = quantization
        self.photos = photos
        self.max_difference = max_difference
        self.same_label = same_label
        bar = "at most 1e-4 is allowed" if quantization is None else "at least 99 % has to agree"
        super().__init__(
            f"the {format!r} file ({quantization or 'float32'}) differs from predict on "
            f"{photos:,} photos: a probability by up to {max_difference:.2g}, the same label on "
            f"{same_label:.1%}; {bar}. The file was removed; "
            f"try another format{'' if quantization is None else ', or float32'}."
        )


class ExportTargetError(ExportError, FileExistsError):
    """The target of an export exists."""

    def __init__(self, path: Path, *, replaceable: bool) -> None:
        self.path = path
        self.replaceable = replaceable
        super().__init__(
            f"{str(path)!r} exists; name another path, or ask to replace it (overwrite=True, "
            "--overwrite)."
            if replaceable
            else f"{str(path)!r} exists and is not an export of transferleaf in this format; "
            "name another path, or remove it."
        )
