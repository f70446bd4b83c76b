"""Adaptation of a trained classifier to photos without labels, such as photos of the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.adapting.adaptation import Adaptation
from transferleaf.adapting.self_training import self_trained
from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.files import is_folder, named_path, photos_below
from transferleaf.errors import BadPhotosError, ConfigError, FolderLayoutError, Found, PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.photos import PhotoFiles, PhotoSource
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View, views_of
from transferleaf.freezing.feature_groups import FeatureGroup, feature_groups
from transferleaf.head.layers import read_head, write_head
from transferleaf.head.out_of_fold import deal_leaves
from transferleaf.head.solver import HeadProblem, LinearHead
from transferleaf.head.space import Floats
from transferleaf.text.progress import Reporter
from transferleaf.training.checks import check_folder, check_trained
from transferleaf.training.feeding.bad_photos import (
    CHOICE,
    OnBadPhoto,
    SkippedPhoto,
    check_choice,
    unopenable,
)
from transferleaf.training.feeding.class_weight import ClassWeight, checked_class_weight
from transferleaf.training.feeding.feeds import FeedFormat, IndexedPhotos, open_validation
from transferleaf.training.phases.head_inputs import HeadInputs, stored_inputs

_EXPECTED = "give a folder of photos without labels, such as photos of the field."


def adapt_to(
    classifier: Any,
    unlabeled: str | PathLike[str] | Sequence[str | PathLike[str]] | LeafDataset,
    *,
    training_data: Any,
    class_weight: ClassWeight = None,
    on_bad_photo: OnBadPhoto = "raise",
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Adaptation:
    """Adapt the head to photos without labels, such as photos of the field.

    The classifier predicts a class for each of these photos. Its head is then solved again on the
    training photos and those photos whose predicted class has a probability of at least 0.7. The
    frozen base does not change. This improves the accuracy if most predictions are correct already,
    and makes it worse if they are not. Therefore, two heads, each solved on half of the training
    photos, must agree on at least 60 % of the photos without labels. Otherwise, the head is not
    changed. With fewer than about 20 training photos per class, these heads are much less accurate
    than the classifier, so the head may stay unchanged although it would become better.

    Call ``calibrate`` afterwards, if possible with labelled photos of the same kind.

    Args:
        classifier: A trained ``TransferClassifier`` with a frozen base.
        unlabeled: A folder of photos, the paths of photos, or a ``LeafDataset``, whose labels are
            not used.
        training_data: The photos of ``fit``: a ``LeafDataset``, or a tuple of images and labels.
            Their stored features are used.
        class_weight: The class weights of ``fit``.
        on_bad_photo: ``"raise"`` refuses unreadable photos, ``"skip"`` leaves them out, prints a
            list, and adds those without labels to ``skipped_photos``.
        cache: Folder of the feature store; see ``fit``.
        verbose: 0 for no output.

    Returns:
        The result, which is also printed. ``docs/field.md`` shows how much it helps.

    Raises:
        ConfigError: An argument is invalid, or the policy trains stages of the backbone.
        NotTrainedError: The classifier is not trained.
        ClassMismatchError: The training data has other classes than the classifier.
        FolderLayoutError: The folder does not exist or contains no photos.
        BadPhotosError: Photos cannot be read.
    """
    check_folder("cache", cache)
    check_choice(on_bad_photo, ())
    check_trained(classifier, "an adaptation")
    if classifier.freeze.trainable_stages:
        must = "keep the base frozen, such as freeze='IV': only the head is adapted"
        raise ConfigError("freeze", Found(repr(classifier.freeze)), must)
    form = FeedFormat(classes=classifier.classes, image_size=classifier.image_size, labels="sparse")
    feed = open_validation(training_data, form=form, batch_size=None, what="training_data")
    if feed is None or feed.indexed is None:
        must = "be the training photos: a LeafDataset, or a tuple of images and labels"
        raise ConfigError("training_data", Found(type(training_data).__name__), must)
    weights = checked_class_weight(class_weight, feed, len(classifier.classes))
    paths = photos_without_labels(unlabeled)
    reporter = Reporter(verbose)
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(cache),
        reporter=reporter,
        # At least the number of fit, so that the engine does not depend on what is stored.
        photos=max(len(paths), classifier.photos_of_fit),
    )
    reader = _Reader(
        prefix=prefix,
        groups=feature_groups(classifier.freeze, classifier.backbone.describe()),
        skip=on_bad_photo == "skip",
    )
    labelled = reader.labelled(feed.indexed, _views(classifier), classifier.freeze.head_domains)
    (found,), left_out = reader.read(PhotoFiles(paths), [View()], "photos without labels")
    head, result = self_trained(
        labelled.problem(weights),
        labelled.halves(weights),
        found.read(),
        head=_plain(classifier),
        groups=reader.groups,
    )
    if result.adapted:
        write_head(classifier, head)
        classifier.calibration = classifier.class_means = None
    classifier.adaptation = result
    classifier.skipped_photos += tuple(
        SkippedPhoto(path=error.path, reason=error.reason, used_for="adaptation")
        for error in left_out
    )
    reporter.say(str(result))
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Labelled:
    """The training photos in all views."""

    indexed: IndexedPhotos
    views: list[StoredGroups]
    scenes: list[bool]
    domains: int

    def _inputs(self) -> HeadInputs:
        return stored_inputs(self.indexed, self.views, scenes=self.scenes)

    def problem(self, weights: Floats | None) -> HeadProblem:
        return self._inputs().problem(weights, domains=self.domains)

    def halves(self, weights: Floats | None) -> tuple[HeadProblem, HeadProblem]:
        """Return two halves of the photos, in all views, without a common leaf."""
        labels = self.indexed.targets.argmax(axis=1)
        leaves = self.indexed.leaves or (None,) * len(labels)
        inputs = self._inputs()
        starts = np.arange(len(self.views))[:, np.newaxis] * len(labels)
        halves = deal_leaves(labels, leaves, 2, seed=0)
        if len(halves) < 2:
            raise ConfigError("training_data", Found("one leaf"), "show at least two leaves")
        one, other = (
            inputs.part((starts + half).ravel()).problem(weights, domains=self.domains)
            for half in halves
        )
        return one, other


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reader:
    """Reads the features of photos, without unreadable ones if ``skip`` is true."""

    prefix: FrozenPrefix
    groups: tuple[FeatureGroup, ...]
    skip: bool

    def labelled(self, indexed: IndexedPhotos, views: Sequence[View], domains: int) -> _Labelled:
        found, left_out = self.read(indexed.source, views, "training photos")
        scenes = [view.is_scene for view in views]
        if not left_out:
            return _Labelled(indexed=indexed, views=found, scenes=scenes, domains=domains)
        assert isinstance(indexed.source, PhotoFiles)
        bad = {error.path for error in left_out}
        rows = np.flatnonzero([path not in bad for path in indexed.source.paths])
        part = replace(
            indexed,
            targets=indexed.targets[rows],
            weights=indexed.weights[rows],
            leaves=indexed.leaves and tuple(indexed.leaves[row] for row in rows.tolist()),
        )
        return _Labelled(indexed=part, views=found, scenes=scenes, domains=domains)

    def read(
        self, source: PhotoSource, views: Sequence[View], what: str
    ) -> tuple[list[StoredGroups], Sequence[PhotoError]]:
        """Return the features of readable photos in each view, and the errors of the others."""
        if not isinstance(source, PhotoFiles):
            return self._rows(source, views, what), ()
        errors = unopenable(source)
        rows = None
        if left := _without(source, errors):
            try:
                rows = self._rows(left, views, what)
            except BadPhotosError as bad:
                errors = [*errors, *bad.errors]
                left = _without(source, errors)
        if errors:
            remedy = CHOICE if not self.skip or left is None else "They are left out."
            found = BadPhotosError(errors, photos=len(source.paths), remedy=remedy)
            if not self.skip or left is None:
                raise found
            self.prefix.reporter.quote(str(found))
        if rows is None:
            assert left is not None
            rows = self._rows(left, views, what)
        return rows, errors

    def _rows(self, source: PhotoSource, views: Sequence[View], what: str) -> list[StoredGroups]:
        return [
            self.prefix.rows(
                source, view, groups=self.groups, cut=None, label=f"features of the {what}"
            ).features.select(self.groups)
            for view in views
        ]


def _without(source: PhotoFiles, errors: Sequence[PhotoError]) -> PhotoFiles | None:
    """Return the photos without errors; ``None`` if there are none."""
    bad = {error.path for error in errors}
    left = tuple(path for path in source.paths if path not in bad)
    return PhotoFiles(left) if left else None


def _views(classifier: Any) -> Sequence[View]:
    """Return the views of the training photos that ``fit`` stored."""
    augment = classifier.augment
    if augment is None or augment == Augmentation() or augment.mixes_labels:
        return (View(),)
    return views_of(augment, classifier.freeze.views)


def _plain(classifier: Any) -> LinearHead:
    """Return the head without the temperature of a calibration."""
    head = read_head(classifier)
    if classifier.calibration is None:
        return head
    factor = np.float32(classifier.calibration.temperature)
    return replace(head, kernel=head.kernel * factor, bias=head.bias * factor)


def photos_without_labels(unlabeled: Any) -> tuple[Path, ...]:
    """Return the photos of a folder, a list of paths or a data set.

    Raises:
        ConfigError: It is something else, or an empty list.
        FolderLayoutError: The folder does not exist or contains no photos.
    """
    if isinstance(unlabeled, LeafDataset):
        return unlabeled.paths
    if isinstance(unlabeled, (str, PathLike)):
        root = named_path("unlabeled", unlabeled)
        if not is_folder(root):
            raise FolderLayoutError(root, "is not a folder", _EXPECTED)
        paths = tuple(sorted(photos_below(root)))
        if not paths:
            raise FolderLayoutError(root, "contains no photos", _EXPECTED)
        return paths
    if not isinstance(unlabeled, (list, tuple)) or not unlabeled:
        must = "be a folder of photos, a list of their paths, or a LeafDataset"
        raise ConfigError("unlabeled", Found(type(unlabeled).__name__), must)
    return tuple(named_path("unlabeled", path) for path in unlabeled)
