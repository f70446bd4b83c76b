"""Deprecated names still work, and the warning gives the new name."""

from __future__ import annotations

import importlib

import pytest

import transferleaf as tl
from tests.advice.made import some_advice

RENAMED = {
    "transferleaf.advice.Place": "transferleaf.advice.MatrixPosition",
    "transferleaf.scaling.places.Place": "transferleaf.scaling.PhotoLocation",
    "transferleaf.scaling.places.find_places": "transferleaf.scaling.find_photos",
    "transferleaf.datasets.facts.PhotoFacts": "transferleaf.auditing.facts.PhotoFacts",
}


def found(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("old", RENAMED)
def test_the_old_name_is_the_new_one_and_warns(old):
    with pytest.warns(
        DeprecationWarning, match="is now transferleaf.* will be removed in transferleaf 0.4"
    ):
        value = found(old)

    assert value is found(RENAMED[old])


def test_the_warning_points_at_the_line_that_uses_the_old_name():
    with pytest.warns(DeprecationWarning, match="is now") as warnings:
        tl.advice.Place  # noqa: B018

    assert warnings[0].filename == __file__
    assert str(warnings[0].message) == (
        "transferleaf.advice.Place is now transferleaf.advice.MatrixPosition; the old name will "
        "be removed in "
        "transferleaf 0.4"
    )


def test_an_advice_has_its_old_attribute():
    advice = some_advice()

    with pytest.warns(DeprecationWarning, match=r"Advice\.place is now Advice\.position"):
        assert advice.place is advice.position


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Plaice'"):
        found("transferleaf.advice.Plaice")
