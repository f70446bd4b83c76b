"""Features and predictions of new photos by the classifier of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split
from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.errors import BadPhotosError, ManifestError, PhotoError, RunConfigError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head
from transferleaf.reviewing.comparing import Examples, unit_length
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder, is_run
from transferleaf.text.progress import Reporter
from transferleaf.training.evidence import features_of_readable

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier

Floats = npt.NDArray[np.float32]

# Enough to find some that look like a new photo, and soon computed where they are not stored.
_EXAMPLES_A_CLASS = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenPhotos:
    """New photos with their features and predictions.

    Attributes:
        paths: The photos that can be read and that the run does not know yet.
        hashes: SHA-256 of each file.
        probabilities: Shape ``(n, n_classes)``; rows sum to 1.
        features: What the head sees, scaled, shape ``(n, n_features)``.
        examples: Photos that the classifier was trained on, to compare with.
        known: Number of photos that were left out because the run has them.
        unreadable: Number of photos that cannot be read.
    """

    paths: tuple[Path, ...]
    hashes: tuple[str | None, ...]
    probabilities: Floats
    features: Floats
    examples: Examples
    known: int
    unreadable: int


def training_photos(model: Path) -> LeafDataset | None:
    """Return the photos of a run with their parts; ``None`` if they are no longer known.

    Args:
        model: The folder of a run, or a file in it.
    """
    run = RunFolder(model if is_run(model) else model.parent)
    if not (is_run(run.path) and run.split.is_file()):
        return None
    with suppress(ManifestError, RunConfigError, OSError):
        data = Path(RunConfig.load(run.config).data)
        root = data if data.is_dir() else data.parent
        return Split.load(run.split, root, verify="presence").joined()
    return None


def see_new_photos(
    classifier: TransferClassifier,
    paths: Sequence[Path],
    trained_on: LeafDataset | None,
    *,
    verbose: int = 1,
) -> SeenPhotos:
    """Compute features and predictions of new photos. The features are stored for later training.

    Args:
        classifier: A trained classifier.
        paths: Photo files.
        trained_on: The photos of its run, or ``None``.
        verbose: 0 for silence, 1 for progress bars.

    Raises:
        BadPhotosError: No photo can be read, or the run has all of them.
    """
    hashes = content_hashes(paths)
    have = set() if trained_on is None else set(content_hashes(trained_on.paths))
    seen: set[str | None] = set()
    fresh = []
    for photo, content in enumerate(hashes):
        if content not in have and (content is None or content not in seen):
            fresh.append(photo)
            seen.add(content)
    if not fresh:
        errors = [PhotoError(path, "the run has this photo already.") for path in paths]
        raise BadPhotosError(errors, photos=len(paths), remedy="Name photos that it has not seen.")
    see = _features_of(classifier, len(fresh), Reporter(verbose))
    features, read = see([paths[photo] for photo in fresh])
    head = read_head(classifier)
    kept = [fresh[row] for row in read.tolist()]
    scaled = head.scaling.apply(features)
    return SeenPhotos(
        paths=tuple(paths[photo] for photo in kept),
        hashes=tuple(hashes[photo] for photo in kept),
        probabilities=head.probabilities(features),
        features=scaled,
        examples=_examples(classifier, trained_on, scaled, see),
        known=len(paths) - len(fresh),
        unreadable=len(fresh) - len(kept),
    )


_See = Callable[[Sequence[Path]], tuple[Floats, npt.NDArray[np.int64]]]


def _features_of(classifier: TransferClassifier, photos: int, reporter: Reporter) -> _See:
    """Return the features of readable photo files, and their indices."""
    backbone = classifier.backbone
    groups = feature_groups(classifier.freeze, backbone.describe())
    prefix = FrozenPrefix(backbone=backbone, store=FeatureStore(), reporter=reporter, photos=photos)

    def see(paths: Sequence[Path]) -> tuple[Floats, npt.NDArray[np.int64]]:
        found, read = features_of_readable(prefix, paths, groups)
        return found.read(), read

    return see


def _examples(
    classifier: TransferClassifier, trained_on: LeafDataset | None, queries: Floats, see: _See
) -> Examples:
    if trained_on is None:
        return Examples(paths=(), names=(), labels=np.zeros(0, np.int64), leaves=())
    classes = list(classifier.classes)
    known = {name: classes.index(name) for name in trained_on.classes if name in classes}
    photos = [
        photo
        for label, name in enumerate(trained_on.classes)
        if name in known
        for photo in np.flatnonzero(trained_on.labels == label)[:_EXAMPLES_A_CLASS].tolist()
    ]
    shown = trained_on.subset(photos)
    with suppress(BadPhotosError, PhotoError):
        features, read = see(shown.paths)
        shown = shown.subset(read)
        return Examples(
            paths=shown.paths,
            names=shown.names,
            labels=np.array([known[shown.classes[label]] for label in shown.labels], np.int64),
            leaves=shown.leaves,
            directions=unit_length(read_head(classifier).scaling.apply(features)),
            queries=unit_length(queries),
        )
    return Examples(paths=(), names=(), labels=np.zeros(0, np.int64), leaves=())
