"""Arguments that users of other libraries try first raise errors with the alternative."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError, UnknownOptionError


def test_validation_split_suggests_a_split_by_leaf(tiny, blobs):
    with pytest.raises(UnknownOptionError) as caught:
        tiny().fit(*blobs(), validation_split=0.2)

    assert str(caught.value) == (
        "fit() does not take 'validation_split': train, validation = data.split(0.8, 0.2) keeps "
        "the photos of a leaf together; then fit(train, validation_data=validation)."
    )


def test_an_unknown_argument_is_a_type_error(tiny, blobs):
    with pytest.raises(TypeError) as caught:
        tiny().fit(*blobs(), epoch=3)

    assert str(caught.value) == "fit() does not take 'epoch'."


def test_the_error_for_a_folder_says_how_to_open_it(tiny):
    with pytest.raises(ConfigError) as caught:
        tiny().fit("leaves")

    assert str(caught.value) == (
        "x='leaves' must be photos with labels: x = transferleaf.open_leaves('leaves') opens a "
        "folder."
    )


@pytest.mark.parametrize("kind", [str, object])
def test_the_error_for_class_names_as_labels_shows_indices(tiny, blobs, kind):
    images, labels = blobs(6)
    names = np.array(["Bean___rust"] * len(labels), kind)

    with pytest.raises(ConfigError) as caught:
        tiny().fit(images, names)

    assert str(caught.value) == (
        "labels of x=['Bean___rust', 'Bean___rust', 'Bean___rust'] must be class indices: "
        "[classifier.classes.index(name) for name in y]."
    )


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("IV", tl.FreezePolicy.for_quadrant("IV")),
        ("III", tl.FreezePolicy.for_quadrant("III")),
        ("head", tl.FreezePolicy.freeze_base()),
        ("auto", tl.FreezePolicy.auto()),
    ],
)
def test_a_policy_has_the_same_name_as_on_the_command_line(tiny, name, policy):
    assert tiny(name).freeze == policy


def test_the_repr_contains_structure_and_state(tiny, blobs):
    classifier = tiny("head")
    before = repr(classifier)
    classifier.fit(*blobs(), verbose=0)

    assert before == (
        "TransferClassifier(tiny at 16 px, 3 classes, FreezePolicy(trainable_stages=0), "
        "not fitted, not calibrated)"
    )
    assert "fitted, not calibrated)" in repr(classifier)
    assert "not fitted" not in repr(classifier)
