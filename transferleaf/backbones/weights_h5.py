"""Fills a network from an HDF5 file, in the layout of Keras 3 or of the Keras before it.

Keras' own loader passes over values that it has no use for in silence, and its messages name no
file, so what a file holds is compared with what the network needs first.
"""

from __future__ import annotations

import tempfile
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import h5py
import keras

from transferleaf.backbones.layer_weights import LayerWeights, Transfer, copy_weights
from transferleaf.errors import WeightsFileError


def load_h5(model: keras.Model, transfer: Transfer) -> None:
    """Fill all weights of ``model``; the file's content tells its layout, not its name.

    Raises:
        WeightsFileError: The file is damaged.
        WeightsMismatchError: Its weights are another network's, or do not fill this one.
    """
    try:
        with h5py.File(transfer.path, "r") as file:
            # A whole model of the old layout keeps its weights in a group of their own.
            group = file.get("model_weights", file)
            if _names(group, "layer_names"):
                _load_in_old_layout(model, group, transfer)
            else:
                _check_new_layout(model, file, transfer)
                keras.saving.load_weights(model, transfer.path)
    except (OSError, KeyError) as error:
        raise WeightsFileError(transfer.path, f"it is no sound HDF5 file ({error})") from error


def _load_in_old_layout(model: keras.Model, group: h5py.Group, transfer: Transfer) -> None:
    """Copy by name where all names agree, otherwise in network order.

    Order has to do for files of builders that named their layers differently, as most of those
    that ``keras.applications`` publishes.
    """
    needed = {
        # Older Keras wrote what trains first.
        layer.name: LayerWeights(layer.name, layer.trainable_weights + layer.non_trainable_weights)
        for layer in model.layers
        if layer.weights
    }
    found = {
        name: LayerWeights(name, [group[name][weight] for weight in weights])
        for name in _names(group, "layer_names")
        if (weights := _names(group[name], "weight_names"))
    }
    if needed.keys() == found.keys():
        pairs = [(weights, found[name]) for name, weights in needed.items()]
    else:
        if len(needed) != len(found):
            transfer.check_all_needed(needed, found)
            transfer.check_all_used(needed, found)
        pairs = list(zip(needed.values(), found.values(), strict=True))
    transfer.check_shapes(pairs)
    copy_weights(pairs)


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """Read a list of names, which Keras splits over numbered attributes where it is long."""
    parts = [group.attrs[attribute]] if attribute in group.attrs else []
    numbered = (group.attrs.get(f"{attribute}{number}") for number in count())
    parts.extend(takewhile(lambda part: part is not None, numbered))
    return [_text(name) for part in parts for name in part]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _check_new_layout(model: keras.Model, file: h5py.File, transfer: Transfer) -> None:
    """Compare the file with what Keras would write of ``model``."""
    if not transfer.path.name.endswith(".weights.h5"):
        # Keras 3 would take any other name for the old layout.
        reason = "it has the layout of Keras 3; let its name end in .weights.h5"
        raise WeightsFileError(transfer.path, reason)
    with tempfile.TemporaryDirectory() as folder:
        own_path = Path(folder) / "own.weights.h5"
        keras.saving.save_weights(model, own_path)
        with h5py.File(own_path, "r") as own_file:
            needed = _in_network_order(_weights_by_path(own_file), model)
            found = _weights_by_path(file)
            transfer.check_all_needed(needed, found)
            transfer.check_all_used(needed, found)
            transfer.check_shapes([(weights, found[path]) for path, weights in needed.items()])


def _in_network_order(
    weights: dict[str, LayerWeights], model: keras.Model
) -> dict[str, LayerWeights]:
    """Sort as people read a network: HDF5 lists what it holds alphabetically."""
    order = {layer.name: position for position, layer in enumerate(model.layers)}
    return dict(sorted(weights.items(), key=lambda item: order.get(item[1].layer, len(order))))


def _weights_by_path(file: h5py.File) -> dict[str, LayerWeights]:
    """Path in a file of Keras 3 to the weights there; optimizers and metrics are left out."""
    weights: dict[str, LayerWeights] = {}

    def note(path: str, item: Any) -> None:
        if path.startswith("layers/") and path.endswith("/vars") and len(item):
            # Keras notes the layer's own name beside the path, which counts classes.
            layer = str(item.attrs.get("name", path))
            weights[path] = LayerWeights(layer, [item[key] for key in sorted(item, key=int)])

    file.visititems(note)
    return weights
