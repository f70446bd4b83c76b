"""The model behind a page: what it is, what can be asked of it, and why something cannot."""

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

if TYPE_CHECKING:  # TensorFlow takes seconds to start, and exported files run without it
    from transferleaf.classifier import TransferClassifier
    from transferleaf.explanations import Explanation
    from transferleaf.export.running import ExportedClassifier

# An odd size, so that nothing is prepared for photos of one size only.
_FIRST_PHOTO = (97, 101, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedModel:
    """A model that answers photos, whatever its kind.

    Attributes:
        name: What it is called.
        form: ``"keras"``, or the format of an exported file, such as ``"onnx"``.
        classes: Class names.
        calibrated: Whether it can be sure or unsure.
        predict: From files and a number of classes to name, to a prediction for each file.
        explain: From a file and a class to an explanation; ``None`` where the model has no layers
            to look into.
        examples: Photos that it was trained on, where they are known.
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
        """Take a model that was opened.

        Args:
            model: Answers.
            path: The run folder or the file that it was opened from.
        """

        def predict(paths: Sequence[Path], top_k: int) -> Sequence[LeafPrediction]:
            return model.predict_photos(paths, top_k=top_k)

        metadata = getattr(model, "metadata", None)  # of an exported file
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
        """Answer a first photo, so that what goes wrong is told now, and visitors need not wait.

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
