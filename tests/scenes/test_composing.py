"""Random field scenes: repeatable, varied, and none where nothing is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.scenes.composing import compose
from transferleaf.scenes.field_scenes import FieldScenes
from transferleaf.scenes.leaf_mask import find_leaf

ALWAYS = FieldScenes(share=1)
# Nothing but another ground.
BARE = FieldScenes(share=1, scale=0, light=0, shadow=0, blur=0, occlusion=0, neighbours=0)
BLUE = np.full((40, 60, 3), (0, 0, 255), np.uint8)


def scene(photo, scenes, seed=0, backgrounds=()):
    return compose(photo, scenes, np.random.default_rng(seed), backgrounds)


def test_a_seed_decides_everything(plain_photo):
    once, again = scene(plain_photo, ALWAYS, 3), scene(plain_photo, ALWAYS, 3)

    assert once.shape == plain_photo.shape
    assert once.dtype == np.float32
    assert 0 <= once.min() < once.max() <= 255
    np.testing.assert_array_equal(once, again)


def test_another_seed_makes_another_scene(plain_photo):
    made = {scene(plain_photo, ALWAYS, seed).tobytes() for seed in range(6)}

    assert len(made) == 6


def test_the_share_of_photos_that_become_scenes_is_the_one_asked_for(plain_photo):
    changed = [
        (scene(plain_photo, FieldScenes(share=0.5), seed) != plain_photo).any()
        for seed in range(60)
    ]

    assert 18 <= sum(changed) <= 42


def test_a_leaf_is_laid_on_the_photos_that_are_given(plain_photo):
    made = [scene(plain_photo, BARE, seed, [BLUE]) for seed in range(12)]

    on_blue = [(each[..., 2] > 240).mean() > 0.3 for each in made]

    assert 4 <= sum(on_blue) <= 12


@pytest.mark.parametrize("seed", range(8))
def test_the_leaf_is_still_there(plain_photo, seed):
    made = scene(plain_photo, BARE, seed)

    # Without light and blur, the leaf's own green is that of many pixels.
    like_leaf = (np.abs(made - (50, 120, 40)) < 12).all(axis=2).mean()

    assert like_leaf > 0.5 * find_leaf(plain_photo).mean()


@pytest.mark.parametrize("part", ["scale", "light", "shadow", "blur", "occlusion", "neighbours"])
def test_each_part_changes_scenes(plain_photo, part):
    full = replace(BARE, **{part: 1.0})

    changed = [
        (scene(plain_photo, BARE, seed) != scene(plain_photo, full, seed)).any()
        for seed in range(10)
    ]

    assert any(changed)


def test_a_photo_without_a_plain_ground_keeps_its_colours_or_becomes_a_strip():
    leaves = np.random.default_rng(0).integers(40, 160, (64, 64, 3), dtype=np.uint8)

    made = [scene(leaves, BARE, seed, [BLUE]) for seed in range(12)]

    kept = [(each == leaves).all() for each in made]
    assert 1 <= sum(kept) < 12


@pytest.mark.parametrize("size", [1, 2, 5, 8, 17])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_tiny_and_empty_photos_stop_nothing(size, level):
    photo = np.full((size, size, 3), level, np.uint8)

    made = [scene(photo, ALWAYS, seed) for seed in range(4)]

    assert all(each.shape == photo.shape and np.isfinite(each).all() for each in made)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"share": 1.5}, "share=1.5 must be in [0, 1]."),
        ({"blur": -1}, "blur=-1 must be in [0, 1]."),
        ({"light": True}, "light=True must be in [0, 1]."),
        ({"backgrounds": 3}, "backgrounds=3 must be the path of a folder of photos."),
    ],
)
def test_impossible_values_are_refused(values, told):
    with pytest.raises(ConfigError) as caught:
        FieldScenes(**values)

    assert str(caught.value) == told


def test_saved_values_of_another_version_are_refused():
    with pytest.raises(ConfigError) as caught:
        FieldScenes.from_dict({"rain": 1})

    assert str(caught.value).startswith("scenes='rain' must be one of ['share', ")
