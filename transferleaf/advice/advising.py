"""Measures photos and gives advice, for users and for a fit with ``freeze="auto"``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Any

import keras

from transferleaf.advice.advice import Advice
from transferleaf.advice.measuring.gathering import evidence_of, gather_evidence
from transferleaf.advice.wording import plain_grounds_reason
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.datasets import Augmentation, LeafDataset, open_leaves
from transferleaf.errors import ConfigError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head.layers import set_dropout
from transferleaf.scenes.plain_grounds import look_for_plain_grounds
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.checks import check_backend, check_folder
from transferleaf.training.feeding.bad_photos import OnBadPhoto, openable, readable, settle
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.feeding.fewer_photos import affordable_reading, at_most
from transferleaf.training.time_limit import TimeLimit, checked_time_limit

# Share of the given photos that will be training photos. The others are for validation and test.
_TRAINING_SHARE = 0.8

# With a time limit, the number of measured photos per second of the limit, and per class.
_PHOTOS_A_SECOND, _FEWEST_A_CLASS = 10, 6


def advise(
    data: LeafDataset | str | PathLike[str],
    *,
    backbone: str | BackboneSpec | keras.Model | Backbone = "resnet50",
    weights: str | PathLike[str] | None = "imagenet",
    image_size: int | None = None,
    time_limit: float | None = None,
    augmented: bool = True,
    seed: int = 0,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Advice:
    """Measure a data set, and recommend what to train.

    The photos run through the frozen network once. The features are stored, so a second call takes
    seconds, and a later ``fit`` on the same photos reuses them.

    Args:
        data: The photos, or a folder or table that ``open_leaves`` reads. Unreadable photos are
            left out, with a message.
        backbone: The network; see ``TransferClassifier``.
        weights: Its weights; see ``TransferClassifier``.
        image_size: Height and width of its input, in pixels. Default: that of the network.
        time_limit: Seconds that training may take. Default: no limit.
        augmented: Also cross-validate with augmented views of at most 1,000 photos. This takes
            several times as long, and a later ``fit`` reuses the views.
        seed: Random seed, at least 0.
        cache: Folder of the feature store. Default: the user's cache folder.
        verbose: 0 for no output, 1 for progress bars and the advice.

    Returns:
        The advice. Pass its ``policy`` to ``TransferClassifier(freeze=...)``.

    Raises:
        BadPhotosError, LostClassesError: No photo, or no photo of a class, can be read.
        LoneLeafError: A class has only one leaf, so there is none for the test.
        PretrainedWeightsError: The weights are not available.
    """
    photos = data if isinstance(data, LeafDataset) else open_leaves(data)
    advice = advice_on(
        photos,
        backbone=backbone,
        weights=weights,
        image_size=image_size,
        time_limit=time_limit,
        augmented=augmented,
        seed=seed,
        cache=cache,
        verbose=verbose,
    )
    Reporter(verbose).say(advice)
    return advice


def advice_on(
    photos: LeafDataset,
    *,
    backbone: str | BackboneSpec | keras.Model | Backbone,
    weights: str | PathLike[str] | None = "imagenet",
    image_size: int | None = None,
    time_limit: float | None = None,
    augmented: bool = False,
    seed: int = 0,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Advice:
    """Return the advice without printing it; see ``advise``."""
    limit = checked_time_limit(time_limit)
    check_backend()
    built = resolve_backbone(backbone, weights=weights, stages=None, image_size=image_size)
    evidence = gather_evidence(
        photos, backbone=built, augmented=augmented, seed=seed, cache=cache, verbose=verbose
    )
    training_photos = round(_TRAINING_SHARE * evidence.size.photos)
    advice = Advice.from_evidence(
        evidence,
        built.describe(),
        training_photos=training_photos,
        time_limit=limit.seconds if limit.limited else None,
        weights=None if weights is None else fspath(weights),
    )
    grounds = look_for_plain_grounds(photos.paths)
    if grounds.is_laboratory:
        note = plain_grounds_reason(grounds.share)
        return replace(advice, reasons=(*advice.reasons, note))
    return advice


def decide(
    classifier: Any,
    train: Feed,
    validation: Feed | None,
    *,
    on_bad_photo: OnBadPhoto,
    limit: TimeLimit,
    cache: str | PathLike[str] | None,
    verbose: int,
) -> tuple[Advice, FreezePolicy]:
    """Decide the policy of a classifier from its training photos, and set its dropout.

    The validation photos are not used, because they will select the best epoch.

    Args:
        classifier: A ``TransferClassifier`` whose policy is undecided.
        train: The training photos.
        validation: The validation photos.
        on_bad_photo: What to do with unreadable photos; see ``fit``.
        limit: The time limit of the fit.
        cache: Folder of the feature store.
        verbose: 0 for no output, otherwise the advice is printed.

    Returns:
        The advice, and its policy with the fields that the undecided policy sets.

    Raises:
        ConfigError: The training photos are a stream, which cannot be measured in advance.
        BadPhotosError, LostClassesError: Photos cannot be read.
        LoneLeafError: A class has only one leaf.
    """
    if train.indexed is None:
        must = (
            "be a policy where the photos are a stream, which nobody can look at in advance: take "
            "that of transferleaf.advise(data), or fit on a LeafDataset or arrays"
        )
        raise ConfigError("freeze", "auto", must)
    check_folder("cache", cache)
    feeds = {"training": train}
    if validation is not None:
        feeds["validation"] = validation
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(cache),
        reporter=Reporter(verbose),
        # The number that the fit will read, so that the same engine is chosen.
        photos=sum(feed.about_photos() for feed in feeds.values()),
    )
    left, missing = openable(feeds)
    left = _affordable(left, prefix, limit, len(classifier.classes))
    left, broken = readable(left, _StageReader(prefix))
    # The fit itself reports the photos.
    settle(
        (*missing, *broken),
        before=feeds,
        after=left,
        on_bad_photo=on_bad_photo,
        reporter=Reporter(0),
        classes=classifier.classes,
    )
    read = left["training"]
    assert read.indexed is not None
    evidence = evidence_of(read.indexed, prefix=prefix, classes=classifier.classes)
    advice = Advice.from_evidence(
        evidence,
        classifier.backbone.describe(),
        training_photos=train.about_photos() if limit.limited else evidence.size.photos,
        augmented=classifier.augment not in (None, Augmentation()),
        time_limit=limit.seconds if limit.limited else None,
    )
    prefix.reporter.say(advice)
    policy = classifier.freeze.decided(advice.policy)
    if classifier.dropout is None:
        set_dropout(classifier, policy.dropout)
    return advice, policy


def _affordable(
    feeds: dict[str, Feed], prefix: FrozenPrefix, limit: TimeLimit, classes: int
) -> dict[str, Feed]:
    """Return the photos to measure within a time limit, of which training needs most."""
    if not limit.limited:
        return feeds
    # The speed is measured here because the features of the first photos are stored afterwards.
    affordable_reading(feeds, _StageReader(prefix), limit=limit, reporter=Reporter(0))
    photos = max(int(_PHOTOS_A_SECOND * limit.seconds), _FEWEST_A_CLASS * classes)
    return {use: at_most(feed, photos) for use, feed in feeds.items()}


@dataclass(frozen=True, slots=True)
class _StageReader:
    """Reads photos by computing their features, which the evidence needs anyway."""

    prefix: FrozenPrefix

    def read_all(self, feed: Feed, label: str) -> None:
        if feed.indexed is not None:
            groups = default_groups(self.prefix.backbone.describe())
            self.prefix.rows(feed.indexed.source, View(), groups=groups, cut=None, label=label)
