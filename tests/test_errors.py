from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path

import pytest

import transferleaf.errors
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


def test_the_tree_in_the_docstring_is_the_tree_of_classes():
    tree = transferleaf.errors.__doc__
    shown = dict(re.findall(r"(\w+Error)(?: \((\w+)\))?$", tree, flags=re.MULTILINE))
    classes = {
        name: found
        for name, found in inspect.getmembers(transferleaf.errors, inspect.isclass)
        if issubclass(found, TransferLeafError)
    }

    assert shown == {
        name: "".join(base.__name__ for base in found.__bases__[1:])
        for name, found in classes.items()
        if found is not TransferLeafError
    } | {"TransferLeafError": ""}


def test_every_error_is_named_by_the_module_that_users_import_from():
    homes = {getattr(transferleaf.errors, name).__module__ for name in transferleaf.errors.__all__}

    assert homes == {"transferleaf.errors"}
