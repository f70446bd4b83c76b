"""Calibration: temperature, verdicts, and saving with the model."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from PIL import Image

from tests.calibrating.conftest import CLASSES
from transferleaf import FreezePolicy, TransferClassifier
from transferleaf.calibrating.calibrating import calibration_of_head
from transferleaf.calibrating.held_out import predicted_by_head, predicted_out_of_fold
from transferleaf.errors import ConfigError, EmptyClassError
from transferleaf.features import frozen
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine
from transferleaf.features.store import FeatureStore
from transferleaf.head.scaling import UNLIMITED, FeatureScaling
from transferleaf.head.solver import LinearHead, softmax, solve_head
from transferleaf.training import predicting
from transferleaf.training.phases.head_inputs import HeadInputs

FACTOR = 3.0


@pytest.fixture
def too_sure():
    """A head whose logits are three times those of the labels, and 3,000 photos."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3000, 6)).astype(np.float32)
    kernel = rng.normal(size=(6, 3)).astype(np.float32)
    chances = softmax(features @ kernel)
    labels = (chances.cumsum(axis=1) > rng.random((3000, 1))).argmax(axis=1)
    head = LinearHead(
        scaling=FeatureScaling(
            mean=np.zeros(6, np.float32),
            scale=np.ones(6, np.float32),
            limit=np.full(6, UNLIMITED, np.float32),
        ),
        kernel=FACTOR * kernel,
        bias=np.zeros(3, np.float32),
        l2=0.0,
    )
    return head, HeadInputs(
        features=features,
        targets=np.eye(3, dtype=np.float32)[labels],
        weights=np.ones(3000, np.float32),
    )


def test_the_temperature_corrects_overconfidence(too_sure):
    head, inputs = too_sure

    calibration, softer, _ = calibration_of_head(
        head, predicted_by_head(head, inputs, None), precision=0.9
    )

    assert calibration.temperature == pytest.approx(FACTOR, rel=0.1)
    np.testing.assert_allclose(softer.kernel, head.kernel / calibration.temperature, rtol=1e-5)


def test_calibrating_twice_gives_the_same_result(trained, blobs):
    images, labels = blobs(90, seed=5)
    labels = np.where(np.arange(90) % 10 == 0, (labels + 1) % 3, labels)
    once = trained.calibrate((images, labels), precision=0.8, verbose=0)
    after = trained.predict(images, verbose=0)

    twice = trained.calibrate((images, labels), precision=0.8, verbose=0)

    assert twice.temperature == pytest.approx(once.temperature, rel=1e-4)
    np.testing.assert_allclose(trained.predict(images, verbose=0), after, atol=1e-5)


def test_without_a_mistake_the_temperature_stays_one(too_sure):
    head, inputs = too_sure
    rows = head.probabilities(inputs.features).argmax(axis=1) == inputs.targets.argmax(axis=1)

    calibration, same, _ = calibration_of_head(
        head, predicted_by_head(head, inputs.part(rows), None), precision=0.9
    )

    assert calibration.temperature == 1
    np.testing.assert_array_equal(same.kernel, head.kernel)


def test_a_class_without_photos_is_an_error(trained, blobs):
    images, labels = blobs(30)

    with pytest.raises(EmptyClassError) as caught:
        trained.calibrate((images[labels != 1], labels[labels != 1]), verbose=0)

    assert caught.value.empty == (1,)
    assert str(caught.value).startswith(f"the classes {[trained.classes[1]]} have no photos")


@pytest.fixture
def solved():
    """Training and validation photos, and their solved head."""
    rng = np.random.default_rng(0)
    labels = np.arange(240) % 3
    features = rng.normal(size=(240, 6)).astype(np.float32) + 2 * np.eye(6, dtype="f4")[labels]
    inputs = HeadInputs(
        features=features.astype(np.float32),
        targets=np.eye(3, dtype=np.float32)[labels],
        weights=np.ones(240, np.float32),
    )
    learnt, held_out = inputs.part(slice(0, 180)), inputs.part(slice(180, 240))
    return solve_head(learnt.problem(), held_out.problem()), learnt, held_out


