"""TensorBoard logs of each epoch, written without the package tensorboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

_VALIDATION = "val_"


class TensorBoardLogs(keras.callbacks.Callback):
    """Writes the same curves as ``keras.callbacks.TensorBoard``, with the same names.

    That callback needs the package ``tensorboard``. TensorFlow's file writer does not.

    Args:
        folder: The folder of the logs. It contains folders for training and validation, and
            ``train_head`` and ``validation_head`` for the solved head, which is not an epoch.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._writers: dict[str, Any] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the results of an epoch. Called by Keras."""
        self._write(logs or {}, step=epoch)

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Write the results of the solved head. Called by ``fit``."""
        self._write(logs, step=0, beside="_head")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the files. Called by Keras."""
        for writer in self._writers.values():
            writer.close()

    def _write(self, logs: dict[str, Any], *, step: int, beside: str = "") -> None:
        for name, value in logs.items():
            part = "validation" if name.startswith(_VALIDATION) else "train"
            with self._writer(part + beside).as_default():
                _write_scalar(f"epoch_{name.removeprefix(_VALIDATION)}", value, step=step)
        for writer in self._writers.values():
            writer.flush()  # so that a running training can be watched

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            self._writers[part] = tf.summary.create_file_writer(str(self._folder / part))
        return self._writers[part]


def _write_scalar(name: str, value: Any, *, step: int) -> None:
    # tf.summary.scalar needs the package tensorboard to create this description.
    about = tf.compat.v1.SummaryMetadata()
    about.plugin_data.plugin_name = "scalars"
    tf.summary.write(name, tf.cast(value, tf.float32), step=step, metadata=about)
