"""Random augmentation of training photos, as an immutable value, applied by Keras layers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from transferleaf.errors import ConfigError
from transferleaf.scenes.field_scenes import FieldScenes

Flip: TypeAlias = Literal["none", "horizontal", "horizontal_and_vertical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """Random augmentation of training photos. 0 and ``None`` disable an operation.

    Attributes:
        flip: Mirror horizontally, or horizontally and vertically, each with probability 0.5.
        rotation: Maximum rotation in both directions, as a share of a full turn, in [0, 1].
        zoom: Maximum zoom in or out, as a share, in [0, 1).
        brightness: Maximum change of brightness, as a share of the full range, in [0, 1].
        contrast: Maximum change of contrast, as a share, in [0, 1].
        saturation: Strength of the change of saturation, in [0, 1). With 0.1, the saturation is
            multiplied by 0.82 to 1.22.
        hue: Change of the hue by up to half of this share of the colour circle, in [0, 1].
        rand_augment: Magnitude of RandAugment, 1 to 10; two random operations per batch.
        mix_up: Alpha of MixUp, in [0, 1]: photos and labels of a batch are blended.
        cut_mix: Alpha of CutMix, in [0, 1]: a patch comes from another photo of the batch, with its
            share of the label. With ``mix_up``, batches alternate.
        scenes: Compose field scenes from photos of leaves on a plain background, before all other
            changes.

    Raises:
        ConfigError: A value is out of range.

    Source:
        RandAugment: Cubuk et al. (2019), arXiv:1909.13719. MixUp: Zhang et al. (2017),
        arXiv:1710.09412. CutMix: Yun et al. (2019), arXiv:1905.04899.
    """

    flip: Flip = "none"
    rotation: float = 0.0
    zoom: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    rand_augment: int | None = None
    mix_up: float = 0.0
    cut_mix: float = 0.0
    scenes: FieldScenes | None = None

    def __post_init__(self) -> None:
        if self.flip not in get_args(Flip):
            raise ConfigError("flip", self.flip, f"be one of {list(get_args(Flip))}")
        for name in ("rotation", "brightness", "contrast", "hue", "mix_up", "cut_mix"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(name, getattr(self, name), "be in [0, 1]")
        for name in ("zoom", "saturation"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(name, getattr(self, name), "be in [0, 1)")
        if self.rand_augment is not None and self.rand_augment not in range(1, 11):
            raise ConfigError("rand_augment", self.rand_augment, "be a whole number 1 to 10")
        if self.scenes is not None and not isinstance(self.scenes, FieldScenes):
            raise ConfigError("scenes", self.scenes, "be FieldScenes or None")

    @classmethod
    def leaf(cls) -> Augmentation:
        """Return an augmentation for leaf photos.

        It flips and rotates freely, because a leaf has no fixed orientation. It hardly changes
        colours, because many diseases are recognised by colour.
        """
        return cls(
            flip="horizontal_and_vertical",
            rotation=0.1,
            zoom=0.15,
            brightness=0.1,
            contrast=0.1,
            saturation=0.05,
        )

    @classmethod
    def field(cls, backgrounds: str | os.PathLike[str] | None = None) -> Augmentation:
        """Return an augmentation for photos of single leaves that prepares for photos of fields.

        Leaves on a plain background are cut out, rotated, and placed on other backgrounds, with the
        light, shadows and other leaves of a field.

        Args:
            backgrounds: Folder of background photos, best from your own fields. Default: drawn
                soil, grass and foliage.

        >>> Augmentation.field().scenes.share
        1.0
        """
        folder = None if backgrounds is None else os.fspath(backgrounds)
        # Without the changes of ``leaf``: scenes vary the same properties, and with both, the
        # accuracy on other backgrounds is lower.
        return cls(scenes=FieldScenes(backgrounds=folder))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Augmentation:
        """Create an augmentation from the result of ``to_dict``.

        Raises:
            ConfigError: A name or a value is invalid.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError("augmentation", name, f"be one of {known}")
        scenes = values.get("scenes")
        if isinstance(scenes, Mapping):
            values = {**values, "scenes": FieldScenes.from_dict(scenes)}
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values.

        >>> Augmentation.from_dict(Augmentation.leaf().to_dict()) == Augmentation.leaf()
        True
        """
        return asdict(self)

    @property
    def mixes_labels(self) -> bool:
        """Whether photos are mixed, so that labels become class distributions."""
        return self.mix_up > 0 or self.cut_mix > 0

    def apply(self, dataset: Any, *, classes: int, seed: int) -> Any:
        """Augment the photos of each batch.

        Args:
            dataset: A ``tf.data.Dataset`` of batches ``(images, labels)`` or
                ``(images, labels, weights)``, with images of shape ``(batch, height, width, 3)``,
                RGB in [0, 255], and labels of shape ``(batch,)`` or one-hot. Weights do not change.
            classes: Number of classes.
            seed: Random seed. Each epoch is augmented differently.

        Returns:
            A ``tf.data.Dataset`` of the same length with ``float32`` images in [0, 255]. If photos
            are mixed, its labels are ``float32`` distributions of shape ``(batch, n_classes)``.
            Without any operation, ``dataset`` itself.

        Raises:
            FolderLayoutError, BadPhotosError: The backgrounds of scenes cannot be read.
            ConfigError: ``dataset`` has other elements, weighted photos would be mixed, or ``seed``
                is negative.
        """
        if seed < 0:
            raise ConfigError("seed", seed, "be at least 0")
        from transferleaf.augmenting.augmentation_layers import augment

        if self == Augmentation():
            return dataset
        self._check_elements(dataset.element_spec)
        return augment(dataset, self.amounts(), self.scenes, classes=classes, seed=seed)

    def amounts(self) -> dict[str, Any]:
        """The amount of each Keras augmentation layer, by its name in snake case."""
        return {
            **self.to_dict(),
            "flip_horizontal": "horizontal" in self.flip,
            "flip_vertical": "vertical" in self.flip,
        }

    def _check_elements(self, spec: Any) -> None:
        if not isinstance(spec, tuple) or len(spec) not in (2, 3):
            raise ConfigError("dataset", spec, "give (images, labels) or (images, labels, weights)")
        if len(spec) == 3 and self.mixes_labels:
            raise ConfigError("augmentation", self, "not mix photos that have sample weights")
