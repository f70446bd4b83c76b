"""An explanation of one prediction: a photo, a heat map, and the evidence of each stage."""

from __future__ import annotations

import io
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from transferleaf.errors import ConfigError
from transferleaf.explanations.heat_colours import heat_colours
from transferleaf.explanations.picture import picture_of
from transferleaf.files.whole_files import written_whole
from transferleaf.text.wording import probability

Method = Literal["stage-cam", "grad-cam"]

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """The evidence for a class in one photo.

    Attributes:
        photo: The photo, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255]. A photo from a
            file is reduced to at most 640 pixels per side.
        heatmap: The evidence for the class, shape ``(height, width)``, ``float32``, in [0, 1]. 1 is
            the strongest evidence in this photo; 0 is no evidence, or evidence against the class.
        class_name: The explained class.
        probability: Its probability, in [0, 1].
        rival: The most probable other class.
        method: ``"stage-cam"`` or ``"grad-cam"``.
        stage: The stage that the heat map shows. ``None`` for the sum of all stages.
        on_leaf: Share of the evidence that is on the leaf, in [0, 1]. ``None`` if the leaf cannot
            be separated from the background, or if there is no evidence.
        stage_evidence: The contribution of each stage to the log odds of the class against
            ``rival``, relative to the average training photo, from the first stage to the last.
            Positive values are evidence for the class.
        bias: The log odds without the contributions. ``bias`` plus all contributions is the log
            odds.
    """

    photo: npt.NDArray[np.uint8]
    heatmap: npt.NDArray[np.float32]
    class_name: str
    probability: float
    rival: str
    method: Method
    stage: str | None
    on_leaf: float | None
    stage_evidence: tuple[tuple[str, float], ...]
    bias: float

    @property
    def stage_shares(self) -> tuple[tuple[str, float], ...]:
        """The share of each stage in the absolute evidence. The shares sum to 1."""
        sizes = [abs(evidence) for _, evidence in self.stage_evidence]
        total = sum(sizes) or 1.0
        names = (stage for stage, _ in self.stage_evidence)
        return tuple((name, size / total) for name, size in zip(names, sizes, strict=True))

    def overlay(self, *, opacity: float = 0.75) -> npt.NDArray[np.uint8]:
        """Return the photo with the heat map drawn over it.

        Args:
            opacity: Opacity where the evidence is strongest, in [0, 1].

        Returns:
            Shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

        Raises:
            ConfigError: ``opacity`` is out of range.
        """
        if not 0 <= opacity <= 1:
            raise ConfigError("opacity", opacity, "be in [0, 1]")
        cover = (opacity * np.sqrt(self.heatmap))[..., None]
        mixed = (1 - cover) * self.photo + cover * heat_colours(self.heatmap)
        return np.round(mixed).astype(np.uint8)

    def save(self, path: str | PathLike[str]) -> Path:
        """Save a picture of the photo, the heat map and a legend. Replaces an existing file.

        Args:
            path: Ends in ``.png``, ``.jpg``, ``.jpeg`` or ``.webp``.

        Returns:
            The path.

        Raises:
            ConfigError: The path has another ending.
            OSError: The file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in _FORMATS:
            raise ConfigError("path", str(path), f"end in one of {list(_FORMATS)}")
        with written_whole(path) as file:
            file.write(self._picture(_FORMATS[path.suffix.lower()]))
        return path

    def to_dict(self) -> dict[str, Any]:
        """Return everything except the photo and the heat map, as a dictionary of JSON values."""
        return {
            "class_name": self.class_name,
            "probability": self.probability,
            "rival": self.rival,
            "method": self.method,
            "stage": self.stage,
            "on_leaf": self.on_leaf,
            "stage_evidence": dict(self.stage_evidence),
            "stage_shares": dict(self.stage_shares),
            "bias": self.bias,
        }

    def __repr__(self) -> str:
        height, width = self.heatmap.shape
        on_leaf = "" if self.on_leaf is None else f", on_leaf={self.on_leaf:.2f}"
        return (
            f"Explanation({self.class_name!r}, probability={self.probability:.4f}, "
            f"rival={self.rival!r}{on_leaf}, {width}x{height} pixels)"
        )

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        return self._picture("PNG")

    def _below(self) -> str:
        share = "" if self.on_leaf is None else f"; {self.on_leaf:.0%} of the heat is on the leaf"
        return f"{self.method}{share}"

    def _picture(self, form: str) -> bytes:
        buffer = io.BytesIO()
        picture = picture_of(
            self.photo,
            self.overlay(),
            title=f"{self.class_name}: {probability(self.probability)}",
            below=self._below(),
        )
        picture.save(buffer, form, quality=90)
        return buffer.getvalue()
