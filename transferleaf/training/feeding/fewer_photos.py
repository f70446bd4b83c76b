"""Under a short time limit: as many photos as there is time to read, of all classes alike."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import BadPhotosError
from transferleaf.progress import Reporter
from transferleaf.training.feeding.bad_photos import PhotoReader
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.time_limit import TimeLimit
from transferleaf.wording import duration

# The first photos make the engine; the next ones tell how fast it is.
_WARM_UP, _MEASURED = 32, 96

# Of each class at least so many photos are read, whatever the limit.
_FEWEST = 2


def affordable_share(
    feeds: Mapping[str, Feed],
    reader: PhotoReader,
    *,
    limit: TimeLimit,
    views: int,
    reporter: Reporter,
) -> float:
    """Measure which share of the photos there is time to read.

    Args:
        feeds: By what they are used for.
        reader: Reads photos and keeps what it made of them, so that nothing is read twice.
        limit: The limit of the fit.
        views: Changed views of each training photo that are read too.
        reporter: Says what is left out.

    Returns:
        In (0, 1]; 1 without a limit, and for streams.
    """
    feed = feeds["training"]
    photos = feed.photos or 0
    if not limit.limited or feed.subset is None or photos <= _WARM_UP + _MEASURED:
        return 1.0
    if limit.photo_seconds is None:
        seconds = 0.0
        for part in np.split(_by_turns(feed)[: _WARM_UP + _MEASURED], [_WARM_UP]):
            began = time.monotonic()
            try:
                reader.read_all(feed.subset(part), "first photos")
            except BadPhotosError:
                return 1.0  # the whole reading will name them
            seconds = time.monotonic() - began
        limit.photo_seconds = seconds / _MEASURED
    reads = photos * views + sum(each.photos or 0 for each in feeds.values())
    total = limit.photo_seconds * reads
    share = limit.affordable_share(total)
    if share < 1:
        reporter.say(
            f"Reading all photos would take about {duration(total)}; the time limit of "
            f"{duration(limit.seconds)} leaves room for {share:.0%} of them."
        )
    return share


def smaller(feeds: Mapping[str, Feed], share: float, *, classes: int) -> dict[str, Feed]:
    """Keep a share of the photos, the same ones each time; streams stay as they are."""
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
    """Positions of all photos in a fixed random order in which the classes take turns."""
    assert feed.indexed is not None
    labels = feed.indexed.targets.argmax(axis=1)
    order = np.random.default_rng(0).permutation(len(labels))
    turn = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        own = order[labels[order] == label]
        turn[own] = np.arange(len(own))
    return order[np.argsort(turn[order], kind="stable")].astype(np.int64)
