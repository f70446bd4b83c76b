"""A backbone to check. It is built once and offline for all checks."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NoReturn
from unittest import mock

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.backbones.weights.building import build_backbone

# Not a multiple of a power of two, so that paddings matter.
_ODD_STEP = 13


class BackboneSubject:
    """A backbone to check. Its parts are built when they are first used.

    Args:
        spec: The backbone. It is built at its minimum size with random weights.
    """

    def __init__(self, spec: BackboneSpec) -> None:
        self.spec = spec

    @cached_property
    def backbone(self) -> Backbone:
        """The backbone at its minimum size."""
        return self._build(self.spec.min_image_size)

    @property
    def larger_size(self) -> int:
        """The height and width of ``larger``."""
        step = self.spec.image_size_step
        return self.spec.min_image_size + -(-_ODD_STEP // step) * step

    @cached_property
    def larger(self) -> Backbone:
        """The backbone at a larger size, which is odd if possible."""
        return self._build(self.larger_size)

    @cached_property
    def pixels(self) -> np.ndarray:
        """Two inputs in the pixel convention of the backbone, ``(2, size, size, 3)``, float32."""
        size = self.spec.min_image_size
        return np.random.default_rng(0).normal(size=(2, size, size, 3)).astype("float32")

    @cached_property
    def outputs(self) -> list[np.ndarray]:
        """The outputs of the backbone's model for ``pixels``."""
        return run(self.backbone.model, self.pixels)

    def _build(self, image_size: int) -> Backbone:
        with _no_network():
            return build_backbone(self.spec, image_size=image_size, weights=None)


def run(model: keras.Model, inputs: Any) -> list[np.ndarray]:
    """Return the outputs of a model in inference mode, as arrays."""
    outputs = model(inputs, training=False)
    parts = outputs if isinstance(outputs, Sequence) else [outputs]
    return [keras.ops.convert_to_numpy(part) for part in parts]


@contextmanager
def _no_network() -> Iterator[None]:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise OSError("it uses the network although no pretrained weights are requested")

    with (
        mock.patch.object(socket.socket, "connect", refuse),
        mock.patch.object(socket, "getaddrinfo", refuse),
    ):
        yield
