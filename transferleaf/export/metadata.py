"""The metadata of an exported file, as JSON text that is the same in every format."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from transferleaf.backbones.registry import get_backbone, list_backbones
from transferleaf.datasets.labels import parse_label
from transferleaf.errors import ConfigError
from transferleaf.files.versions import __version__, check_version
from transferleaf.whole_numbers import whole_number

KEY = "transferleaf"
"""Name of the text in formats with named entries."""
FILE_NAME = "transferleaf.json"
"""Name of the text in formats with several files."""

PIXELS = "RGB, uint8, [0, 255], shape (batch, height, width, 3)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMetadata:
    """The metadata that a program needs to use an exported file.

    Attributes:
        classes: Class names in the order of the probabilities.
        image_size: Height and width of the network's input, in pixels.
        photo_size: Height and width of the photos that the file takes; ``None`` for any size.
        backbone: Name of the backbone.
        weights_license: License of the pretrained weights.
        quantization: The quantisation; ``None`` for float32.
        temperature: The calibration temperature, which is part of the graph; ``None`` if
            uncalibrated.
        threshold: Probability from which a prediction is "sure", in [0, 1]; ``None`` if
            uncalibrated.
        farthest: Distance above which a photo is "unknown"; ``None`` if it is not known, or if
            uncalibrated.
        transferleaf_version: The version that wrote the file.
    """

    classes: tuple[str, ...]
    image_size: int
    photo_size: tuple[int, int] | None
    backbone: str
    weights_license: str
    quantization: str | None
    temperature: float | None
    threshold: float | None
    farthest: float | None = None
    transferleaf_version: str = __version__

    @classmethod
    def of(
        cls,
        classifier: Any,
        *,
        photo_size: tuple[int, int] | None,
        quantization: str | None = None,
    ) -> ExportMetadata:
        """Return the metadata for the export of a ``TransferClassifier``."""
        # Only a calibrated classifier has these values.
        calibration = getattr(classifier, "calibration", None)
        return cls(
            classes=classifier.classes,
            image_size=classifier.image_size,
            photo_size=photo_size,
            backbone=classifier.backbone.name,
            weights_license=_license(classifier.backbone.name),
            quantization=quantization,
            temperature=None if calibration is None else float(calibration.temperature),
            threshold=None if calibration is None else _number(calibration.threshold),
            farthest=None if calibration is None else _number(calibration.farthest),
        )

    def to_json(self) -> str:
        """Return the metadata as JSON, with crop and disease of each class and the input format."""
        labels = [
            {"name": name, "crop": label.crop, "disease": label.disease, "healthy": label.healthy}
            for name, label in ((name, parse_label(name)) for name in self.classes)
        ]
        return json.dumps({**asdict(self), "pixels": PIXELS, "labels": labels}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> ExportMetadata:
        """Read the result of ``to_json``.

        Raises:
            ConfigError: A later version wrote it.
            ValueError, KeyError, TypeError: The text has another format.
        """
        values = json.loads(text)
        check_version(values["transferleaf_version"])
        del values["pixels"], values["labels"]
        size = values["photo_size"]
        changed = {
            "classes": tuple(values["classes"]),
            "photo_size": None if size is None else (size[0], size[1]),
        }
        return cls(**{**values, **changed})


def checked_photo_size(value: int | tuple[int, int] | None) -> tuple[int, int] | None:
    """Return a size as ``(height, width)``.

    Raises:
        ConfigError: The value is not a size.

    >>> checked_photo_size(224)
    (224, 224)
    """
    if value is None:
        return None
    sides = value if isinstance(value, (tuple, list)) else (value, value)
    try:
        height, width = (whole_number("photo_size", side, minimum=1) for side in sides)
    except ValueError:  # a wrong number of values, or an invalid value
        must = "be a number of pixels or (height, width)"
        raise ConfigError("photo_size", value, must) from None
    return height, width


def _license(backbone: str) -> str:
    # A custom model is not a registered backbone.
    registered = backbone in list_backbones()
    return get_backbone(backbone).license if registered else "unknown"


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