def test_training_photos_are_predicted_by_heads_of_other_leaves(solved):
    head, learnt, held_out = solved

    photos = predicted_out_of_fold(head, (learnt, None), (held_out, None), groups=())

    assert (photos.folds, len(photos.labels)) == (4, 240)  # each head: 180 photos
    right = (photos.probabilities.argmax(axis=1) == photos.labels).mean()
    seen = (head.probabilities(learnt.features).argmax(axis=1) == photos.labels[:180]).mean()
    assert 0.7 < right < seen


def test_a_head_of_other_photos_is_not_calibrated_out_of_fold(solved):
    head, learnt, held_out = solved
    other = replace(head, kernel=2 * head.kernel)

    assert predicted_out_of_fold(other, (learnt, None), (held_out, None), groups=()) is None


def test_a_photo_without_another_leaf_of_its_class_does_not_count(solved):
    head, learnt, held_out = solved
    leaves = ["one" if label == 0 else None for label in learnt.targets.argmax(axis=1)]
    others = ["one" if label == 0 else None for label in held_out.targets.argmax(axis=1)]

    photos = predicted_out_of_fold(head, (learnt, leaves), (held_out, others), groups=())

    assert not photos.counted[photos.labels == 0].any()
    assert photos.counted[photos.labels != 0].all()


def test_training_photos_prove_what_validation_photos_cannot(tiny_network, blobs):
    classifier = TransferClassifier(
        classes=CLASSES, backbone=tiny_network(), stages=("low_out", "mid_out", "high_out")
    )
    train, validation = blobs(200), blobs(50, seed=5)
    classifier.fit(*train, validation_data=validation, verbose=0)
    alone = classifier.calibrate(validation, verbose=0)

    together = classifier.calibrate(validation, training_data=train, verbose=0)

    assert (alone.photos, alone.folds, alone.threshold) == (50, None, None)
    assert (together.photos, together.folds) == (250, 5)
    assert together.threshold is not None


def test_retrained_stages_are_calibrated_on_validation_photos_only(tiny_network, blobs):
    classifier = TransferClassifier(
        classes=CLASSES,
        backbone=tiny_network(),
        stages=("low_out", "mid_out", "high_out"),
        freeze=FreezePolicy(trainable_stages=1, epochs=1),
    )
    train, validation = blobs(60), blobs(50, seed=5)
    classifier.fit(*train, validation_data=validation, verbose=0)
    classifier.fit(*train, validation_data=validation, verbose=0)

    found = classifier.calibrate(validation, training_data=train, verbose=0)

    assert (found.photos, found.folds) == (50, None)


def test_the_graph_and_the_head_agree_and_classes_stay(trained, blobs):
    images, labels = blobs(90, seed=5)
    labels = np.where(np.arange(90) % 10 == 0, (labels + 1) % 3, labels)  # some labels are wrong
    before = trained.predict(images, verbose=0)

    calibration = trained.calibrate((images, labels), precision=0.8, verbose=0)

    after = trained.predict(images, verbose=0)
    softened = before ** (1 / calibration.temperature)
    np.testing.assert_allclose(after, softened / softened.sum(axis=1, keepdims=True), atol=1e-4)
    assert calibration.temperature > 1
    assert trained.calibration == calibration


def test_a_saved_file_keeps_calibration_and_verdicts(trained, blobs, tmp_path):
    images, labels = blobs(90, seed=5)
    trained.calibrate((images, labels), precision=0.8, verbose=0)
    Image.fromarray(images[0]).save(tmp_path / "blob.png")
    trained.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    assert loaded.calibration == trained.calibration
    np.testing.assert_array_equal(loaded.class_means.means, trained.class_means.means)
    [found], [expected] = (
        classifier.predict_photos(tmp_path / "blob.png") for classifier in (loaded, trained)
    )
    assert found == expected
    assert found.verdict in ("sure", "unsure")


def test_weights_contain_their_calibration(trained, blobs, tmp_path):
    images, labels = blobs(90, seed=5)
    expected = trained.calibrate((images, labels), precision=0.8, verbose=0)
    means = trained.class_means.means
    trained.save_weights(tmp_path / "leaf.weights.h5")
    mistaken = np.where(np.arange(90) % 5 == 0, (labels + 1) % 3, labels)
    other = trained.calibrate((images, mistaken), precision=0.7, verbose=0)

    trained.load_weights(tmp_path / "leaf.weights.h5")

    assert trained.calibration == expected != other
    np.testing.assert_array_equal(trained.class_means.means, means)


