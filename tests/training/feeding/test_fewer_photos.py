"""With a short time limit, a fit reads as many photos as it has time for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from transferleaf.datasets import LeafDataset
from transferleaf.errors import BadPhotosError, PhotoError
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding import fewer_photos
from transferleaf.training.feeding.feeds import FeedFormat, open_feed
from transferleaf.training.feeding.fewer_photos import affordable_reading, at_most, smaller
from transferleaf.training.time_limit import TimeLimit

CLASSES = ("a", "b")


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


class Reader:
    """Takes a second per photo."""

    def __init__(self, clock, error=None):
        self.clock, self.error = clock, error
        self.read, self.stored = [], set()

    def read_all(self, feed, label):
        new = self.unread(feed)
        self.read.append(len(new))
        self.clock.now += len(new)
        self.stored |= {feed.indexed.source.paths[row] for row in new}
        if self.error:
            raise self.error

    def unread(self, feed):
        paths = feed.indexed.source.paths
        return [row for row, path in enumerate(paths) if path not in self.stored]


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(fewer_photos, "time", clock)
    return clock


@pytest.fixture
def feeds(tmp_path):
    """300 training photos of one class and 100 of another, and 40 validation photos."""
    for name, count in (("a", 300), ("b", 100)):
        (tmp_path / name).mkdir()
        for number in range(count):
            Image.new("RGB", (4, 4), (number % 256, 0, 0)).save(tmp_path / name / f"{number}.png")
    data = LeafDataset.from_folder(tmp_path, leaves=None)
    form = FeedFormat(classes=CLASSES, image_size=4, labels="one-hot")
    rows = np.random.RandomState(0).permutation(len(data))[:40]
    return {
        "training": open_feed(data, what="x", form=form),
        "validation": open_feed(data.subset(rows), what="validation_data", form=form),
    }


def fewer(feeds, clock, *, seconds, views=0, error=None):
    limit = TimeLimit(seconds=seconds, clock=clock.monotonic)
    reader = Reader(clock, error)
    found = affordable_reading(
        feeds, reader, limit=limit, views=views, reporter=Reporter(0), trains=True
    )
    return smaller(feeds, found.share, classes=2), found.views


def test_without_a_limit_all_photos_are_kept_and_their_time_is_said(feeds, clock, capsys):
    limit = TimeLimit(seconds=float("inf"), clock=clock.monotonic)

    found = affordable_reading(feeds, Reader(clock), limit=limit, views=4, reporter=Reporter(1))

    assert (found.share, found.views) == (1, 4)
    told = "Reading all photos and 4 augmented views of the training photos: about 31 min 39 s."
    assert told in " ".join(capsys.readouterr().out.split())


def test_a_short_time_is_not_said(feeds, clock, capsys):
    limit = TimeLimit(clock=clock.monotonic)
    limit.photo_seconds = 0.01

    affordable_reading(feeds, Reader(clock), limit=limit, reporter=Reporter(1))

    assert capsys.readouterr().out == ""


def test_a_long_limit_keeps_all_photos(feeds, clock):
    found, _ = fewer(feeds, clock, seconds=10_000)

    assert [feed.photos for feed in found.values()] == [400, 40]


def test_a_short_limit_keeps_a_share_of_them(feeds, clock):
    found, _ = fewer(feeds, clock, seconds=500)

    # 128 s are spent, so 332 s are left. Half of them is enough for 166 of 299 unread photos.
    assert [feed.photos for feed in found.values()] == [222, 22]


@pytest.mark.parametrize(
    ("seconds", "photos", "views"),
    [(10_000, 440, 4), (2_500, 440, 1), (1_200, 440, 0), (500, 244, 0)],
)
def test_views_are_left_out_before_photos(feeds, clock, seconds, photos, views):
    found, read = fewer(feeds, clock, seconds=seconds, views=4)

    assert (sum(feed.photos for feed in found.values()), read) == (photos, views)


def test_what_is_left_out_is_said(feeds, clock, capsys):
    limit = TimeLimit(seconds=2_500, clock=clock.monotonic)

    affordable_reading(
        feeds, Reader(clock), limit=limit, views=4, reporter=Reporter(1), trains=True
    )

    assert " ".join(capsys.readouterr().out.split()) == (
        "Reading all photos and 4 augmented views of the training photos would take about 31 min "
        "39 s; the time limit of 41 min 40 s leaves room for all photos and 1 augmented view of "
        "the training photos."
    )


def test_without_gradient_epochs_more_photos_are_kept(feeds, clock):
    limit = TimeLimit(seconds=520, clock=clock.monotonic)

    found = affordable_reading(feeds, Reader(clock), limit=limit, reporter=Reporter(0))

    # 128 s are spent, so 350 s are left. 90% of them are enough for 299 unread photos.
    assert found.share == 1
    assert (
        affordable_reading(
            feeds, Reader(clock), limit=limit, reporter=Reporter(0), trains=True
        ).share
        < 1
    )


def test_small_classes_keep_their_photos_longer(feeds, clock):
    found, _ = fewer(feeds, clock, seconds=500)

    assert found["training"].class_counts(2).tolist() == [122, 100]


def test_each_class_keeps_a_photo_whatever_the_limit(feeds, clock):
    found, _ = fewer(feeds, clock, seconds=1)

    assert (found["training"].class_counts(2) >= 2).all()


def test_photos_that_cannot_be_read_do_not_disable_the_limit(feeds, clock, tmp_path):
    error = BadPhotosError([PhotoError(tmp_path / "a", "broken.")], photos=1)

    found, _ = fewer(feeds, clock, seconds=500, error=error)

    assert [feed.photos for feed in found.values()] == [222, 22]


def test_the_speed_is_measured_once(feeds, clock):
    limit = TimeLimit(seconds=1000, clock=clock.monotonic)
    first, second = Reader(clock), Reader(clock)

    for reader in (first, second):
        affordable_reading(feeds, reader, limit=limit, reporter=Reporter(0))

    assert (len(first.read), second.read) == (2, [])
    assert limit.photo_seconds == 1


def test_stored_photos_take_no_time(feeds, clock):
    reader = Reader(clock)
    reader.read_all(at_most(feeds["training"], 200), "photos of an interrupted fit")
    began = clock.now
    limit = TimeLimit(seconds=500, clock=clock.monotonic)

    found = affordable_reading(feeds, reader, limit=limit, reporter=Reporter(0), trains=True)

    assert limit.photo_seconds == 1
    assert clock.now - began == 128  # of other photos
    assert found.share == 1  # about 90 photos are left


def test_at_most_so_many_photos_are_of_all_classes_alike(feeds):
    few = at_most(feeds["training"], 60)

    assert few.class_counts(2).tolist() == [30, 30]
    assert at_most(feeds["training"], 400) is feeds["training"]
