"""Loading of weights files into a network: either all weights, or an error with the mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras

from transferleaf.backbones.backbone import weighted_layers
from transferleaf.backbones.keras_hub.presets import Preset
from transferleaf.backbones.keras_hub.saved import listed_network, rebuilt_network
from transferleaf.backbones.keras_hub.spelling import is_of_keras_hub
from transferleaf.backbones.names import number_anew
from transferleaf.backbones.weights.h5 import load_h5
from transferleaf.backbones.weights.layer_weights import LayerWeights, Transfer, copy_weights
from transferleaf.errors import (
    ConfigError,
    PretrainedWeightsError,
    WeightsFileError,
    WeightsMismatchError,
    WeightsNotFoundError,
)

_SAFETENSORS = "model.safetensors"  # the only name that KerasHub reads
_PRESET_WEIGHTS = "model.weights.h5"  # the name in the folder of a preset


def checked_weights_path(weights: str | Path) -> Path:
    """Return the path of an existing weights file.

    Raises:
        WeightsNotFoundError: The file does not exist.
        ConfigError: It has an unknown extension.
    """
    path = Path(weights)
    if not path.is_file():
        raise WeightsNotFoundError(path)
    if path.suffix not in (".h5", ".keras", ".safetensors"):
        raise ConfigError("weights", str(path), "end in .weights.h5, .h5, .keras or .safetensors")
    return path


def load_weights_file(model: keras.Model, path: Path, *, backbone: str) -> None:
    """Load all weights of ``model`` from a file.

    Args:
        model: A functional model.
        path: ``.weights.h5`` or ``.h5`` from Keras 3 or older (such as the ``notop`` files of
            ``keras.applications``); ``.keras``, a model with layers of the same names and possibly
            others; ``model.safetensors`` of timm or transformers, in the folder of its
            ``config.json``, for a network that KerasHub can convert; or what KerasHub wrote:
            ``model.weights.h5`` in the folder of a preset, a ``.keras`` file of its network, or a
            ``.weights.h5`` file of the network of a listed preset.
        backbone: Name of the model, for messages.

    Raises:
        WeightsFileError: The file is damaged.
        WeightsMismatchError: The weights belong to another network, or are incomplete.
    """
    transfer = Transfer(path, backbone)
    if path.suffix == ".keras":
        _load_whole_model(model, transfer)
    elif path.suffix == ".safetensors":
        _load_converted(model, transfer)
    elif path.name == _PRESET_WEIGHTS and (path.parent / "config.json").is_file():
        _load_preset(model, transfer)
    else:
        _load_h5(model, transfer)


def _load_h5(model: keras.Model, transfer: Transfer) -> None:
    try:
        load_h5(model, transfer)
    except WeightsMismatchError:
        # Networks of KerasHub are rebuilt here, so the layers in a file of KerasHub differ.
        whole = listed_network(transfer.backbone, transfer.path, _image_size_of(model))
        if whole is None:
            raise
        _copy_by_name(_by_name(model), _by_name(whole), transfer)


def _load_whole_model(model: keras.Model, transfer: Transfer) -> None:
    try:
        whole = keras.saving.load_model(transfer.path, compile=False, safe_mode=True)
    except Exception as error:  # not a zip file, unknown classes, lambdas, damaged values
        raise WeightsFileError(transfer.path, f"Keras cannot load it ({error})") from error
    if is_of_keras_hub(whole):
        whole = rebuilt_network(whole, _image_size_of(model))
    needed = _by_name(model)
    _copy_by_name(needed, _network_inside(whole, needed), transfer)


def _load_converted(model: keras.Model, transfer: Transfer) -> None:
    """Load a file of timm or transformers. KerasHub converts it."""
    folder = transfer.path.parent
    if transfer.path.name != _SAFETENSORS:
        raise WeightsFileError(transfer.path, f"its name is not {_SAFETENSORS!r}")
    if not (folder / "config.json").is_file():
        reason = "its folder has no config.json, which says which network it belongs to"
        raise WeightsFileError(transfer.path, reason)
    _load_preset(model, transfer)


def _load_preset(model: keras.Model, transfer: Transfer) -> None:
    """Load the folder of a file with KerasHub, which converts other formats."""
    try:
        whole = Preset(str(transfer.path.parent)).build(_image_size_of(model), "imagenet")
    except PretrainedWeightsError as error:
        reason = f"KerasHub cannot convert it ({error.reason})"
        raise WeightsFileError(transfer.path, reason) from error
    _copy_by_name(_by_name(model), _by_name(whole), transfer)


def _image_size_of(model: keras.Model) -> int:
    """Return the height and width of the input of a network, in pixels."""
    return int(model.inputs[0].shape[1])


def _copy_by_name(
    needed: dict[str, LayerWeights], found: dict[str, LayerWeights], transfer: Transfer
) -> None:
    transfer.check_all_needed(needed, found)
    transfer.check_all_used(needed, _up_to_the_last(needed, found))
    pairs = [(weights, found[name]) for name, weights in needed.items()]
    transfer.check_shapes(pairs)
    copy_weights(pairs)


def _up_to_the_last(
    needed: Mapping[str, LayerWeights], found: Mapping[str, LayerWeights]
) -> dict[str, LayerWeights]:
    """Return the layers of a file from the first to the last needed one.

    A deeper network can have all layers of this one, with others between them. A head comes after
    them.
    """
    places = [place for place, name in enumerate(found) if name in needed]
    return dict(list(found.items())[places[0] : places[-1] + 1])


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
