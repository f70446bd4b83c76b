"""Predictions for parts of the photos, with a classifier that is prepared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from transferleaf.predictions import LeafPrediction, Verdict, describe_predictions
from transferleaf.scaling.fetching import FetchedPhotos, fetched
from transferleaf.scaling.output_folder import OutputFolder, part_name
from transferleaf.scaling.parts import Part
from transferleaf.scaling.prediction_table import to_parquet

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier
    from transferleaf.errors import PhotoError
    from transferleaf.features.frozen import FrozenPrefix
    from transferleaf.freezing.feature_groups import FeatureGroup
    from transferleaf.head.space import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictTask:
    """Writes the predictions of each part to a folder.

    Attributes:
        classifier: The classifier. Keras pickles it as a ``.keras`` file.
        folder: The folder of the files.
        work: A digest of everything else that determines the predictions, as part of the file
            names.
        top_k: Number of most probable classes per photo.
        photos: Total number of photos, which determines the engine.
    """

    classifier: TransferClassifier
    folder: OutputFolder
    work: str
    top_k: int
    photos: int
    on_tensorflow: ClassVar[bool] = True

    def open(self, threads: int | None) -> Callable[[Part], int]:
        """Return a function that writes the file of a part and returns the number of errors."""
        answering = Answering.by(self.classifier, photos=self.photos, threads=threads)

        def work(part: Part) -> int:
            with fetched(part.photos) as files:
                found = answering.answer(files, self.top_k)
            content = to_parquet([location.name for location in part.photos], found)
            self.folder.write(part_name(part.number, part.digest(self.work)), content)
            return sum(each.error is not None for each in found)

        return work


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A classifier whose backbone runs on one engine for all parts.

    Attributes:
        classifier: The classifier, with head and class means.
        prefix: Runs the backbone.
        groups: The feature groups of the head.
        decoders: Number of decoding threads.
    """

    classifier: Any
    prefix: FrozenPrefix
    groups: tuple[FeatureGroup, ...]
    decoders: int | None
    _head: Any = field(repr=False)

    @classmethod
    def by(cls, classifier: TransferClassifier, *, photos: int, threads: int | None) -> Answering:
        """Prepare a classifier.

        Args:
            classifier: The classifier.
            photos: Approximate number of photos. For a few, no engine is compiled.
            threads: Number of cores. Default: all.
        """
        from transferleaf.features.frozen import FrozenPrefix
        from transferleaf.features.store import FeatureStore
        from transferleaf.freezing.feature_groups import feature_groups
        from transferleaf.head.layers import read_head
        from transferleaf.text.progress import Reporter

        backbone = classifier.backbone
        return cls(
            classifier=classifier,
            prefix=FrozenPrefix(
                backbone=backbone,
                store=FeatureStore(),  # not used: such photos are seldom seen twice
                reporter=Reporter(2),  # lines instead of bars, as several workers print
                photos=photos,
                threads=threads,
            ),
            groups=feature_groups(classifier.freeze, backbone.describe()),
            decoders=None if threads is None else max(2, threads),
            _head=read_head(classifier),
        )

    def answer(self, files: FetchedPhotos, top_k: int) -> list[LeafPrediction]:
        """Return the predictions for photos, in order, with an error for unreadable ones."""
        features, errors = self._look(files)
        probabilities = self._head.probabilities(features)
        found = describe_predictions(
            files.paths,
            probabilities,
            {row: error.reason for row, error in errors.items()},
            classes=self.classifier.classes,
            top_k=top_k,
            verdicts=self._verdicts(features, probabilities),
        )
        return [
            replace(each, error=files.reasons.get(row, each.error))
            for row, each in enumerate(found)
        ]

    def _look(self, files: FetchedPhotos) -> tuple[Floats, dict[int, PhotoError]]:
        import numpy as np

        from transferleaf.datasets.photos.reading import read_photos

        errors: dict[int, PhotoError] = {}
        photos = read_photos(
            files.paths, self.prefix.backbone.image_size, workers=self.decoders, errors=errors
        )
        return np.concatenate(list(self.prefix.features(photos, self.groups))), errors

    def _verdicts(self, features: Floats, probabilities: Floats) -> tuple[Verdict, ...] | None:
        from transferleaf.calibrating.calibrating import standardised
        from transferleaf.calibrating.verdicts import verdicts

        calibration, means = self.classifier.calibration, self.classifier.class_means
        if calibration is None or means is None:
            return None
        return verdicts(
            calibration,
            means,
            features=standardised(self._head, features),
            probabilities=probabilities,
        )
