"""Networks in files that KerasHub itself wrote, whose layers differ from those of a backbone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras

from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.backbones.keras_hub.networks import network_of, tower_of
from transferleaf.backbones.keras_hub.presets import PREFIX


def rebuilt_network(network: Any, image_size: int) -> keras.Model:
    """Return a KerasHub network or the one inside a task with the layers of a backbone.

    Args:
        network: The network.
        image_size: Height and width of the input, in pixels.

    Raises:
        BackboneStructureError: It is not a network for photos that can be divided into stages.
    """
    model, _ = network_of(tower_of(getattr(network, "backbone", network)), image_size)
    return model


def listed_network(name: str, path: Path, image_size: int) -> keras.Model | None:
    """Load a ``.weights.h5`` file that KerasHub wrote for the network of a listed preset.

    Args:
        name: Name of the backbone.
        path: The file, of the network at the image size of the preset.
        image_size: Height and width of the input, in pixels.

    Returns:
        The network with the layers of a backbone. ``None`` if the preset is not listed, or the file
        belongs to another network.
    """
    architecture = LISTED.get(name.removeprefix(PREFIX))
    if architecture is None or not name.startswith(PREFIX):
        return None
    tower = architecture.tower(name, architecture.image_size)
    try:
        tower.load_weights(path)
    except Exception:  # Keras raises several exceptions for a file of another network
        return None
    if _arrays_in(path) > len(tower.weights):  # Keras ignores the layers of a deeper network
        return None
    model, _ = network_of(tower, image_size)
    return model


def _arrays_in(path: Path) -> int:
    """Return the number of weights in a file, without the states of random generators."""
    found: list[str] = []

    def note(name: str, entry: Any) -> None:
        if isinstance(entry, h5py.Dataset) and "seed_generator" not in name:
            found.append(name)

    with h5py.File(path) as file:
        file.visititems(note)
    return len(found)
