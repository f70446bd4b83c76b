"""TensorFlow started without the lines it writes to the terminal before any setting can stop it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile


def start_tensorflow_quietly() -> None:
    """Import TensorFlow and let it look for devices; what it says is shown only if it fails.

    For commands, which own their terminal. The lines come from C++ and go to the file descriptor
    itself, about processor features and absent GPUs, at every start.
    """
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            said.seek(0)
            with os.fdopen(os.dup(terminal), "wb") as shown:
                shutil.copyfileobj(said, shown)
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
