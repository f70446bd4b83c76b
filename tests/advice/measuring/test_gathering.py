"""Evidence from photo files and from arrays, through a small network."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.measuring import augmented, measurements
from transferleaf.advice.measuring.gathering import evidence_of, gather_evidence
from transferleaf.backbones import Backbone, Stage
from transferleaf.errors import BadPhotosError, LoneLeafError, LostClassesError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoArray
from transferleaf.features.store import FeatureStore
from transferleaf.similarity import batch_norm_inputs
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding.feeds import IndexedPhotos

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture
def tiny(tiny_network) -> Backbone:
    return Backbone.from_model(tiny_network(), [Stage(name=end, last_layer=end) for end in STAGES])


@pytest.fixture
def data(tmp_path, blobs) -> tl.LeafDataset:
    """42 photos of three classes, two of each leaf, as files."""
    images, labels = blobs(42)
    paths = [tmp_path / f"{number:02}.png" for number in range(42)]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(image).save(path)
    # Photos 0 and 3 are of one class and one leaf, and so on.
    leaves = tuple(f"{row % 3} {row // 6}" for row in range(42))
    return tl.LeafDataset(
        paths=tuple(paths), labels=labels, classes=CLASSES, leaves=leaves, origin="a test"
    )


@pytest.fixture
def gather(tiny, tmp_path):
    def run(data, **options):
        options = {"verbose": 0, **options}
        return gather_evidence(data, backbone=tiny, cache=tmp_path / "cache", **options)

    return run


def test_evidence_tells_size_and_similarity_of_every_stage(gather, data, tiny):
    tiny.model.get_layer("mid_bn").moving_mean.assign(np.ones(8))

    found = gather(data)

    assert (found.backbone, found.image_size) == ("tiny", 16)
    assert (found.size.photos, found.size.classes, found.size.leaves) == (42, 3, 21)
    assert found.size.smallest_class == 14
    assert [point.share for point in found.size.learning_curve] == [0.25, 0.5, 0.75, 1.0]
    assert found.similarity.stages == STAGES
    assert [value is None for value in found.similarity.divergences] == [True, False, True]
    assert 0 < found.forward_seconds < 10
    assert found.all_stages.accuracy > 0.8
    assert Evidence.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_few_large_photos_run_at_once(gather, data, tiny, monkeypatch):
    """Keras keeps all feature maps of an eager pass."""
    tiny.model.get_layer("mid_bn").moving_mean.assign(np.ones(8))
    monkeypatch.setattr(batch_norm_inputs, "_PIXELS_AT_ONCE", 4 * 16 * 16)
    run, sizes = batch_norm_inputs.run_eagerly, []

    def counted(backbone, photos):
        sizes.append(len(photos))
        return run(backbone, photos)

    for module in (batch_norm_inputs, measurements):
        monkeypatch.setattr(module, "run_eagerly", counted)

    gather(data)

    assert len(sizes) > 10
    assert max(sizes) == 4


@pytest.mark.parametrize("at_once", [4, 32])
def test_the_time_of_a_photo_is_that_in_a_batch_of_32(gather, data, monkeypatch, at_once):
    monkeypatch.setattr(batch_norm_inputs, "_PIXELS_AT_ONCE", at_once * 16 * 16)
    monkeypatch.setattr(
        measurements.Measurements, "_seconds_of_a_pass", lambda _, photos: 0.16 + 0.01 * photos
    )

    assert gather(data).forward_seconds == pytest.approx(0.16 / 32 + 0.01)


def test_a_second_call_measures_nothing(gather, data, monkeypatch):
    first = gather(data)
    for name in ("learning_curve", "stage_divergences", "run_eagerly"):
        monkeypatch.setattr(measurements, name, None)

    assert gather(data) == first


def test_arrays_give_what_files_give(gather, data, blobs, tiny, tmp_path):
    images, labels = blobs(42)
    indexed = IndexedPhotos(
        source=PhotoArray(images),
        targets=np.eye(3, dtype="f4")[labels],
        weights=np.ones(42, np.float32),
        leaves=data.leaves,
    )
    prefix = FrozenPrefix(
        backbone=tiny, store=FeatureStore(tmp_path / "other"), reporter=Reporter(0), photos=42
    )

    from_arrays = evidence_of(indexed, prefix=prefix, classes=CLASSES)

    assert from_arrays == gather(data)


def test_photos_that_cannot_be_read_are_left_out_and_said(gather, data, capsys):
    data.paths[5].write_bytes(b"no photo")

    found = gather(data, verbose=1)

    assert found.size.photos == 41
    told = " ".join(capsys.readouterr().out.split())
    assert "Left out: 1 photo that cannot be read." in told


def test_a_data_set_without_a_readable_photo_is_an_error(gather, data):
    for path in data.paths:
        path.write_bytes(b"no photo")

    with pytest.raises(BadPhotosError, match="42 of 42 photos cannot be read"):
        gather(data)


def test_a_class_without_a_readable_photo_is_an_error(gather, data):
    for path in np.array(data.paths)[data.labels == 2]:
        path.write_bytes(b"no photo")

    with pytest.raises(LostClassesError) as caught:
        gather(data)

    assert caught.value.classes == ("Corn___rust",)
    assert str(caught.value).startswith(
        "without the 14 photos that cannot be read, the other photos show none of ['Corn___rust']"
    )


def test_fewer_folds_are_said(gather, data, capsys):
    few = data.subset(np.flatnonzero((data.labels != 2) | (np.arange(42) < 12)))

    gather(few, verbose=1)

    assert "2 folds instead of 3: a class has too few leaves for more." in capsys.readouterr().out


def test_a_class_of_one_leaf_is_an_error(gather, data):
    one = data.subset(np.flatnonzero((data.labels != 2) | (np.arange(42) < 6)))

    with pytest.raises(LoneLeafError) as caught:
        gather(one)

    assert caught.value.classes == ("Corn___rust",)
    assert str(caught.value) == (
        "advice needs leaves that were not used for training, and ['Corn___rust'] have photos "
        "of one leaf each (a photo without a leaf id counts as one leaf). Add photos of other "
        "leaves, or leave these classes out; a fit with a policy of your own, such as "
        "FreezePolicy.freeze_base(), needs no second leaf."
    )


def test_the_effect_of_augmented_views_is_measured_once(gather, data, monkeypatch):
    found = gather(data, augmented=True)
    monkeypatch.setattr(augmented, "out_of_fold_probabilities", None)

    assert gather(data, augmented=True) == found
    assert found.augmentation.photos == 42
    assert found.augmentation.only_one_wrong >= abs(
        found.augmentation.errors - found.augmentation.augmented_errors
    )
    assert gather(data).augmentation is None


def test_views_of_few_photos_are_cross_validated_with_several_folds(gather, data, monkeypatch):
    seeds, rows = [], []
    out_of_fold = augmented.out_of_fold_probabilities

    def predicted(features, *arguments, seed, **options):
        seeds.append(seed)
        rows.append(len(features))
        return out_of_fold(features, *arguments, seed=seed, **options)

    monkeypatch.setattr(augmented, "out_of_fold_probabilities", predicted)
    gather(data, augmented=True)

    assert len(set(seeds)) == 5
    assert rows == [42, 5 * 42] * 5  # without and with four views
