from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from tests.datasets.painting import paint
from transferleaf.datasets.photos import reading
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.datasets.photos.reading import DecodeMeter, default_workers, read_photos
from transferleaf.errors import ConfigError, PhotoError


@pytest.fixture
def paths(tmp_path):
    """Ten photos whose red value is ten times their number."""
    return [paint(tmp_path / f"ä {number}.png", (10 * number, 0, 0)) for number in range(10)]


class Watched(list):
    """Paths that count how many of them were requested."""

    asked = 0

    def __getitem__(self, part):
        found = super().__getitem__(part)
        self.asked += len(found)
        return found


def numbers(batches):
    """Return the numbers of the photos, read from their pixels."""
    return [int(red) // 10 for images in batches for red in images[:, 0, 0, 0]]


def readers():
    """Return the reading threads."""
    return [thread for thread in threading.enumerate() if "transferleaf-read" in thread.name]


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize(
    ("batch_size", "sizes"),
    [(1, [1] * 10), (4, [4, 4, 2]), (5, [5, 5]), (32, [10])],
)
def test_photos_come_in_order_in_batches(paths, batch_size, sizes, workers):
    batches = list(read_photos(paths, 4, batch_size=batch_size, workers=workers))

    assert [len(batch) for batch in batches] == sizes
    assert numbers(batches) == list(range(10))


def test_pixels_are_those_of_read_photo(paths):
    (batch,) = read_photos(paths, (4, 6))

    assert batch.dtype == np.uint8
    assert batch.tolist() == [read_photo(path, (4, 6)).tolist() for path in paths]


def test_a_batch_stays_as_it_is_while_others_are_read(paths):
    batches = read_photos(paths, 4, batch_size=1, workers=1)

    first = next(batches)
    first += 3
    rest = list(batches)

    assert first[0, 0, 0].tolist() == [3, 3, 3]
    assert numbers(rest) == list(range(1, 10))


def test_no_photos_give_no_batches():
    assert list(read_photos([], 4)) == []


def test_photos_are_read_at_the_same_time(paths, monkeypatch):
    meeting = threading.Barrier(2, timeout=60)

    def read(path, size):
        meeting.wait()  # fails without a second thread
        return read_photo(path, size)

    monkeypatch.setattr(reading, "read_photo", read)

    assert numbers(read_photos(paths, 4, batch_size=2, workers=2)) == list(range(10))


@pytest.mark.parametrize(
    ("batch_size", "workers", "most"),
    [(1, 1, 4), (2, 1, 8), (8, 2, 32), (1, 8, 17)],
)
def test_only_a_few_batches_are_read_ahead(paths, batch_size, workers, most):
    watched = Watched(paths * 10)
    batches = read_photos(watched, 4, batch_size=batch_size, workers=workers)

    next(batches)

    assert watched.asked == most
    batches.close()


def test_a_broken_photo_is_named_in_place_of_its_batch(paths):
    paths[7].write_text("no photo")
    batches = read_photos(paths, 4, batch_size=3)

    before = [next(batches), next(batches)]
    with pytest.raises(PhotoError) as caught:
        next(batches)

    assert numbers(before) == list(range(6))
    assert str(caught.value) == (
        f"'{paths[7]}' cannot be read as a photo: it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or "
        "AVIF image."
    )


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_broken_photos_are_black_if_errors_are_collected(paths, batch_size):
    paths[7].write_text("no photo")
    paths[2].unlink()
    errors = {}
    known = []

    for batch in read_photos(paths, 4, batch_size=batch_size, errors=errors):
        known.extend(batch.max(axis=(1, 2, 3)).tolist())
        assert {row for row in (2, 7) if row < len(known)} <= errors.keys()

    assert known == [0, 10, 0, 30, 40, 50, 60, 0, 80, 90]
    assert {row: error.path for row, error in errors.items()} == {2: paths[2], 7: paths[7]}


def test_of_several_broken_photos_the_first_is_named(paths):
    paths[3].unlink()
    paths[2].unlink()

    with pytest.raises(PhotoError) as caught:
        list(read_photos(paths, 4))

    assert caught.value.path == paths[2]


def test_threads_end_with_the_last_batch(paths):
    batches = read_photos(paths, 4, batch_size=5)

    list(batches)

    assert readers() == []


def test_threads_end_with_an_error(paths):
    paths[0].unlink()

    with pytest.raises(PhotoError):
        next(read_photos(paths, 4, batch_size=1))

    assert readers() == []


def close(batches):
    batches.close()


def interrupt(batches):
    with pytest.raises(KeyboardInterrupt):
        batches.throw(KeyboardInterrupt)


@pytest.mark.parametrize("leave", [close, interrupt])
def test_threads_end_if_the_caller_stops_early(paths, monkeypatch, leave):
    leaving, later = threading.Event(), []

    def read(path, size):
        if leaving.is_set():
            later.append(path)
            time.sleep(0.05)
        elif path not in paths[:2]:
            leaving.wait(60)
        return np.zeros((*size, 3), dtype=np.uint8)

    monkeypatch.setattr(reading, "read_photo", read)
    batches = read_photos(paths + paths[2:] * 20, 4, batch_size=2, workers=2)
    next(batches)

    leaving.set()
    leave(batches)

    assert readers() == []
    assert len(later) <= 4  # three batches were started


def test_threads_end_if_the_iterator_is_deleted(paths):
    batches = read_photos(paths * 20, 4, batch_size=1)
    next(batches)

    del batches

    assert readers() == []


def test_no_thread_starts_before_the_first_batch(paths):
    batches = read_photos(paths, 4)

    assert readers() == []
    batches.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size=0 must be at least 1."),
        ({"workers": 0}, "workers=0 must be at least 1."),
        (
            {"image_size": 0},
            "image_size=0 must be a positive whole number or (height, width) of them.",
        ),
    ],
)
def test_invalid_options_are_refused_by_the_call(paths, options, message):
    with pytest.raises(ConfigError) as caught:
        read_photos(paths, **{"image_size": 4, **options})

    assert str(caught.value) == message


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (3, 3), (64, 16)])
def test_there_is_a_thread_per_core_within_limits(monkeypatch, cores, workers):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)

    assert default_workers() == workers


