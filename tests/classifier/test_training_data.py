"""Training data: folders, streams, weights and augmented photos."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import transferleaf as tl
from tests.classifier.policies import CLASSES
from transferleaf.errors import ConfigError
from transferleaf.training.feeding.empty_classes import EmptyClassWarning


@pytest.mark.parametrize("kind", ["leaf data set", "stream"])
def test_it_trains_on_folders_and_streams(tiny, leaf_folder, blobs, kind):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    train = {
        "leaf data set": tl.LeafDataset.from_folder(leaf_folder),
        "stream": tf.data.Dataset.from_tensor_slices(blobs()).shuffle(48).batch(16),
    }[kind]

    classifier.fit(train, validation_data=train, epochs=1, verbose=0)

    assert classifier.evaluate(train, verbose=0, return_dict=True)["accuracy"] > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"class_weight": {7: 2.0}},
            "class_weight={7: 2.0} must map class indices in [0, 3) to finite weights of at "
            "least 0.",
            id="class of a weight",
        ),
        pytest.param(
            {"class_weight": {1: np.inf}},
            "class_weight={1: inf} must map class indices in [0, 3) to finite weights of at "
            "least 0.",
            id="endless weight",
        ),
        pytest.param(
            {"class_weight": {0: 0, 1: 0, 2: 0}},
            "class_weight={0: 0, 1: 0, 2: 0} must give at least one training photo a weight "
            "above 0.",
            id="no weight",
        ),
        pytest.param(
            {"class_weight": np.ones(2)},
            'class_weight (shape (2,)) must be "balanced", None, a dictionary from class index '
            "to weight, or 3 "
            "weights.",
            id="two weights",
        ),
        pytest.param(
            {"class_weight": "even"},
            "class_weight='even' must be \"balanced\", None, a dictionary from class index to "
            "weight, or 3 weights.",
            id="a word",
        ),
        pytest.param(
            {"callbacks": [keras.callbacks.ReduceLROnPlateau()]},
            "callbacks='ReduceLROnPlateau' must be used after compile(): the policy already has "
            "a schedule.",
            id="schedule",
        ),
        pytest.param({"resume": 7}, "resume=7 must be the path of a folder, or None.", id="resume"),
        pytest.param({"cache": 7}, "cache=7 must be the path of a folder, or None.", id="cache"),
        pytest.param({"seed": -1}, "seed=-1 must be a whole number of at least 0.", id="seed"),
        pytest.param(
            {"epochs": 2.5}, "epochs=2.5 must be a whole number of at least 0.", id="epochs"
        ),
    ],
)
def test_invalid_training_options_are_refused(tiny, blobs, options, message):
    with pytest.raises(ConfigError) as caught:
        tiny().fit(*blobs(), verbose=0, **options)

    assert str(caught.value) == message


def test_mixed_classes_and_a_sparse_loss_are_refused_before_photos_are_read(tiny, blobs):
    classifier = tiny(augment=tl.Augmentation(mix_up=0.2))
    classifier.compile("adam", "sparse_categorical_crossentropy")

    with pytest.raises(ConfigError, match="augmentation mixes classes"):
        classifier.fit(*blobs(), verbose=0)


def test_sample_weights_and_class_weights_multiply(tiny, blobs):
    images, labels = blobs()
    classifier = tiny(tl.FreezePolicy.train_last(stages=1, label_smoothing=0.1))

    history = classifier.fit(
        images,
        labels,
        sample_weight=np.ones(len(labels)),
        class_weight={0: 2.0},
        epochs=1,
        verbose=0,
    )

    assert history.epoch == [0]


def test_class_weights_may_be_an_array(tiny, blobs):
    classifiers = [tiny(), tiny()]
    classifiers[1].set_weights(classifiers[0].get_weights())

    for classifier, weight in zip(classifiers, [{1: 2.0}, np.array([1, 2, 1])], strict=True):
        classifier.fit(*blobs(), class_weight=weight, verbose=0)

    for one, other in zip(*(classifier.get_weights() for classifier in classifiers), strict=True):
        np.testing.assert_array_equal(one, other)


def test_balanced_class_weights_help_the_rare_class(tiny, blobs):
    images, labels = blobs(120)
    images[labels == 2] = images[labels == 2] // 2 + images[labels == 1][: (labels == 2).sum()] // 2
    rare = np.flatnonzero(labels == 2)[:4]
    rows = np.concatenate([np.flatnonzero(labels != 2), rare])
    policy = tl.FreezePolicy.freeze_base()
    plain, balanced = tiny(policy), tiny(policy)
    balanced.set_weights(plain.get_weights())

    plain.fit(images[rows], labels[rows], verbose=0)
    balanced.fit(images[rows], labels[rows], class_weight="balanced", verbose=0)

    probe = images[rows]
    mean = [c.predict(probe, verbose=0)[:, 2].mean() for c in (plain, balanced)]
    assert mean[1] > mean[0]


def test_augmented_views_are_learnt_from(tiny, blobs):
    classifier = tiny(
        tl.FreezePolicy.train_last(stages=1), augment=tl.Augmentation(flip="horizontal", mix_up=0.2)
    )

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert max(history.history["val_accuracy"]) > 0.9


@pytest.mark.parametrize("freeze", ["auto", tl.FreezePolicy.freeze_base()], ids=["auto", "frozen"])
def test_classes_that_no_training_photo_shows_are_named(tiny, blobs, freeze):
    images, labels = blobs()
    two = labels != 1

    with pytest.warns(EmptyClassWarning, match=rf"no training photo shows \['{CLASSES[1]}'\]"):
        tiny(freeze).fit(images[two], labels[two], verbose=0)
