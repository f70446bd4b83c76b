"""With a time limit, the first fit may choose a smaller image size, so that more photos fit."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.backbones.tiny import tiny_network, tiny_spec
from tests.classifier.policies import CLASSES
from transferleaf.errors import BadPhotosError
from transferleaf.training import fit_size as module
from transferleaf.training.checks import NotTrainedWarning
from transferleaf.training.fit_size import expected_errors
from transferleaf.training.phases.leaf_map import LeafMapFit

LIMIT = 6_000  # seconds; the simulated photos take up to 50 s each


@pytest.fixture(autouse=True)
def empty_store(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "store"))


@pytest.fixture
def many_leaves(draw_leaves):
    """Three classes of 80 small photos."""
    return tl.open_leaves(draw_leaves(240))


@pytest.fixture
def photos_take(monkeypatch):
    """Makes the expected time of a photo that of a slow machine."""

    def install(seconds, decoding=0.0):
        def time_first_photos(feeds, reader, *, limit, verbose=0):
            limit.photo_seconds = seconds

        monkeypatch.setattr(module, "time_first_photos", time_first_photos)
        monkeypatch.setattr(module, "_decoding_seconds", lambda *_: decoding)

    return install


def classifier(freeze="IV", **options):
    keras.utils.set_random_seed(7)
    options = {"backbone": tiny_spec(image_size=160), "weights": None, **options}
    return tl.TransferClassifier(classes=CLASSES, freeze=freeze, **options)


def test_a_smaller_size_is_chosen_if_more_photos_fit(many_leaves, photos_take, capsys):
    photos_take(50.0)
    made = classifier()
    before = made.backbone.model.get_weights()

    made.fit(many_leaves, verbose=2, time_limit=LIMIT, seed=0)

    assert made.image_size == made.backbone.image_size == 96
    assert made.get_layer("resize").height == 96
    for weight, expected in zip(made.backbone.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, expected)
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "Photos are resized to 96 px instead of 160 px: the time limit of 1 h 40 min leaves time "
        "for about "
    ) in told
    assert "Set the image size to 160 to keep it." in told


@pytest.mark.parametrize("freeze", ["IV", "I", "auto"])
def test_the_classifier_is_as_if_made_with_that_size(many_leaves, photos_take, tmp_path, freeze):
    photos_take(50.0)
    made, usual = classifier(freeze), classifier(freeze, image_size=96)
    usual.backbone.model.set_weights(made.backbone.model.get_weights())

    for each in (made, usual):
        each.fit(many_leaves, verbose=0, epochs=1, time_limit=LIMIT, seed=0)

    assert made.image_size == 96
    for listed in ("layers", "weights", "variables", "trainable_variables", "metrics"):
        names = [[each.name for each in getattr(model, listed)] for model in (made, usual)]
        assert names[0] == names[1]
    assert made.freeze == usual.freeze
    made.save(tmp_path / "leaves.keras")
    loaded = keras.saving.load_model(tmp_path / "leaves.keras")
    images = np.random.default_rng(0).integers(0, 255, (4, 100, 80, 3)).astype("uint8")
    expected = made.predict(images, verbose=0)
    np.testing.assert_allclose(loaded.predict(images, verbose=0), expected, atol=1e-6)
    assert loaded.image_size == 96
    if freeze == "IV":
        np.testing.assert_allclose(usual.predict(images, verbose=0), expected, atol=1e-5)


def test_predictions_before_the_fit_do_not_matter(many_leaves, photos_take):
    photos_take(50.0)
    made, other = classifier(), classifier()
    images = np.zeros((2, 20, 20, 3), "uint8")
    with pytest.warns(NotTrainedWarning):
        made.predict(images, verbose=0)

    for each in (made, other):
        each.fit(many_leaves, verbose=0, time_limit=LIMIT, seed=0)

    np.testing.assert_allclose(made.predict(images, verbose=0), other.predict(images, verbose=0))


@pytest.mark.parametrize(
    ("seconds", "decoding"),
    [
        (0.001, 0.0),  # all photos fit
        (50.0, 49.0),  # smaller photos take almost as long
    ],
)
def test_the_size_is_kept_if_smaller_photos_do_not_help(
    many_leaves, photos_take, seconds, decoding
):
    photos_take(seconds, decoding)
    made = classifier()

    made.fit(many_leaves, verbose=0, time_limit=LIMIT)

    assert made.image_size == 160


def test_a_size_of_the_user_is_kept(many_leaves, photos_take):
    photos_take(50.0)
    chosen = classifier(image_size=160)
    network = classifier(backbone=tiny_network(160), stages=("low_relu", "high_add"))

    for made in (chosen, network):
        made.fit(many_leaves, verbose=0, time_limit=LIMIT)

        assert made.image_size == 160


def test_without_a_limit_the_size_is_kept(many_leaves, photos_take):
    photos_take(50.0)
    made = classifier()

    made.fit(many_leaves, verbose=0)

    assert made.image_size == 160


def test_a_trained_classifier_keeps_its_size(many_leaves, photos_take):
    made = classifier()
    made.fit(many_leaves, verbose=0)
    photos_take(50.0)

    made.fit(many_leaves, verbose=0, time_limit=LIMIT)

    assert made.image_size == 160


def test_a_refused_fit_does_not_change_the_size_for_good(many_leaves, photos_take):
    photos_take(50.0)
    made = classifier()
    (many_leaves.paths[0]).write_bytes(b"no photo")
    with pytest.raises(BadPhotosError):
        made.fit(many_leaves, verbose=0, time_limit=LIMIT)
    assert made.image_size == 96

    made.fit(many_leaves, verbose=0, on_bad_photo="skip")

    assert made.image_size == made.get_layer("resize").height == 160


def test_a_head_that_pools_over_the_leaf_keeps_the_size(many_leaves, photos_take, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    photos_take(50.0)
    monkeypatch.setattr(LeafMapFit, "run", interrupted)  # the next step
    made = classifier(tl.FreezePolicy.freeze_base(head_region="leaf"))

    with pytest.raises(KeyboardInterrupt):
        made.fit(many_leaves, verbose=0, time_limit=LIMIT)

    assert made.image_size == 160


def test_a_network_that_takes_no_smaller_photos_keeps_its_size(many_leaves, photos_take):
    photos_take(50.0)
    made = classifier(backbone="baseline_cnn")
    size = made.image_size

    made.fit(many_leaves, verbose=0, time_limit=LIMIT)

    assert made.image_size == size


def test_an_interrupted_fit_keeps_its_size(many_leaves, photos_take, tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    options = {"verbose": 0, "epochs": 2, "seed": 0, "time_limit": LIMIT, "resume": tmp_path / "a"}
    photos_take(50.0)
    with pytest.raises(KeyboardInterrupt):
        classifier("I").fit(many_leaves, callbacks=[Interrupt()], **options)
    photos_take(0.001)  # the machine is faster then
    resumed = classifier("I")

    resumed.fit(many_leaves, **options)

    assert resumed.image_size == 96
    assert len(resumed.records) == 2


def test_more_photos_help_less_when_there_are_many():
    few = expected_errors(20, 96) / expected_errors(10, 96)
    many = expected_errors(2_000, 96) / expected_errors(1_000, 96)

    assert few < many < 1
    assert expected_errors(10, 96) > expected_errors(10, 160)
