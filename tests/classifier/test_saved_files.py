"""Saving and loading: predictions, training, classes and policy are restored."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import h5py
import keras
import numpy as np

import transferleaf as tl
from tests.classifier.policies import CLASSES, EACH_POLICY


@EACH_POLICY
def test_a_saved_classifier_predicts_the_same_bit_for_bit(
    tiny, with_a_head, blobs, tmp_path, policy
):
    classifier = with_a_head(tiny(policy, augment=tl.Augmentation.leaf()))
    images = blobs(seed=3)[0]
    untrained = classifier.predict(images, verbose=0)
    classifier.save(tmp_path / "before.keras")
    classifier.fit(*blobs(), epochs=1, verbose=0)
    trained = classifier.predict(images, verbose=0)
    classifier.save(tmp_path / "after.keras")

    before = keras.saving.load_model(tmp_path / "before.keras")
    after = keras.saving.load_model(tmp_path / "after.keras")

    np.testing.assert_array_equal(before.predict(images, verbose=0), untrained)
    np.testing.assert_array_equal(after.predict(images, verbose=0), trained)
    assert (after.classes, after.freeze, after.augment) == (
        CLASSES,
        policy,
        tl.Augmentation.leaf(),
    )


@EACH_POLICY
def test_a_loaded_classifier_trains_as_its_policy_says(tiny, blobs, tmp_path, policy):
    tiny(policy).save(tmp_path / "leaf.keras")
    classifier = keras.saving.load_model(tmp_path / "leaf.keras")

    classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    phase = classifier.plan.phases[-1]
    assert set(phase.trainable) == {
        layer.name for layer in classifier.backbone.model.layers if layer.trainable_weights
    }


def test_importing_the_package_is_enough_to_load_a_file(tiny, tmp_path):
    tiny().save(tmp_path / "leaf.keras")
    code = (
        "import transferleaf, keras, sys\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "print(type(model).__name__, *model.classes)"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "leaf.keras"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == ["TransferClassifier", *CLASSES]


def test_the_file_tells_classes_policy_and_version(tiny):
    config = json.loads(json.dumps(tiny().get_config()))

    assert config["classes"] == list(CLASSES)
    assert tl.FreezePolicy.from_dict(config["freeze"]) == tl.FreezePolicy.for_quadrant("IV")
    assert config["transferleaf_version"] == tl.__version__


def test_a_users_compile_and_its_optimizer_come_back(tiny, blobs, tmp_path):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile(keras.optimizers.SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
    classifier.train_on_batch(*blobs())
    classifier.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    assert isinstance(loaded.optimizer, keras.optimizers.SGD)
    for one, other in zip(classifier.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_mixed_precision_trains_saves_and_answers_in_float32(tiny, blobs, tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        classifier = tiny(tl.FreezePolicy.train_last(stages=1))
        classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)
    finally:
        keras.config.set_dtype_policy(before)
    classifier.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    images, labels = blobs(seed=2)
    answers = classifier.predict(images, verbose=0)
    assert answers.dtype == np.float32
    assert (answers.argmax(axis=1) == labels).mean() > 0.8
    assert loaded.backbone.model.get_layer("low_conv").compute_dtype == "float16"
    np.testing.assert_array_equal(loaded.predict(images, verbose=0), answers)


def test_a_file_from_before_second_order_features_loads_with_averages(tiny, blobs, tmp_path):
    images = blobs(6)[0]
    classifier = tiny(tl.FreezePolicy.freeze_base(head_pooling="average"))
    classifier.fit(*blobs(), verbose=0)
    classifier.save(tmp_path / "new.keras")
    as_it_was_saved(tmp_path / "new.keras", tmp_path / "old.keras")

    loaded = keras.saving.load_model(tmp_path / "old.keras")

    assert loaded.freeze.head_pooling == "average"
    np.testing.assert_array_equal(
        loaded.predict(images, verbose=0), classifier.predict(images, verbose=0)
    )


def as_it_was_saved(new, old):
    """Write a current file like the first version: without pooling and feature limits."""
    with zipfile.ZipFile(new) as archive, zipfile.ZipFile(old, "w") as written:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "config.json":
                config = json.loads(content)
                del config["config"]["freeze"]["head_pooling"]
                content = json.dumps(config).encode()
            elif name.endswith(".h5"):
                changed = io.BytesIO(content)
                with h5py.File(changed, "r+") as weights:
                    del weights["layers/standardize/vars/2"]
                content = changed.getvalue()
            written.writestr(name, content)
