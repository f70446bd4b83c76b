"""OpenVINO imported in such a way that it does not report on its users."""

from __future__ import annotations

import sys
from typing import Any


def load_openvino() -> Any:
    """Import OpenVINO without its telemetry.

    Left alone, ``import openvino`` reports itself to its makers over the network and keeps an id
    in the home folder, without asking. It does neither where its telemetry package is absent.
    """
    telemetry = "openvino_telemetry"
    hide = telemetry not in sys.modules
    if hide:
        sys.modules[telemetry] = None  # type: ignore[assignment]  # an import of it now fails
    try:
        import openvino
        import openvino.frontend.tensorflow
    finally:
        if hide:
            del sys.modules[telemetry]
    return openvino
