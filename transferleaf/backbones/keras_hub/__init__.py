"""Backbones of KerasHub, the successor of keras-cv. Only this package uses KerasHub.

``keras_hub:<preset>`` names any preset that KerasHub can find. The presets in ``listed`` are built
from explicit arguments, so their random networks need no download.
"""

from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.backbones.keras_hub.presets import PREFIX, preset_spec
from transferleaf.backbones.spec import BackboneSpec

__all__ = ["PREFIX", "keras_hub_names", "keras_hub_spec"]


def keras_hub_names() -> list[str]:
    """Return the names of the listed presets."""
    return [f"{PREFIX}{preset}" for preset in LISTED]


def keras_hub_spec(name: str) -> BackboneSpec:
    """Return the specification with the name ``keras_hub:<preset>``.

    Raises:
        MissingExtraError: The preset must be read, and KerasHub is not installed.
        PretrainedWeightsError: The configuration of the preset is not available.
        BackboneStructureError: It is not a network for photos that can be divided into stages.
    """
    preset = name.removeprefix(PREFIX)
    return LISTED[preset].spec(preset) if preset in LISTED else preset_spec(preset)
