"""OpenVINO imported in such a way that it does not report on its users."""

from __future__ import annotations

from typing import Any

from transferleaf.hidden_packages import hidden_packages


def load_openvino() -> Any:
    """Import OpenVINO without its telemetry.

    Left alone, ``import openvino`` reports itself to its makers over the network and keeps an id
    in the home folder, without asking. It does neither where its telemetry package is absent.
    """
    with hidden_packages("openvino_telemetry"):
        import openvino
        import openvino.frontend.tensorflow
    return openvino
