"""Import TensorFlow without its output, for pages whose docstrings need it."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from transferleaf.process.quiet_start import start_tensorflow_quietly


def setup(app: Sphinx) -> dict[str, Any]:
    """Import TensorFlow before autodoc imports the classifier."""
    start_tensorflow_quietly()
    return {"parallel_read_safe": True}
