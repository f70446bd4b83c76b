"""Specifications and their parts refuse invalid values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backbones.tiny import tiny_spec
from transferleaf.backbones import PixelConvention, Stage
from transferleaf.errors import ConfigError


def test_a_pixel_convention_leaves_rgb_pixels_as_they_are_by_default():
    convention = PixelConvention()

    assert (convention.mean, convention.std) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert convention.channels == "RGB"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"mean": (1.0,)}, "mean=(1.0,) must have three values, one for each channel."),
        (
            {"std": (1.0, 0.0, 1.0)},
            "std=(1.0, 0.0, 1.0) must have three values above 0, one for each channel.",
        ),
        (
            {"std": (1.0, 1.0)},
            "std=(1.0, 1.0) must have three values above 0, one for each channel.",
        ),
        ({"channels": "GRB"}, 'channels=\'GRB\' must be "RGB" or "BGR".'),
    ],
)
def test_a_pixel_convention_refuses(fields: dict[str, Any], message: str):
    with pytest.raises(ConfigError) as caught:
        PixelConvention(**fields)

    assert str(caught.value) == message


_TWICE = (Stage(name="a", last_layer="x"), Stage(name="a", last_layer="y"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "name='' must be a name without blanks around it."),
        ({"name": " tiny"}, "name=' tiny' must be a name without blanks around it."),
        ({"stages": ()}, "stages=() must name at least one stage."),
        ({"stages": _TWICE}, "stages=('a', 'a') must give each stage a different name."),
        ({"min_image_size": 0}, "min_image_size=0 must be in [1, image_size=16]."),
        ({"min_image_size": 17}, "min_image_size=17 must be in [1, image_size=16]."),
    ],
)
def test_a_spec_refuses(changes: dict[str, Any], message: str):
    with pytest.raises(ConfigError) as caught:
        tiny_spec(**changes)

    assert str(caught.value) == message


def test_a_spec_names_its_stages_from_low_level_to_high_level():
    assert tiny_spec().stage_names == ("low", "high")


@pytest.mark.parametrize(("asked", "size"), [(None, 16), (8, 8), (99, 99)])
def test_an_image_size_is_the_requested_one_or_the_default(asked: int | None, size: int):
    assert tiny_spec().checked_image_size(asked) == size


def test_an_image_size_below_the_smallest_is_refused():
    with pytest.raises(ConfigError) as caught:
        tiny_spec().checked_image_size(7)

    assert str(caught.value) == "image_size=7 must be a whole number of at least 8 for 'tiny'."
