from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from transferleaf.errors import (
    BadPhotosError,
    ConfigError,
    FeatureStoreError,
    PhotoError,
    TransferLeafError,
    WeightsNotFoundError,
)

PHOTO = PhotoError(Path("leaf.jpg"), "the file is empty.")


@pytest.mark.parametrize(
    "error",
    [
        PHOTO,
        BadPhotosError([PHOTO], photos=2),
        ConfigError("top_k", 0, "be at least 1"),
        WeightsNotFoundError(Path("leaf.h5")),
        FeatureStoreError(Path("cache"), "it is full"),
        TransferLeafError("of no kind"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_reaches_another_process_whole(error):
    arrived = pickle.loads(pickle.dumps(error))

    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert arrived.__dict__.keys() == error.__dict__.keys()


def test_more_than_ten_bad_photos_are_counted():
    error = BadPhotosError([PHOTO] * 12, photos=12, remedy="Repair them.")

    assert str(error).splitlines()[-2:] == ["  and 2 more", "Repair them."]
