"""Backbones of KerasHub, the successor of keras-cv; no other package of ours uses it.

``keras_hub:<preset>`` names any preset that KerasHub resolves. Those of ``listed`` are described
here, from explicit arguments, so that an untrained network needs neither weights nor a network.
"""

from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.backbones.keras_hub.presets import PREFIX, preset_spec
from transferleaf.backbones.spec import BackboneSpec

__all__ = ["PREFIX", "keras_hub_names", "keras_hub_spec"]


def keras_hub_names() -> list[str]:
    """Names of the presets that are described here."""
    return [f"{PREFIX}{preset}" for preset in LISTED]


def keras_hub_spec(name: str) -> BackboneSpec:
    """Return the spec called ``keras_hub:<preset>``.

    Raises:
        MissingExtraError: The preset has to be read, and KerasHub is not installed.
        PretrainedWeightsError: The preset's configuration cannot be had.
        BackboneStructureError: It is no network for photos that can be cut into stages.
    """
    preset = name.removeprefix(PREFIX)
    return LISTED[preset].spec(preset) if preset in LISTED else preset_spec(preset)
