from __future__ import annotations

from collections import Counter

from transferleaf.datasets.labels import parse_label
from transferleaf.drawing.classes import DISEASES_OF_CROP, DRAWN_CLASSES
from transferleaf.drawing.growing.crops import CROPS
from transferleaf.drawing.growing.diseases import DISEASES


def test_at_least_five_crops_and_five_diseases_are_drawn():
    assert set(DISEASES_OF_CROP) == set(CROPS)
    assert {d for diseases in DISEASES_OF_CROP.values() for d in diseases} == set(DISEASES)
    assert (len(CROPS), len(DISEASES)) == (5, 5)


def test_every_crop_is_drawn_healthy_too():
    healthy = [parse_label(name).crop for name in DRAWN_CLASSES if parse_label(name).healthy]

    assert healthy == list(CROPS)


def test_no_disease_determines_the_crop():
    crops_of = Counter(d for diseases in DISEASES_OF_CROP.values() for d in diseases)

    assert min(crops_of.values()) >= 2


def test_no_crop_determines_the_disease():
    assert min(len(diseases) for diseases in DISEASES_OF_CROP.values()) >= 2


def test_classes_are_named_in_sorted_order():
    assert list(DRAWN_CLASSES) == sorted(DRAWN_CLASSES)
