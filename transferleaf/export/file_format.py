"""The interface of a file format, with one value per format in separate modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Photos: TypeAlias = NDArray[np.uint8]
Answers: TypeAlias = dict[str, NDArray[np.float32]]
"""Outputs by name: ``PROBABILITIES``, and ``DISTANCE`` if the classifier is calibrated."""
Run: TypeAlias = Callable[[Photos], Answers]
"""A function from photos ``(n, height, width, 3)``, RGB in [0, 255], to outputs."""
PROBABILITIES = "probabilities"
"""The output of class probabilities, shape ``(n, classes)``."""
DISTANCE = "distance"
"""The output of distances to the nearest class mean, shape ``(n,)``."""


def _nothing() -> None:
    """Do nothing, because the format needs no optional package."""


def _always(path: Path) -> bool:
    """Return true, because files of the format can only contain arithmetic."""
    return True


def _never() -> bool:
    """Another runtime runs the files."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A file format for exports.

    Attributes:
        name: Its name, such as ``"onnx"``.
        suffix: The file extension; empty for a folder.
        any_size: Whether its files take photos of any size by default. The others are much slower
            with variable sizes, so they take photos at the input size of the network.
        looks_like: Returns whether a file or folder has this format, from its first bytes.
        write: Writes a graph and a metadata text to a path that does not exist.
        read_metadata: Returns the text, or ``None`` if another program wrote the file.
        open: Returns a runnable graph.
        needs: Raises ``MissingExtraError`` if an export needs a missing package.
        tensorflow: Returns whether TensorFlow runs its files on this machine.
        harmless: Returns whether running the file is known to be safe on this machine.
    """

    name: str
    suffix: str
    any_size: bool
    looks_like: Callable[[Path], bool]
    write: Callable[[Any, Path, str], None]
    read_metadata: Callable[[Path], str | None]
    open: Callable[[Path], Run]
    needs: Callable[[], None] = _nothing
    tensorflow: Callable[[], bool] = _never
    harmless: Callable[[Path], bool] = _always

    def parts(self, path: Path) -> tuple[Path, ...]:
        """Return all files of an export at ``path``. The file with the metadata comes last."""
        # OpenVINO stores the weights in a separate file.
        return (path.with_suffix(".bin"), path) if self.suffix == ".xml" else (path,)


def output_name(shape: Sequence[Any]) -> str:
    """Return the name of an output by its shape, as converters change names but not shapes."""
    return PROBABILITIES if len(shape) == 2 else DISTANCE


def starts_with(path: Path, mark: bytes, *, at: int = 0) -> bool:
    """Return whether the bytes from ``at`` on are ``mark``. False for a folder."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(at + len(mark))[at:] == mark


def signature(graph: Any) -> list[Any]:
    """Return the input signature of an export graph, for Keras' exporters."""
    import tensorflow as tf

    return [tf.TensorSpec(tuple(graph.input.shape), "uint8", name="photos")]
