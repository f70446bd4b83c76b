"""A stand-in for a classifier: it goes by the colour of a photo, and needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError
from transferleaf.explanations.explanation import Explanation
from transferleaf.predictions import Predictions, Verdict, describe_predictions

CLASSES = ("Bean___Angular_leaf_spot", "Bean___healthy", "Corn_(maize)___Common_rust_")
"""The classes of red, green and blue photos."""


class ColourModel:
    """Says what the strongest colour is; it is sure of clear colours, and knows no grey."""

    classes = CLASSES
    calibration = SimpleNamespace(threshold=0.6)

    def predict_photos(self, paths: Sequence[Path], *, top_k: int = 5) -> Predictions:
        reasons: dict[int, str] = {}
        rows = [self._shares(path, row, reasons) for row, path in enumerate(paths)]
        return describe_predictions(
            paths,
            np.array(rows).reshape(-1, 3),
            reasons,
            classes=CLASSES,
            top_k=top_k,
            verdicts=[self._verdict(max(row)) for row in rows],
        )

    def explain(self, path: Path, *, class_name: str | None = None) -> Explanation:
        photo = read_photo(path)
        shares = self._shares(path, 0, {})
        number = int(np.argmax(shares)) if class_name is None else CLASSES.index(class_name)
        heat = photo[..., number].astype(np.float32)
        return Explanation(
            photo=photo,
            heatmap=heat / max(1, heat.max()),
            class_name=CLASSES[number],
            probability=shares[number],
            rival=CLASSES[number - 1],
            method="stage-cam",
            stage=None,
            on_leaf=0.85,
            stage_evidence=(("low", 1.0),),
            bias=0.0,
        )

    def _shares(self, path: Path, row: int, reasons: dict[int, str]) -> list[float]:
        try:
            colour = read_photo(path, 8).reshape(-1, 3).mean(axis=0) + 1
        except PhotoError as error:
            reasons[row] = error.reason
            return [1 / 3] * 3
        return [float(share) for share in colour / colour.sum()]

    def _verdict(self, share: float) -> Verdict:
        return "unknown" if share < 0.35 else "sure" if share >= 0.6 else "unsure"


class ExportedColourModel(ColourModel):
    """The same as an exported file, which cannot explain."""

    explain = None
    format = "onnx"
    metadata = SimpleNamespace(threshold=0.6)