def test_an_uncalibrated_file_loads_without_calibration(trained, tmp_path):
    trained.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    assert (loaded.calibration, loaded.class_means) == (None, None)


def test_a_new_training_resets_the_calibration(trained, blobs):
    trained.calibrate(blobs(90, seed=5), precision=0.8, verbose=0)

    trained.fit(*blobs(), verbose=0)

    assert (trained.calibration, trained.class_means) == (None, None)


def test_a_custom_step_resets_the_calibration(trained, blobs):
    trained.calibrate(blobs(90, seed=5), precision=0.8, verbose=0)
    images, labels = blobs()

    trained.train_on_batch(images, np.eye(3)[labels])

    assert (trained.calibration, trained.class_means) == (None, None)


@pytest.mark.parametrize("precision", [0, 1.0, 95, "high"])
def test_a_precision_is_between_0_and_1(shared, blobs, precision):
    with pytest.raises(ConfigError) as caught:
        shared.calibrate(blobs(), precision=precision)

    assert str(caught.value) == (
        f"precision={precision!r} must be a number between 0 and 1, such as 0.95."
    )


def test_sample_weights_are_refused(shared, blobs):
    with pytest.raises(ConfigError) as caught:
        shared.calibrate((*blobs(3), [1, 2, 1]), verbose=0)

    assert str(caught.value) == (
        "sample weights of validation_data='weights that differ from 1' must be absent: "
        "each photo counts once."
    )


def test_an_engine_and_a_call_give_the_same_verdicts(trained, blobs, tmp_path, monkeypatch):
    images = blobs(40)[0]
    images[::4] = 255  # unlike all training photos
    paths = [tmp_path / f"{number:02}.png" for number in range(40)]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path)
    trained.calibrate(blobs(90, seed=5), precision=0.8, verbose=0)
    called = [photo.verdict for photo in trained.predict_photos(paths)]

    monkeypatch.setattr(predicting, "WORTH_COMPILING", 1)
    compiled = [photo.verdict for photo in trained.predict_photos(paths)]

    assert compiled == called
    assert set(called[::4]) == {"unknown"}


def test_a_file_that_is_not_a_photo_has_no_verdict(trained, blobs, tmp_path):
    trained.calibrate(blobs(90, seed=5), precision=0.8, verbose=0)
    (tmp_path / "blob.png").write_bytes(b"")

    [found] = trained.predict_photos(tmp_path / "blob.png")

    assert (found.label, found.verdict) == (None, None)
    assert found.error is not None


def test_predictions_without_calibration_are_uncalibrated(trained, blobs, tmp_path):
    Image.fromarray(blobs(1)[0][0]).save(tmp_path / "blob.png")

    [found] = trained.predict_photos(tmp_path / "blob.png")

    assert found.verdict == "uncalibrated"


def test_predictions_without_a_threshold_are_uncalibrated(trained, blobs, tmp_path):
    images, labels = blobs(30, seed=5)
    Image.fromarray(images[0]).save(tmp_path / "blob.png")
    trained.calibrate((images, labels), precision=0.99, verbose=0)

    [found] = trained.predict_photos(tmp_path / "blob.png")

    assert trained.calibration.threshold is None
    assert found.verdict == "uncalibrated"


@pytest.mark.parametrize("emptied", [False, True])
def test_an_emptied_store_does_not_change_a_calibration(
    trained, blobs, tmp_path, monkeypatch, emptied
):
    opened = []
    monkeypatch.setattr(frozen, "WORTH_COMPILING", 48)

    def engine(network, *_, **__):
        opened.append(network)
        return TensorFlowEngine(network)

    monkeypatch.setattr(frozen, "open_engine", engine)
    store = FeatureStore(tmp_path)
    validation = blobs(12, seed=3)
    trained.fit(*blobs(), validation_data=validation, verbose=0, cache=tmp_path)
    by_fit = len(opened)
    if emptied:
        store.clear()

    trained.calibrate(validation, verbose=0, cache=tmp_path)

    # For 12 photos alone, the engine would be TensorFlow; here it is that of the fit of 60 photos.
    assert (by_fit > 0, len(opened) > by_fit) == (True, emptied)
