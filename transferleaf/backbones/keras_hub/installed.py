"""Import of KerasHub, or an error that names the extra to install."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from transferleaf.errors import MissingExtraError


def import_keras_hub(why: str) -> Any:
    """Import KerasHub.

    Raises:
        MissingExtraError: It is not installed. ``why`` begins the message.
    """
    if find_spec("keras_hub") is None:
        raise MissingExtraError("keras-hub", extra="hub", why=why)
    import keras_hub

    return keras_hub


@contextmanager
def unused_masks() -> Iterator[None]:
    """Silence Keras about the masks of Swin's windows, which its attention layers do not use."""
    with warnings.catch_warnings():
        message = r"(?s).*\(of type WindowAttention\) was passed an input with a mask"
        warnings.filterwarnings("ignore", message=message)
        yield
