"""An explanation as a value: a photo, where the evidence for a class lies, and in which stage."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from transferleaf.errors import ConfigError
from transferleaf.explanations.heat_colours import heat_colours
from transferleaf.explanations.picture import picture_of
from transferleaf.whole_files import written_whole

Method = Literal["stage-cam", "grad-cam"]

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """Where a classifier sees what speaks for a class.

    Attributes:
        photo: What was explained, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255]; one
            from a file is reduced to at most 640 pixels a side.
        heatmap: What speaks for the class, shape ``(height, width)``, ``float32``, in [0, 1]; 1 is
            the strongest place of this photo, 0 is no evidence or evidence against.
        class_name: The class that is explained.
        probability: Its probability, in [0, 1].
        rival: The most probable of the other classes.
        method: ``"stage-cam"`` or ``"grad-cam"``.
        stage: The stage whose map is shown; ``None`` for the sum of all that feed the head.
        on_leaf: Share of the heat that lies on the leaf, in [0, 1]; ``None`` where leaf and
            background cannot be told apart, or where there is no heat.
        stage_evidence: What each stage that feeds the head adds to the logarithm of
            ``probability / probability of rival``, compared with the average training photo;
            from low-level to high-level. Positive speaks for the class.
        bias: What that logarithm is without any of it: their sum is the logarithm.
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
        """How much of the evidence, for and against, comes from each stage; the sum is 1."""
        sizes = [abs(evidence) for _, evidence in self.stage_evidence]
        total = sum(sizes) or 1.0
        names = (stage for stage, _ in self.stage_evidence)
        return tuple((name, size / total) for name, size in zip(names, sizes, strict=True))

    def overlay(self, *, opacity: float = 0.75) -> npt.NDArray[np.uint8]:
        """Lay the heat over the photo, the more of it the hotter.

        Args:
            opacity: Of the hottest place, in [0, 1]; what has no heat shows the photo itself.

        Returns:
            Shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

        Raises:
            ConfigError: ``opacity`` is out of its range.
        """
        if not 0 <= opacity <= 1:
            raise ConfigError("opacity", opacity, "lie in [0, 1]")
        cover = (opacity * np.sqrt(self.heatmap))[..., None]
        mixed = (1 - cover) * self.photo + cover * heat_colours(self.heatmap)
        return np.round(mixed).astype(np.uint8)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write a picture: the photo, the overlay beside it, and a legend.

        A file of that name is replaced.

        Args:
            path: Ends in ``.png``, ``.jpg``, ``.jpeg`` or ``.webp``.

        Returns:
            The path.

        Raises:
            ConfigError: It ends in something else.
            OSError: It cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in _FORMATS:
            raise ConfigError("path", str(path), f"end in one of {list(_FORMATS)}")
        with written_whole(path) as file:
            file.write(self._picture(_FORMATS[path.suffix.lower()]))
        return path

    def to_dict(self) -> dict[str, Any]:
        """Return what is no picture, ready for JSON."""
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
        return f"Explanation({height}x{width}, {json.dumps(self.to_dict(), ensure_ascii=False)})"

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
            title=f"{self.class_name}: {self.probability:.1%}",
            below=self._below(),
        )
        picture.save(buffer, form, quality=90)
        return buffer.getvalue()
