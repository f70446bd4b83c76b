"""A smaller image size for a time limit that leaves no time for all photos.

Smaller photos take less time, so more of them can be read. docs/retraining.md has the measurements.
"""

from __future__ import annotations

import time
from os import PathLike
from typing import Any

from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.errors import PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.head.layers import is_untrained, read_head
from transferleaf.text.wording import duration
from transferleaf.training.assembly import reassemble
from transferleaf.training.feeding.bad_photos import openable
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.feeding.fewer_photos import FIRST_PHOTOS, time_first_photos
from transferleaf.training.feeding.stage_reader import StageReader
from transferleaf.training.resume import ResumeFolder
from transferleaf.training.time_limit import ReadingTimes, TimeLimit

# The image sizes to choose from, in pixels. Below 96 px, the errors rise faster.
_SIZES = (160, 128, 96)

# Measured with the second-order head: errors fall with the number of photos to the power of -0.65
# up to about 100 photos per class, then to the power of -0.2, and with the square root of the image
# size (python -m benchmarks.retraining --only sizes).
_EXPONENT, _LATER_EXPONENT, _MANY = -0.65, -0.2, 100
_SIZE_EXPONENT = -0.5

# A smaller size must be expected to have at most this share of the errors, because the times are
# only estimated.
_WORTH = 0.9

# Seconds of making the smaller network.
_MAKING = 2.0

# Number of photos whose decoding is timed.
_DECODED = 32


def fit_size(
    classifier: Any,
    train: Feed,
    validation: Feed | None,
    *,
    limit: TimeLimit,
    resume: str | PathLike[str] | None,
    prefix: FrozenPrefix,
) -> bool:
    """Give an untrained classifier a smaller image size if that is expected to be more accurate.

    Args:
        classifier: A ``TransferClassifier``. A size that its user chose is kept.
        train: The training photos.
        validation: The validation photos.
        limit: The time limit of the fit.
        resume: Folder of the state of the fit. An interrupted fit keeps its image size.
        prefix: The frozen network. Its reporter prints the reason.

    Returns:
        Whether the image size has changed.
    """
    if not limit.limited or not _is_free(classifier):
        return False
    before = ResumeFolder.decisions_of(resume)
    if before is not None:
        size, why = before.image_size, ""
    else:
        size, why = _best_size(classifier, train, validation, limit, prefix)
    if size == classifier.image_size or not classifier.backbone.resizable:
        return False
    try:
        backbone = classifier.backbone.resized(size)
    except Exception:  # a layer of a plugin can raise any exception for a size
        return False
    if why:
        prefix.reporter.say(why)
    reassemble(classifier, backbone)
    limit.photo_seconds = None
    return True


def restore_size(classifier: Any) -> None:
    """Restore the default image size if a fit that chose another one did not train."""
    size = classifier._default_size
    if _is_free(classifier) and size != classifier.image_size:
        reassemble(classifier, classifier.backbone.resized(size))


def _is_free(classifier: Any) -> bool:
    """Return whether the image size may change: nobody chose it, and no weight depends on it."""
    chosen = classifier._default_size is None or classifier.backbone.leaf_map is not None
    return not chosen and is_untrained(read_head(classifier))


def expected_errors(photos_a_class: float, image_size: int) -> float:
    """Return the expected errors of a head on a frozen base, as a multiple of an unknown number.

    Args:
        photos_a_class: Training photos per class, above 0.
        image_size: Height and width of the photos, in pixels.

    >>> round(expected_errors(20, 96) / expected_errors(10, 96), 2)
    0.64
    >>> round(expected_errors(20, 96) / expected_errors(20, 192), 2)
    1.41
    """
    few = min(photos_a_class, _MANY) ** _EXPONENT
    many = max(photos_a_class / _MANY, 1.0) ** _LATER_EXPONENT
    return float(few * many * image_size**_SIZE_EXPONENT)


def _best_size(
    classifier: Any,
    train: Feed,
    validation: Feed | None,
    limit: TimeLimit,
    prefix: FrozenPrefix,
) -> tuple[int, str]:
    """Return the image size with the fewest expected errors, and why if it is smaller."""
    usual: int = classifier.image_size
    given = {"training": train}
    if validation is not None:
        given["validation"] = validation
    feeds, _ = openable(given)
    reader = StageReader.of(classifier, prefix)
    began = time.monotonic()
    time_first_photos(feeds, reader, limit=limit)
    if limit.photo_seconds is None:
        return usual, ""
    starting = max(time.monotonic() - began - FIRST_PHOTOS * limit.photo_seconds, 0.0)
    photos = feeds["training"].photos or 0
    # If the policy is undecided, there is no time for gradient epochs where photos are left out.
    policy = classifier.freeze
    trains = not policy.undecided and policy.trainable_stages != 0

    def share(photo_seconds: float, unread: int, spent: float) -> float:
        times = ReadingTimes(photos=photo_seconds * unread, view=0.0, rows=photos)
        return limit.affordable(times, views=0, fewest=0, trains=trains, spent=spent).share

    unread = sum(len(reader.unread(feed)) for feed in feeds.values())
    shares = {usual: share(limit.photo_seconds, unread, 0.0)}
    if shares[usual] == 1:
        return usual, ""
    every = sum(feed.photos or 0 for feed in feeds.values())
    decoding = min(_decoding_seconds(feeds["training"], usual), limit.photo_seconds)
    for size in _SIZES:
        if size < usual:
            seconds = decoding + (limit.photo_seconds - decoding) * (size / usual) ** 2
            again = _MAKING + starting + FIRST_PHOTOS * seconds
            shares[size] = share(seconds, every - FIRST_PHOTOS, again)
    a_class = photos / len(classifier.classes)
    errors = {size: expected_errors(part * a_class, size) for size, part in shares.items()}
    best = min(errors, key=errors.__getitem__)
    if errors[best] > _WORTH * errors[usual]:
        return usual, ""
    return best, (
        f"Photos are resized to {best} px instead of {usual} px: the time limit of "
        f"{duration(limit.seconds)} leaves time for about {shares[best]:.0%} of them instead of "
        f"{shares[usual]:.0%}, which is expected to be more accurate. Set the image size to "
        f"{usual} to keep it."
    )


def _decoding_seconds(feed: Feed, image_size: int) -> float:
    """Return the seconds of decoding a photo, measured on the last ones, which are unread."""
    assert feed.indexed is not None
    photos = len(feed.indexed.source)
    rows = range(max(photos - _DECODED, 0), photos)
    errors: dict[int, PhotoError] = {}
    began = time.monotonic()
    for _ in feed.indexed.source.read(
        rows, image_size=image_size, batch_size=_DECODED, meter=DecodeMeter(), errors=errors
    ):
        pass
    return (time.monotonic() - began) / len(rows)
