"""The value that users hold: its overlay, its files, what it says without pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from transferleaf.errors import ConfigError
from transferleaf.explanations import Explanation
from transferleaf.explanations.heat_colours import heat_colours


def explanation(**changes):
    heatmap = np.zeros((6, 8), np.float32)
    heatmap[2, 3] = 1
    fields = {
        "photo": np.full((6, 8, 3), 100, np.uint8),
        "heatmap": heatmap,
        "class_name": "Bean___Rust",
        "probability": 0.75,
        "rival": "Bean___healthy",
        "method": "stage-cam",
        "stage": None,
        "on_leaf": 0.5,
        "stage_evidence": (("low", 1.5), ("high", -0.5)),
        "bias": 0.25,
    }
    return Explanation(**{**fields, **changes})


def test_shares_of_stages_count_evidence_for_and_against():
    assert explanation().stage_shares == (("low", 0.75), ("high", 0.25))


def test_without_any_evidence_all_shares_are_zero():
    assert explanation(stage_evidence=(("low", 0.0),)).stage_shares == (("low", 0.0),)


def test_what_has_no_heat_shows_the_photo_itself():
    overlay = explanation().overlay()

    assert overlay[0, 0].tolist() == [100, 100, 100]


def test_the_hottest_place_of_an_opaque_overlay_has_the_hottest_colour():
    overlay = explanation().overlay(opacity=1)

    assert overlay[2, 3].tolist() == heat_colours(np.array(1.0)).tolist()


@pytest.mark.parametrize("opacity", [-0.1, 1.5])
def test_an_opacity_out_of_range_is_refused(opacity):
    with pytest.raises(ConfigError) as caught:
        explanation().overlay(opacity=opacity)

    assert str(caught.value) == f"opacity={opacity} must be in [0, 1]."


@pytest.mark.parametrize("name", ["leaf.png", "leaf.JPG", "leaf.jpeg", "leaf.webp"])
def test_photo_and_overlay_are_saved_side_by_side(tmp_path, name):
    path = explanation().save(tmp_path / name)

    with Image.open(path) as picture:
        assert picture.width > 2 * 400
        assert picture.height > 300  # the longer side of a panel has 400 pixels
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_an_ending_that_is_no_picture_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        explanation().save(tmp_path / "leaf.txt")

    assert str(caught.value).endswith("must end in one of ['.png', '.jpg', '.jpeg', '.webp'].")


@pytest.mark.parametrize(("on_leaf", "shown"), [(0.5, ", on_leaf=0.50"), (None, "")])
def test_its_repr_is_short(on_leaf, shown):
    made = explanation(class_name="rust", probability=0.75, rival="mildew", on_leaf=on_leaf)
    height, width = made.heatmap.shape

    assert repr(made) == (
        f"Explanation('rust', probability=0.7500, rival='mildew'{shown}, {width}x{height} pixels)"
    )


def test_a_notebook_gets_a_png():
    assert explanation()._repr_png_().startswith(b"\x89PNG")


def test_what_is_no_picture_survives_json():
    facts = json.loads(json.dumps(explanation().to_dict()))

    assert facts == {
        "class_name": "Bean___Rust",
        "probability": 0.75,
        "rival": "Bean___healthy",
        "method": "stage-cam",
        "stage": None,
        "on_leaf": 0.5,
        "stage_evidence": {"low": 1.5, "high": -0.5},
        "stage_shares": {"low": 0.75, "high": 0.25},
        "bias": 0.25,
    }
