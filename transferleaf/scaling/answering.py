"""Predictions for a part of photos, by a classifier that was made ready once."""

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
    """Write the predictions of each part into a folder.

    Attributes:
        classifier: Answers; Keras pickles it as the ``.keras`` file that it would save.
        folder: Where the files go.
        work: What decides the answers besides the photos; part of the files' names.
        top_k: How many of the most probable classes to name.
        photos: How many photos there are in all, which decides on the engine.
    """

    classifier: TransferClassifier
    folder: OutputFolder
    work: str
    top_k: int
    photos: int
    on_tensorflow: ClassVar[bool] = True

    def open(self, threads: int | None) -> Callable[[Part], int]:
        """Make ready what answers a part, writes its file, and tells how many have no answer."""
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
    """A classifier whose backbone runs on one engine, however many parts it answers.

    Attributes:
        classifier: Has the head and what is known of leaves.
        prefix: Runs the backbone.
        groups: What feeds the head.
        decoders: Threads that decode photos.
    """

    classifier: Any
    prefix: FrozenPrefix
    groups: tuple[FeatureGroup, ...]
    decoders: int | None
    _head: Any = field(repr=False)

    @classmethod
    def by(cls, classifier: TransferClassifier, *, photos: int, threads: int | None) -> Answering:
        """Make a classifier ready.

        Args:
            classifier: Answers.
            photos: About how many photos there are; a few are not worth a compiled engine.
            threads: Cores that may be used; all of the machine's where ``None``.
        """
        from transferleaf.features.frozen import FrozenPrefix
        from transferleaf.features.store import FeatureStore
        from transferleaf.freezing.feature_groups import feature_groups
        from transferleaf.head.layers import read_head
        from transferleaf.progress import Reporter

        backbone = classifier.backbone
        return cls(
            classifier=classifier,
            prefix=FrozenPrefix(
                backbone=backbone,
                store=FeatureStore(),  # nothing is stored: such photos are seldom seen twice
                reporter=Reporter(2),  # lines, no bars: several workers would draw over each other
                photos=photos,
                threads=threads,
            ),
            groups=feature_groups(classifier.freeze, backbone.describe()),
            decoders=None if threads is None else max(2, threads),
            _head=read_head(classifier),
        )

    def answer(self, files: FetchedPhotos, top_k: int) -> list[LeafPrediction]:
        """Say what photos show, in their order; of those that cannot be read, why not."""
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
