"""Loading of weights files into a network: either all weights, or an error with the mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras

from transferleaf.backbones.backbone import weighted_layers
from transferleaf.backbones.layer_weights import LayerWeights, Transfer, copy_weights
from transferleaf.backbones.names import number_anew
from transferleaf.backbones.weights_h5 import load_h5
from transferleaf.errors import ConfigError, WeightsFileError, WeightsNotFoundError


def checked_weights_path(weights: str | Path) -> Path:
    """Return the path of an existing weights file.

    Raises:
        WeightsNotFoundError: The file does not exist.
        ConfigError: It has an unknown extension.
    """
    path = Path(weights)
    if not path.is_file():
        raise WeightsNotFoundError(path)
    if path.suffix not in (".h5", ".keras"):
        raise ConfigError("weights", str(path), "end in .weights.h5, .h5 or .keras")
    return path


def load_weights_file(model: keras.Model, path: Path, *, backbone: str) -> None:
    """Load all weights of ``model`` from a file.

    Args:
        model: A functional model.
        path: ``.weights.h5`` or ``.h5`` from Keras 3 or older (such as the ``notop`` files of
            ``keras.applications``), or ``.keras``, a model with layers of the same names and
            possibly others.
        backbone: Name of the model, for messages.

    Raises:
        WeightsFileError: The file is damaged.
        WeightsMismatchError: The weights belong to another network, or are incomplete.
    """
    transfer = Transfer(path, backbone)
    if path.suffix == ".keras":
        _load_whole_model(model, transfer)
    else:
        load_h5(model, transfer)


def _load_whole_model(model: keras.Model, transfer: Transfer) -> None:
    try:
        whole = keras.saving.load_model(transfer.path, compile=False, safe_mode=True)
    except Exception as error:  # not a zip file, unknown classes, lambdas, damaged values
        raise WeightsFileError(transfer.path, f"Keras cannot load it ({error})") from error
    needed = _by_name(model)
    found = _network_inside(whole, needed)
    transfer.check_all_needed(needed, found)
    pairs = [(weights, found[name]) for name, weights in needed.items()]
    transfer.check_shapes(pairs)
    copy_weights(pairs)


def _network_inside(
    whole: keras.Model, needed: Mapping[str, LayerWeights]
) -> dict[str, LayerWeights]:
    """Return the layers of the model with most required names: ``whole`` or one inside it."""
    models = [layer for layer in whole._flatten_layers() if isinstance(layer, keras.Model)]
    for model in models:
        if hasattr(model, "operations"):
            number_anew(model)  # this copy is used nowhere else
    return max(map(_by_name, models), key=lambda found: len(found.keys() & needed.keys()))


def _by_name(model: keras.Model) -> dict[str, LayerWeights]:
    return {name: LayerWeights(name, layer.weights) for name, layer in weighted_layers(model)}
