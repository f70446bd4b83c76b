"""A balanced subset of the photos for a short time limit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import BadPhotosError
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import counted, duration
from transferleaf.training.feeding.bad_photos import PhotoReader
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.time_limit import WORTH_SAYING, Reading, ReadingTimes, TimeLimit

# The first photos build the engine, so only the next ones are timed.
_WARM_UP, _MEASURED = 32, 96
FIRST_PHOTOS = _WARM_UP + _MEASURED
"""Number of photos that are read to measure the time of a photo."""

# Minimum number of photos per class, independent of the limit.
_FEWEST = 2


def time_first_photos(
    feeds: Mapping[str, Feed], reader: PhotoReader, *, limit: TimeLimit, verbose: int = 0
) -> None:
    """Measure the seconds of a photo on the first unread ones, for ``limit.photo_seconds``.

    Nothing is measured if the time is known already, nobody asks for it, or few photos are unread.

    Args:
        feeds: The feeds, by purpose.
        reader: Reads photos and stores the result, so that nothing is read twice.
        limit: The time limit of the fit.
        verbose: Whether the expected time is printed, even without a limit.
    """
    feed = feeds["training"]
    if limit.photo_seconds is not None or feed.subset is None:
        return
    if not limit.limited and not verbose:
        return
    order = _by_turns(feed)
    # An earlier fit may have stored some photos, which take no time.
    unread = order[np.isin(order, reader.unread(feed))]
    if len(unread) <= FIRST_PHOTOS:
        return
    seconds = 0.0
    for part in np.split(unread[:FIRST_PHOTOS], [_WARM_UP]):
        began = time.monotonic()
        with suppress(BadPhotosError):  # they are reported later, and the others were read
            reader.read_all(feed.subset(part), "first photos")
        seconds = time.monotonic() - began
    limit.photo_seconds = seconds / _MEASURED


def affordable_reading(
    feeds: Mapping[str, Feed],
    reader: PhotoReader,
    *,
    limit: TimeLimit,
    reporter: Reporter,
    views: int = 0,
    fewest_views: int = 0,
    trains: bool = False,
) -> Reading:
    """Measure the first photos, and return what can be read within the time limit.

    The expected time is printed if it is long.

    Args:
        feeds: The feeds, by purpose.
        reader: Reads photos and stores the result, so that nothing is read twice.
        limit: The time limit of the fit.
        reporter: Prints the expected time, and how many photos and views are used.
        views: Number of augmented views of each training photo that the policy reads.
        fewest_views: Minimum number of views, at most ``views``.
        trains: Whether gradient epochs follow.

    Returns:
        The photos and views to read: all without a limit, and for streams.
    """
    everything = Reading(views=views)
    time_first_photos(feeds, reader, limit=limit, verbose=reporter.verbose)
    if limit.photo_seconds is None:
        return everything
    photos = feeds["training"].photos or 0
    unread = sum(len(reader.unread(each)) for each in feeds.values())
    times = ReadingTimes(
        photos=limit.photo_seconds * unread, view=limit.photo_seconds * photos, rows=photos
    )
    found = limit.affordable(times, views=views, fewest=fewest_views, trains=trains)
    planned = times.reading(views)
    if found != everything:
        reporter.say(
            f"Reading {_described(1.0, views)} would take about {duration(planned)}; the time "
            f"limit of {duration(limit.seconds)} leaves room for "
            f"{_described(found.share, found.views)}."
        )
    elif planned >= WORTH_SAYING:
        reporter.say(f"Reading {_described(1.0, views)}: about {duration(planned)}.")
    return found


def _described(share: float, views: int) -> str:
    """Return which photos are read.

    >>> _described(1.0, 4), _described(0.25, 0)
    ('all photos and 4 augmented views of the training photos', '25% of the photos')
    """
    photos = "all photos" if share == 1 else f"{share:.0%} of the photos"
    of_views = f" and {counted(views, 'augmented view')} of the training photos"
    return photos + of_views * (views > 0)


def smaller(feeds: Mapping[str, Feed], share: float, *, classes: int) -> dict[str, Feed]:
    """Return feeds with a share of the photos, always the same ones. Streams do not change."""
    if share >= 1:
        return dict(feeds)
    return {use: _part(feed, share, classes) for use, feed in feeds.items()}


def at_most(feed: Feed, photos: int) -> Feed:
    """Keep at most ``photos`` photos, of all classes alike and the same ones each time."""
    if feed.subset is None or feed.indexed is None or photos >= len(feed.indexed.source):
        return feed
    return feed.subset(np.sort(_by_turns(feed)[:photos]))


def _part(feed: Feed, share: float, classes: int) -> Feed:
    if feed.subset is None or feed.indexed is None:
        return feed
    return at_most(feed, max(round(share * len(feed.indexed.source)), _FEWEST * classes))


def _by_turns(feed: Feed) -> NDArray[np.int64]:
    """Return the indices of all photos in a fixed random order that alternates the classes."""
    assert feed.indexed is not None
    labels = feed.indexed.targets.argmax(axis=1)
    order = np.random.default_rng(0).permutation(len(labels))
    turn = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        own = order[labels[order] == label]
        turn[own] = np.arange(len(own))
    return order[np.argsort(turn[order], kind="stable")].astype(np.int64)
