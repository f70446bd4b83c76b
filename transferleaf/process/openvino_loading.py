"""Import of OpenVINO without its telemetry."""

from __future__ import annotations

from typing import Any

from transferleaf.process.hidden_packages import hidden_packages


def load_openvino() -> Any:
    """Import OpenVINO without its telemetry.

    By default, ``import openvino`` reports to its makers over the network and stores an id
    in the home folder, without asking. It does neither if its telemetry package is missing.
    """
    with hidden_packages("openvino_telemetry"):
        import openvino
        import openvino.frontend.tensorflow
    return openvino
