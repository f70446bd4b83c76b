from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from transferleaf.errors import (
    ConfigError,
    FolderLayoutError,
    PretrainedWeightsError,
    SplitError,
    TransferLeafError,
    UnknownBackboneError,
    WeightsNotFoundError,
)
from transferleaf.runs.config import RunConfig
from transferleaf.runs.preparing import prepare


@pytest.fixture
def photos(tmp_path):
    """Two classes of ten photos."""
    folder = tmp_path / "photos"
    for number in range(20):
        path = folder / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number, 0, 0)).save(path)
    return folder


def a_config(photos, **changes) -> RunConfig:
    small = {
        "data": str(photos),
        "backbone": "baseline_cnn",
        "image_size": 32,
        "freeze": "II",
        "weights": "none",
    }
    return RunConfig(**{**small, **changes})


def test_everything_is_prepared_before_a_run_has_a_folder(photos, tmp_path):
    config = a_config(photos, augment=True, views=2, seed=3)

    prepared = prepare(config)

    assert prepared.config is config
    assert len(prepared.data) == 20
    assert prepared.split.names == ("train", "val", "test")
    assert prepared.split_note == (
        "The photos were divided by photo, as no leaf is known, with seed 3."
    )
    assert prepared.classifier.classes == ("a", "b")
    assert prepared.classifier.freeze == config.policy
    assert prepared.classifier.image_size == 32
    assert prepared.classifier.augment is not None
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_the_same_seed_gives_the_same_parts(photos):
    names = [
        [part.names for part in prepare(a_config(photos, seed=seed)).split] for seed in (1, 1, 2)
    ]

    assert names[0] == names[1] != names[2]


def test_the_same_seed_gives_the_same_first_weights(photos):
    first, again, other = (
        prepare(a_config(photos, seed=seed)).classifier.get_weights()[0] for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"weights": "imagenet"}, PretrainedWeightsError, "'baseline_cnn' are not available"),
        ({"backbone": "baseline"}, UnknownBackboneError, "no backbone is called 'baseline'"),
        (
            {"weights": "absent.h5"},
            WeightsNotFoundError,
            "the weights file 'absent.h5' does not exist",
        ),
        ({"layout": "class folder"}, ConfigError, "layout='class folder' must be"),
        ({"leaves": "absent.json"}, TransferLeafError, "absent.json"),
        ({"data": "absent"}, FolderLayoutError, "'absent' "),
    ],
)
def test_invalid_configurations_are_refused_with_the_reason(photos, tmp_path, changes, error, told):
    with pytest.raises(error) as caught:
        prepare(a_config(photos, **changes))

    assert told in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_class_of_too_few_leaves_is_named(photos):
    for path in sorted((photos / "b").iterdir())[2:]:
        path.unlink()

    with pytest.raises(SplitError) as caught:
        prepare(a_config(photos))

    assert str(caught.value).startswith(
        "each of 3 parts needs a leaf of every class, but 'b' has 2 "
    )


def test_photos_without_labels_are_looked_for_before_the_training(photos, tmp_path):
    with pytest.raises(
        FolderLayoutError, match="nowhere' is not a folder; give a folder of photos"
    ):
        prepare(a_config(photos, freeze="IV", unlabeled=str(tmp_path / "nowhere")))
