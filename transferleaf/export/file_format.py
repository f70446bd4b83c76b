"""What a file format has to be able to do: one value for each, in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Photos: TypeAlias = NDArray[np.uint8]
Answers: TypeAlias = dict[str, NDArray[np.float32]]
"""Outputs by name: ``PROBABILITIES``, and ``DISTANCE`` where the classifier was calibrated."""
Run: TypeAlias = Callable[[Photos], Answers]
"""From ``(n, height, width, 3)``, RGB in [0, 255], to what the file says of each photo."""
PROBABILITIES = "probabilities"
"""The output of class probabilities, shape ``(n, classes)``."""
DISTANCE = "distance"
"""The output of distances to the nearest class mean, shape ``(n,)``."""


def _nothing() -> None:
    """Raise nothing: what the format needs comes with every install."""


def _always(path: Path) -> bool:
    """A file of the format holds the arithmetic of a network and nothing that could do harm."""
    return True


def _never() -> bool:
    """The format has a runtime of its own."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A kind of file that a classifier can be exported to.

    Attributes:
        name: What people call it, such as ``"onnx"``.
        suffix: How its files' names end; empty for a folder.
        any_size: Whether its files take photos of any size unless one is named. The others run
            much slower with open sizes, so they take photos of the network's size.
        looks_like: Whether a file or folder is of this format, from its first bytes.
        write: Exports a graph with a text of metadata to a path where nothing is.
        read_metadata: The text, or ``None`` where another program wrote the file.
        open: Makes a file ready to run.
        needs: Raises ``MissingExtraError`` where a package is absent that an export needs.
        tensorflow: Whether TensorFlow runs its files on this machine.
        harmless: Whether running the file can do nothing but compute, as far as this machine knows.
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
        """All that makes up an export at ``path``; the file that tells of the others comes last."""
        # OpenVINO keeps the weights in a file of their own.
        return (path.with_suffix(".bin"), path) if self.suffix == ".xml" else (path,)


def output_name(shape: Sequence[Any]) -> str:
    """What an output of this shape is called: converters that name outputs anew keep shapes."""
    return PROBABILITIES if len(shape) == 2 else DISTANCE


def starts_with(path: Path, mark: bytes, *, at: int = 0) -> bool:
    """Whether the bytes from ``at`` on are ``mark``; a folder has none."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(at + len(mark))[at:] == mark


def signature(graph: Any) -> list[Any]:
    """The input of an export graph, as Keras' exporters take it."""
    import tensorflow as tf

    return [tf.TensorSpec(tuple(graph.input.shape), "uint8", name="photos")]
