"""Loading of weights from an HDF5 file, in the layout of Keras 3 or of older versions.

The loader of Keras ignores extra values silently, and its messages do not name the file, so the
content of the file is compared with the network first.
"""

from __future__ import annotations

import tempfile
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import h5py
import keras

from transferleaf.backbones.weights.layer_weights import LayerWeights, Transfer, copy_weights
from transferleaf.errors import WeightsFileError


def load_h5(model: keras.Model, transfer: Transfer) -> None:
    """Load all weights of ``model``. The layout is read from the content, not from the name.

    Raises:
        WeightsFileError: The file is damaged.
        WeightsMismatchError: The weights belong to another network, or are incomplete.
    """
    try:
        with h5py.File(transfer.path, "r") as file:
            # A whole model in the old layout has its weights in a separate group.
            group = file.get("model_weights", file)
            if _names(group, "layer_names"):
                _load_in_old_layout(model, group, transfer)
            else:
                _check_new_layout(model, file, transfer)
                keras.saving.load_weights(model, transfer.path)
    except (OSError, KeyError) as error:
        raise WeightsFileError(transfer.path, f"it is not a valid HDF5 file ({error})") from error


def _load_in_old_layout(model: keras.Model, group: h5py.Group, transfer: Transfer) -> None:
    """Copy by name if all names agree, otherwise in network order.

    The order is used for files whose layers have other names, such as most of those that
    ``keras.applications`` publishes.
    """
    needed = {
        # Older Keras saved trainable weights first.
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
    """Read a list of names, which Keras splits into numbered attributes if it is long."""
    parts = [group.attrs[attribute]] if attribute in group.attrs else []
    numbered = (group.attrs.get(f"{attribute}{number}") for number in count())
    parts.extend(takewhile(lambda part: part is not None, numbered))
    return [_text(name) for part in parts for name in part]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _check_new_layout(model: keras.Model, file: h5py.File, transfer: Transfer) -> None:
    """Compare the file with the weights that Keras would save for ``model``."""
    if not transfer.path.name.endswith(".weights.h5"):
        # Keras 3 reads a file with any other extension in the old layout.
        reason = "it has the layout of Keras 3; rename it to end in .weights.h5"
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
    """Sort layers in network order, as HDF5 lists them alphabetically."""
    order = {layer.name: position for position, layer in enumerate(model.layers)}
    return dict(sorted(weights.items(), key=lambda item: order.get(item[1].layer, len(order))))


def _weights_by_path(file: h5py.File) -> dict[str, LayerWeights]:
    """Return the weights in a Keras 3 file by path, without optimizer and metrics."""
    weights: dict[str, LayerWeights] = {}

    def note(path: str, item: Any) -> None:
        if path.startswith("layers/") and path.endswith("/vars") and len(item):
            # Keras stores the name of the layer next to the path, which counts classes.
            layer = str(item.attrs.get("name", path))
            weights[path] = LayerWeights(layer, [item[key] for key in sorted(item, key=int)])

    file.visititems(note)
    return weights
