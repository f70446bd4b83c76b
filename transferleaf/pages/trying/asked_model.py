"""The model of a page and its capabilities."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from transferleaf.pages.trying.examples import Examples
from transferleaf.predictions import LeafPrediction

if TYPE_CHECKING:  # importing TensorFlow takes seconds, and exported files run without it
    from transferleaf.classifier import TransferClassifier
    from transferleaf.explanations import Explanation
    from transferleaf.export.running import ExportedClassifier

# An unusual size, so that nothing is specialised to one photo size.
_FIRST_PHOTO = (97, 101, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedModel:
    """A model of any kind that classifies photos.

    Attributes:
        name: Its name.
        form: ``"keras"``, or the format for an exported file, such as ``"onnx"``.
        classes: Class names.
        calibrated: Whether its verdicts include sure and unsure.
        predict: Function from files and a number of classes to a prediction for each file.
        explain: Function from a file and a class to an explanation. ``None`` if the model has no
            accessible layers.
        examples: Photos that it was trained on, if they are known.
    """

    name: str
    form: str
    classes: tuple[str, ...]
    calibrated: bool
    predict: Callable[[Sequence[Path], int], Sequence[LeafPrediction]]
    explain: Callable[[Path, str | None], Explanation] | None
    examples: Examples

    @classmethod
    def of(cls, model: TransferClassifier | ExportedClassifier, path: Path) -> AskedModel:
        """Wrap an opened model.

        Args:
            model: The model.
            path: The run folder or the file of the model.
        """

        def predict(paths: Sequence[Path], top_k: int) -> Sequence[LeafPrediction]:
            return model.predict_photos(paths, top_k=top_k)

        metadata = getattr(model, "metadata", None)  # for an exported file
        calibration = metadata or getattr(model, "calibration", None)
        return cls(
            name=path.resolve().name,
            form=getattr(model, "format", "keras"),
            classes=tuple(model.classes),
            calibrated=getattr(calibration, "threshold", None) is not None,
            predict=predict,
            explain=_explaining(model),
            examples=Examples.of_run(path, model.classes),
        )

    def begin(self) -> None:
        """Classify a first photo, so that errors appear now and the first request is fast.

        Raises:
            NotTrainedError: The model is not trained.
        """
        with tempfile.TemporaryDirectory() as folder:
            photo = Path(folder) / "first.png"
            Image.fromarray(np.full(_FIRST_PHOTO, 127, np.uint8)).save(photo)
            self.predict([photo], 1)


def _explaining(model: Any) -> Callable[[Path, str | None], Explanation] | None:
    if getattr(model, "explain", None) is None:
        return None

    def explain(path: Path, class_name: str | None) -> Explanation:
        found: Explanation = model.explain(path, class_name=class_name)
        return found

    return explain
