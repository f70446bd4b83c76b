"""Settings for field scenes composed from laboratory photos, as an immutable value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from transferleaf.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScenes:
    """Random field scenes composed from photos of single leaves on a plain background.

    The leaf is cut out and placed on another background. If no leaf on a plain background is found,
    the photo keeps its background, or a strip of it is used as a leaf that fills the photo. The
    amounts are strengths: 0 disables an effect, 1 varies it as much as in field photos.

    Attributes:
        share: Share of the augmented photos that become a scene, in [0, 1]. The others do not
            change.
        backgrounds: Folder of background photos, such as photos of the field. Subfolders are
            searched. Default: drawn soil, grass and foliage, and the photo's own background.
        scale: Variation of the size of the leaf in the picture.
        light: Uneven light, exposure and tint.
        shadow: Shadows of the leaves on the background.
        blur: Blur of the background and of the whole picture, noise, and compression.
        occlusion: Other leaves and stalks in front of the leaf; they hide at most a third of it.
        neighbours: Other leaves beside and below the leaf: the same leaf, rotated and shaded.

    Raises:
        ConfigError: A value is out of range.

    >>> FieldScenes(occlusion=0).share
    1.0
    """

    share: float = 1.0
    backgrounds: str | None = None
    scale: float = 1.0
    light: float = 1.0
    shadow: float = 1.0
    blur: float = 1.0
    occlusion: float = 1.0
    neighbours: float = 1.0

    def __post_init__(self) -> None:
        for name in ("share", "scale", "light", "shadow", "blur", "occlusion", "neighbours"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ConfigError(name, value, "be in [0, 1]")
        if isinstance(self.backgrounds, os.PathLike):
            object.__setattr__(self, "backgrounds", os.fspath(self.backgrounds))
        if self.backgrounds is not None and not isinstance(self.backgrounds, str):
            raise ConfigError("backgrounds", self.backgrounds, "be the path of a folder of photos")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FieldScenes:
        """Create it from the result of ``to_dict``.

        Raises:
            ConfigError: A name or a value is invalid.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError("scenes", name, f"be one of {known}")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values.

        >>> FieldScenes.from_dict(FieldScenes(blur=0).to_dict()) == FieldScenes(blur=0)
        True
        """
        return asdict(self)
