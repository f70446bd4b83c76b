"""KerasHub presets as backbones: its own, those of Kaggle and Hugging Face, and local folders."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from transferleaf.backbones.keras_hub.installed import import_keras_hub
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Weights
from transferleaf.backbones.weights.downloads import (
    finds_hugging_face,
    impatient_sockets,
    offline_hugging_face,
)
from transferleaf.errors import BackboneStructureError, PretrainedWeightsError

PREFIX = "keras_hub:"

_HUGGING_FACE = "hf://"

_USUAL_SIZE = 224

_REMEDY = (
    "Connect to the network once, or name the folder of a preset, as in "
    '"keras_hub:path/to/folder", which save_to_preset of KerasHub has written, or which was '
    "downloaded elsewhere"
)


class UnknownPixelsWarning(UserWarning):
    """A KerasHub network does not define its pixel convention."""


@dataclass(frozen=True)
class Preset:
    """A preset, by its name in KerasHub.

    Attributes:
        preset: A name in KerasHub, such as ``"vit_base_patch16_224_imagenet"``; a handle that
            begins with ``kaggle://`` or ``hf://``; or the path of a folder.
    """

    preset: str

    @property
    def name(self) -> str:
        """The name of the backbone."""
        return f"{PREFIX}{self.preset}"

    def build(self, image_size: int, weights: Weights) -> KerasModel:
        """Build the network; see ``BackboneSpec``."""
        from transferleaf.backbones.keras_hub.networks import network_of

        model, _ = network_of(self._tower(load_weights=weights is not None), image_size)
        return model

    def spec(self) -> BackboneSpec:
        """Read the configuration of the preset, and return its specification.

        Raises:
            MissingExtraError: KerasHub is not installed.
            PretrainedWeightsError: The configuration is not available.
            BackboneStructureError: It is not a network for photos that can be divided into stages.
        """
        from transferleaf.backbones.keras_hub import networks
        from transferleaf.backbones.keras_hub.transformers import is_transformer

        import_keras_hub(f"The backbone {self.name!r}")
        tower = self._tower(load_weights=False)
        pixels, converted_size = self._conversion()
        sizes = [networks.own_image_size(tower), converted_size, _USUAL_SIZE]
        if is_transformer(tower):  # its positions can be interpolated
            sizes.insert(0, converted_size)
        size = next(size for size in sizes if size)
        model, stages = networks.network_of(tower, size)
        step = networks.image_size_step(tower)
        return BackboneSpec(
            name=self.name,
            build=self.build,
            stages=stages,
            feature_width=int(networks.last_map(model).shape[-1]),
            pixels=pixels,
            image_size=size,
            min_image_size=min(size, networks.smallest_image_size(tower)),
            image_size_step=step,
            license="see the preset's page",
            source=f"KerasHub's preset {self.preset!r}, {type(tower).__name__}",
            pretrained="published by KerasHub",
        )

    def _tower(self, *, load_weights: bool) -> Any:
        from transferleaf.backbones.keras_hub.networks import tower_of

        keras_hub = import_keras_hub(f"The backbone {self.name!r}")
        try:
            with self._access():
                network = keras_hub.models.Backbone.from_preset(
                    self.preset, load_weights=load_weights
                )
        except Exception as error:  # no connection, no such preset, disk full, damaged file
            raise self._unavailable(error) from error
        return tower_of(network)

    def _conversion(self) -> tuple[PixelConvention, int | None]:
        """Return pixel convention and image size of the preset."""
        keras_hub = import_keras_hub(f"The backbone {self.name!r}")
        try:
            with self._access():
                converter = keras_hub.layers.ImageConverter.from_preset(self.preset)
        except (FileNotFoundError, ValueError):  # there is no converter
            converter = None
        except Exception as error:
            raise self._unavailable(error) from error
        if converter is not None:
            return convention_of(converter)
        preprocessor = self._preprocessor()
        if preprocessor is not None:
            return convention_of_preprocessor(preprocessor)
        warn_of_pixels(self.name)
        return PixelConvention(), None

    def _preprocessor(self) -> dict[str, Any] | None:
        """Read the file that says how photos are prepared in the format of transformers.

        KerasHub reads it for a few kinds of networks only.
        """
        from keras_hub.src.utils.preset_utils import get_file

        try:
            with self._access():
                path = get_file(self.preset, "preprocessor_config.json")
            found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        except Exception as error:
            raise self._unavailable(error) from error
        return found if "image_mean" in found else None

    @contextmanager
    def _access(self) -> Iterator[None]:
        """Let downloads fail within seconds; the client of Hugging Face retries for longer."""
        with impatient_sockets(), ExitStack() as stack:
            if self._is_unreachable:
                stack.enter_context(offline_hugging_face())
            yield

    @property
    def _is_unreachable(self) -> bool:
        """Whether the preset is on Hugging Face, whose server cannot be found."""
        has_client = find_spec("huggingface_hub") is not None  # KerasHub says if it is missing
        return self.preset.startswith(_HUGGING_FACE) and has_client and not finds_hugging_face()

    def _unavailable(self, error: Exception) -> PretrainedWeightsError:
        source = f"KerasHub's preset {self.preset!r}"
        reason = (str(error) or type(error).__name__).splitlines()[0]
        if self._is_unreachable:
            reason = "Hugging Face cannot be reached, and its cache does not have the files"
        return PretrainedWeightsError(self.name, source=source, reason=reason, remedy=_REMEDY)


def preset_spec(preset: str) -> BackboneSpec:
    """Return the specification of a preset. It is cached until the folder of the preset changes.

    Raises:
        MissingExtraError: KerasHub is not installed.
        PretrainedWeightsError: The configuration is not available.
        BackboneStructureError: It is not a network for photos that can be divided into stages.
    """
    config = Path(preset) / "config.json"
    changed = config.stat().st_mtime_ns if config.is_file() else None
    return _kept_spec(preset, changed)


@cache
def _kept_spec(preset: str, changed: int | None) -> BackboneSpec:
    return Preset(preset).spec()


def convention_of(converter: Any) -> tuple[PixelConvention, int | None]:
    """Return the pixel convention and the output size of a KerasHub image converter.

    Raises:
        BackboneStructureError: The converter cannot be described by a pixel convention.
    """
    scales, offsets = _three(converter.scale, 1.0), _three(converter.offset, 0.0)
    if min(scales) <= 0:
        raise BackboneStructureError(converter.name, f"its converter scales by {scales}")
    red, green, blue = zip(scales, offsets, strict=True)
    size = converter.image_size
    return (
        PixelConvention(
            mean=(-red[1] / red[0], -green[1] / green[0], -blue[1] / blue[0]),
            std=(1 / red[0], 1 / green[0], 1 / blue[0]),
        ),
        None if size is None or size[0] != size[1] else int(size[0]),
    )


def convention_of_preprocessor(config: Mapping[str, Any]) -> tuple[PixelConvention, int | None]:
    """Return the pixel convention and the size in a ``preprocessor_config.json`` of transformers.

    >>> found = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"shortest_edge": 256},
    ...          "crop_size": {"height": 224, "width": 224}}
    >>> convention_of_preprocessor(found)
    (PixelConvention(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5), channels='RGB'), 224)
    """
    factor = config.get("rescale_factor", 1 / 255) if config.get("do_rescale", True) else 1.0
    normalised = config.get("do_normalize", True)
    means = _three(config["image_mean"] if normalised else None, 0.0)
    stds = _three(config.get("image_std") if normalised else None, 1.0)
    pixels = PixelConvention(
        mean=(means[0] / factor, means[1] / factor, means[2] / factor),
        std=(stds[0] / factor, stds[1] / factor, stds[2] / factor),
    )
    cropped = config.get("do_center_crop", "crop_size" in config)
    size = config.get("crop_size" if cropped else "size")
    if isinstance(size, dict):
        size = size.get("height", size.get("shortest_edge"))
    return pixels, None if size is None else int(size)


def _three(value: Any, default: float) -> list[float]:
    if value is None:
        return [default] * 3
    return [float(part) for part in value] if hasattr(value, "__len__") else [float(value)] * 3


def warn_of_pixels(name: str) -> None:
    """Warn that a network gets unnormalised pixels."""
    warnings.warn(
        f"{name!r} has no image converter that defines its pixel convention: it gets unchanged "
        "RGB in [0, 255]. If it was trained on other values, save its ImageConverter in the "
        "preset's folder, or give an ImageClassifier that has one.",
        UnknownPixelsWarning,
        stacklevel=3,
    )
