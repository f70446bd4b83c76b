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
        folder: Gets a folder for training and one for validation.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._writers: dict[str, Any] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the results of an epoch; called by Keras."""
        for name, value in (logs or {}).items():
            part = "validation" if name.startswith(_VALIDATION) else "train"
            with self._writer(part).as_default():
                _write_scalar(f"epoch_{name.removeprefix(_VALIDATION)}", value, step=epoch)
        for writer in self._writers.values():
            writer.flush()  # whoever watches a training does not want to wait for its end

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the files; called by Keras."""
        for writer in self._writers.values():
            writer.close()

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            self._writers[part] = tf.summary.create_file_writer(str(self._folder / part))
        return self._writers[part]


def _write_scalar(name: str, value: Any, *, step: int) -> None:
    # tf.summary.scalar asks for the package tensorboard, to make this description of a curve.
    about = tf.compat.v1.SummaryMetadata()
    about.plugin_data.plugin_name = "scalars"
    tf.summary.write(name, tf.cast(value, tf.float32), step=step, metadata=about)
