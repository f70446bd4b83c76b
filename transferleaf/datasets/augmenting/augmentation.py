"""Random changes to training photos, described by one value and made by Keras' own layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from transferleaf.errors import ConfigError

Flip: TypeAlias = Literal["none", "horizontal", "horizontal_and_vertical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """What may happen to a training photo. 0 and ``None`` leave a thing as it is.

    Attributes:
        flip: Mirror left and right, or also up and down, each in half of the photos.
        rotation: Turn by up to this share of a full turn, either way; in [0, 1].
        zoom: Enlarge or shrink by up to this share; in [0, 1).
        brightness: Add up to this share of the full range, or take it away; in [0, 1].
        contrast: Stretch or squeeze the values around their mean by up to this share; in [0, 1].
        saturation: Strength of a change of saturation, either way; in [0, 1). At 0.1 it is
            multiplied by 0.82 to 1.22.
        hue: Turn the hue by up to half of this share of the colour circle, either way; in [0, 1].
        rand_augment: Magnitude of RandAugment, 1 to 10; two random operations per batch.
        mix_up: Alpha of MixUp, in [0, 1]; photos and labels of a batch are blended.
        cut_mix: Alpha of CutMix, in [0, 1]; a patch comes from another photo of the batch, and
            so does its share of the label. With ``mix_up``, batches take turns.

    Raises:
        ConfigError: A value is out of its range.

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

    def __post_init__(self) -> None:
        if self.flip not in get_args(Flip):
            raise ConfigError("flip", self.flip, f"be one of {list(get_args(Flip))}")
        for name in ("rotation", "brightness", "contrast", "hue", "mix_up", "cut_mix"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(name, getattr(self, name), "lie in [0, 1]")
        for name in ("zoom", "saturation"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(name, getattr(self, name), "lie in [0, 1)")
        if self.rand_augment is not None and self.rand_augment not in range(1, 11):
            raise ConfigError("rand_augment", self.rand_augment, "be a whole number 1 to 10")

    @classmethod
    def leaf(cls) -> Augmentation:
        """What suits photos of leaves.

        A leaf has no upper side in a photo, so it is flipped and turned freely. Colour tells
        many diseases, so it hardly changes.
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
    def from_dict(cls, values: Mapping[str, Any]) -> Augmentation:
        """Restore what ``to_dict`` gave.

        Raises:
            ConfigError: A name or a value is none of ours.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError("augmentation", name, f"be one of {known}")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Describe this value for JSON.

        >>> Augmentation.from_dict(Augmentation.leaf().to_dict()) == Augmentation.leaf()
        True
        """
        return asdict(self)

    @property
    def mixes_labels(self) -> bool:
        """Whether a photo may show two classes, so that labels are shares."""
        return self.mix_up > 0 or self.cut_mix > 0

    def apply(self, dataset: Any, *, classes: int, seed: int) -> Any:
        """Change the photos of each batch at random.

        Args:
            dataset: A ``tf.data.Dataset`` of batches ``(images, labels)`` or ``(images, labels,
                weights)``: images of shape ``(batch, height, width, 3)``, RGB in [0, 255], and
                labels of shape ``(batch,)`` or one-hot. Weights stay as they are.
            classes: Number of classes.
            seed: The same seed gives the same changes in a newly made data set; each epoch has
                others.

        Returns:
            A ``tf.data.Dataset`` of the same length. Its images are ``float32`` in [0, 255]; its
            labels are ``float32`` shares of shape ``(batch, n_classes)`` if this value mixes
            labels, else as they were. ``dataset`` itself if nothing may happen.

        Raises:
            ConfigError: ``dataset`` holds something else, photos with weights would be mixed, or
                ``seed`` is negative.
        """
        if seed < 0:
            raise ConfigError("seed", seed, "be at least 0")
        from transferleaf.datasets.augmenting.augmentation_layers import augment

        if self == Augmentation():
            return dataset
        self._check_elements(dataset.element_spec)
        return augment(dataset, self.amounts(), classes=classes, seed=seed)

    def amounts(self) -> dict[str, Any]:
        """How much each Keras layer of augmentation does, by its name in snake case."""
        return {
            **self.to_dict(),
            "flip_horizontal": "horizontal" in self.flip,
            "flip_vertical": "vertical" in self.flip,
        }

    def _check_elements(self, spec: Any) -> None:
        if not isinstance(spec, tuple) or len(spec) not in (2, 3):
            raise ConfigError("dataset", spec, "give (images, labels) or (images, labels, weights)")
        if len(spec) == 3 and self.mixes_labels:
            raise ConfigError(
                "augmentation", self, "mix nothing where photos have weights of their own"
            )