@pytest.mark.parametrize(("cores", "workers"), [(None, 2), (1, 2), (8, 8), (64, 16)])
def test_without_cpu_affinity_all_cores_count(monkeypatch, cores, workers):
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: cores)

    assert default_workers() == workers


def test_a_meter_counts_photos_and_their_time(paths):
    meter = DecodeMeter()

    list(read_photos(paths, 4, batch_size=3, meter=meter))

    assert meter.photos == 10
    assert meter.busy_seconds > 0
    assert meter.photos_per_second > 0


def test_a_meter_goes_on_counting(paths):
    meter = DecodeMeter()

    for _ in range(2):
        list(read_photos(paths, 4, meter=meter))

    assert meter.photos == 20


def test_a_photo_that_cannot_be_read_is_not_counted(paths):
    paths[9].unlink()
    meter = DecodeMeter()

    with pytest.raises(PhotoError):
        list(read_photos(paths, 4, meter=meter))

    assert meter.photos == 9


def test_the_rate_is_that_of_all_threads_together():
    meter = DecodeMeter()

    meter.add(0.5, workers=4)
    meter.add(0.5, workers=1)

    assert meter.busy_seconds == 1.0
    assert meter.photos_per_second == 2 / (0.125 + 0.5)


def test_a_meter_that_saw_nothing_has_no_rate():
    assert DecodeMeter().photos_per_second == 0


@pytest.mark.real
def test_real_photos_are_read(real_photos):
    paths = sorted((real_photos / "plantvillage-mini").rglob("*.JPG"))[:6]

    batches = list(read_photos(paths, 96, batch_size=4))

    assert [batch.shape for batch in batches] == [(4, 96, 96, 3), (2, 96, 96, 3)]
    assert np.array_equal(batches[1][1], read_photo(paths[5], 96))
