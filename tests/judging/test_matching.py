from __future__ import annotations

import pytest

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ClassMismatchError, ConfigError
from transferleaf.judging.matching import UNKNOWN, check_label_map, matched_labels

CLASSES = ("Bean___healthy", "Bean___rust")


def photos(*class_names):
    """One photo of each class, in order."""
    return LeafDataset(
        paths=[f"{name}/1.jpg" for name in class_names],
        labels=list(range(len(class_names))),
        classes=class_names,
        leaves=[None] * len(class_names),
        origin="here",
    )


@pytest.mark.parametrize(
    ("theirs", "label_map", "expected"),
    [
        (("Bean___rust", "Bean___healthy"), None, [1, 0]),
        (("Bean___rust", "Elm___dead"), None, [1, UNKNOWN]),
        (("rust leaf", "Bean___healthy"), {"rust leaf": "Bean___rust"}, [1, 0]),
        (("Bean___rust", "Bean___healthy"), {"Bean___healthy": None}, [1, UNKNOWN]),
    ],
    ids=["other order", "a class it does not know", "a class renamed", "a class left out"],
)
def test_each_photo_gets_the_number_of_its_class_in_the_classifier(theirs, label_map, expected):
    labels = matched_labels(photos(*theirs), CLASSES, label_map, name="the field photos")

    assert labels.tolist() == expected


def test_photos_of_none_of_the_classes_are_refused():
    with pytest.raises(ClassMismatchError) as caught:
        matched_labels(photos("elm", "oak"), CLASSES, None, name="the field photos")

    assert str(caught.value) == (
        "the classes of the field photos differ from the classifier's: "
        "none is in common (['elm', 'oak'] and ['Bean___healthy', 'Bean___rust']); "
        "match_classes(), or --label-map auto on the command line, proposes which of them mean the "
        "same."
    )


@pytest.mark.parametrize(
    ("label_map", "text"),
    [
        (
            {"elm": None},
            "label_map=['elm'] must name classes of the test photos; those are 'oak', 'rust'.",
        ),
        (
            {"oak": "Oak"},
            "label_map=['Oak'] must name classes of the classifier; "
            "those are 'Bean___healthy', 'Bean___rust'.",
        ),
    ],
    ids=["not theirs", "not ours"],
)
def test_a_label_map_with_unknown_classes_is_refused(label_map, text):
    with pytest.raises(ConfigError) as caught:
        check_label_map(label_map, [photos("oak", "rust")], CLASSES)

    assert str(caught.value) == text
