"""Measures photos and gives advice."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike, fspath

import keras

from transferleaf.advice.advice import Advice
from transferleaf.advice.measuring.gathering import gather_evidence
from transferleaf.advice.wording import plain_grounds_reason
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.datasets import LeafDataset, open_leaves
from transferleaf.scenes.plain_grounds import look_for_plain_grounds
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.checks import check_backend
from transferleaf.training.time_limit import checked_time_limit

# Share of the given photos that will be training photos. The others are for validation and test.
_TRAINING_SHARE = 0.8


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
