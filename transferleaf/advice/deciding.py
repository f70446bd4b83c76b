"""Decides the policy of a classifier with ``freeze="auto"``, at its first fit."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.advice.choosing import policy_for
from transferleaf.advice.cost import fit_seconds
from transferleaf.advice.expecting import CHOICES
from transferleaf.advice.measuring.gathering import evidence_of
from transferleaf.datasets import Augmentation
from transferleaf.errors import ConfigError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.freezing import FreezePolicy
from transferleaf.head.layers import set_dropout
from transferleaf.quadrant import Quadrant
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import duration
from transferleaf.training.feeding.bad_photos import (
    OnBadPhoto,
    PhotoReader,
    openable,
    readable,
    settle,
)
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.feeding.fewer_photos import at_most, time_first_photos
from transferleaf.training.feeding.stage_reader import StageReader
from transferleaf.training.resume import ResumeFolder
from transferleaf.training.time_limit import TimeLimit

# With a time limit, the number of measured photos per second of the limit, and per class.
_PHOTOS_A_SECOND, _FEWEST_A_CLASS = 10, 6

# The time of the measurements: some seconds, and that of reading so many photos. On two cores, they
# took 10 s where a photo takes 5 ms, and 42 s where it takes 49 ms.
_MEASURING_SECONDS, _MEASURING_PHOTOS = 5.0, 800

_FROZEN = FreezePolicy.for_quadrant(Quadrant.IV)


def decide(
    classifier: Any,
    train: Feed,
    validation: Feed | None,
    *,
    on_bad_photo: OnBadPhoto,
    limit: TimeLimit,
    resume: str | PathLike[str] | None,
    prefix: FrozenPrefix,
) -> tuple[Advice | None, FreezePolicy]:
    """Decide the policy of a classifier from its training photos, and set its dropout.

    The validation photos are not used, because they will select the best epoch.

    Args:
        classifier: A ``TransferClassifier`` whose policy is undecided.
        train: The training photos.
        validation: The validation photos.
        on_bad_photo: What to do with unreadable photos; see ``fit``.
        limit: The time limit of the fit.
        resume: Folder of the state of the fit. An interrupted fit keeps its decision.
        prefix: The frozen network. Its reporter prints the advice.

    Returns:
        The advice, and its policy with the fields that the undecided policy sets. Without time for
        gradient epochs, nothing is measured: the advice is ``None``, and the base stays frozen.

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
    before = ResumeFolder.decisions_of(resume)
    if before is not None:
        earlier = None if before.advice is None else Advice.from_dict(before.advice)
        return earlier, _decided(classifier, _FROZEN if earlier is None else earlier.policy)
    feeds = {"training": train}
    if validation is not None:
        feeds["validation"] = validation
    augmented = classifier.augment not in (None, Augmentation())
    reader = StageReader.of(classifier, prefix)
    found, missing = openable(feeds)
    measured = found
    if limit.limited:
        time_first_photos(found, reader, limit=limit)
        needed = _training_seconds(classifier, found["training"], limit, augmented=augmented)
        room = _left_after_reading(found, reader, limit, others=_MEASURING_PHOTOS)
        if needed > room - _MEASURING_SECONDS:
            least = f", which would take at least {duration(needed)}" if needed else ""
            prefix.reporter.say(
                f"The base stays frozen: the time limit of {duration(limit.seconds)} leaves no "
                f"time for gradient epochs{least}."
            )
            return None, _decided(classifier, _FROZEN)
        measured = {use: _measured_part(feed, limit, classifier) for use, feed in found.items()}
    left, broken = readable(measured, reader)
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
        augmented=augmented,
        time_limit=limit.seconds if limit.limited else None,
        time_left=_left_after_reading(found, reader, limit) if limit.limited else None,
    )
    prefix.reporter.say(advice)
    return advice, _decided(classifier, advice.policy)


def _decided(classifier: Any, policy: FreezePolicy) -> FreezePolicy:
    """Return a policy with the fields that the undecided one sets, and set the dropout."""
    decided: FreezePolicy = classifier.freeze.decided(policy)
    if classifier.dropout is None:
        set_dropout(classifier, decided.dropout)
    return decided


def _training_seconds(classifier: Any, train: Feed, limit: TimeLimit, *, augmented: bool) -> float:
    """Return the least seconds of gradient epochs; 0 if the time of a photo is unknown.

    A forward pass takes longer in TensorFlow than in the engine, which is part of that time.
    """
    if limit.photo_seconds is None:
        return 0.0
    layers = classifier.backbone.describe()
    return min(
        fit_seconds(
            policy_for(quadrant, stages=len(layers.stages)),
            augmented,
            layers,
            classes=len(classifier.classes),
            training_photos=train.photos or 0,
            forward_seconds=limit.photo_seconds,
        )
        or 0.0
        for quadrant, with_views in CHOICES
        if quadrant is not Quadrant.IV and with_views == augmented
    )


def _left_after_reading(
    feeds: Mapping[str, Feed], reader: PhotoReader, limit: TimeLimit, *, others: int = 0
) -> float:
    """Return the seconds that are left after reading the photos, and a number of others."""
    photos = others + sum(len(reader.unread(feed)) for feed in feeds.values())
    return limit.left - photos * (limit.photo_seconds or 0.0)


def _measured_part(feed: Feed, limit: TimeLimit, classifier: Any) -> Feed:
    """Return the photos to measure within a time limit, of which training needs most."""
    photos = max(int(_PHOTOS_A_SECOND * limit.seconds), _FEWEST_A_CLASS * len(classifier.classes))
    return at_most(feed, photos)
