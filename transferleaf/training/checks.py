"""What has to hold before a classifier is built; each failure is one clear message."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Literal

import keras

from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePolicy


def check_backend() -> None:
    """Raise where Keras does not run on TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        must = (
            'be "tensorflow"; set the environment variable KERAS_BACKEND before Keras is imported'
        )
        raise ConfigError("keras.backend.backend()", keras.backend.backend(), must)


def check_classes(classes: Sequence[str]) -> None:
    """Raise where these are no two or more different class names."""
    names = not isinstance(classes, str) and all(isinstance(name, str) for name in classes)
    if not names or len(classes) < 2 or len(set(classes)) < len(classes):
        raise ConfigError("classes", classes, "be at least two different class names")


def checked_policy(freeze: FreezePolicy | Literal["auto"] | None) -> FreezePolicy:
    """Return the policy that is given or named; raise where there is none.

    >>> checked_policy(None), checked_policy("auto")
    (FreezePolicy(trainable_stages=0, quadrant='IV'), FreezePolicy(trainable_stages='auto'))
    """
    if freeze is None:
        return FreezePolicy.for_quadrant("IV")
    if freeze == "auto":
        return FreezePolicy.auto()
    if not isinstance(freeze, FreezePolicy):
        must = 'be "auto" or a FreezePolicy, such as FreezePolicy.for_quadrant("IV")'
        raise ConfigError("freeze", freeze, must)
    return freeze


def check_folder(option: str, folder: str | PathLike[str] | None) -> None:
    """Raise where ``folder`` is neither the path of a folder nor ``None``."""
    if folder is not None and not isinstance(folder, (str, PathLike)):
        raise ConfigError(option, folder, "be the path of a folder, or None")
