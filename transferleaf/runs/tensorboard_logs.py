"""The results of each epoch as TensorBoard reads them, whether or not it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

_VALIDATION = "val_"


class TensorBoardLogs(keras.callbacks.Callback):
    """Writes the curves that ``keras.callbacks.TensorBoard`` writes, under the same names.

    That callback needs the package ``tensorboard``; the file writer of TensorFlow does not.

    Args:
        folder: Gets a folder for training and one for validation, and the same for the solved
            head, which is no epoch: ``train_head`` and ``validation_head``.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._writers: dict[str, Any] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the results of an epoch; called by Keras."""
        self._write(logs or {}, step=epoch)

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Write the results of the solved head; called by ``fit``."""
        self._write(logs, step=0, beside="_head")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the files; called by Keras."""
        for writer in self._writers.values():
            writer.close()

    def _write(self, logs: dict[str, Any], *, step: int, beside: str = "") -> None:
        for name, value in logs.items():
            part = "validation" if name.startswith(_VALIDATION) else "train"
            with self._writer(part + beside).as_default():
                _write_scalar(f"epoch_{name.removeprefix(_VALIDATION)}", value, step=step)
        for writer in self._writers.values():
            writer.flush()  # whoever watches a training does not want to wait for its end

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            self._writers[part] = tf.summary.create_file_writer(str(self._folder / part))
        return self._writers[part]


def _write_scalar(name: str, value: Any, *, step: int) -> None:
    # tf.summary.scalar asks for the package tensorboard, to make this description of a curve.
    about = tf.compat.v1.SummaryMetadata()
    about.plugin_data.plugin_name = "scalars"
    tf.summary.write(name, tf.cast(value, tf.float32), step=step, metadata=about)
