from __future__ import annotations

import pytest

from transferleaf.datasets.labels import LeafLabel, parse_label


@pytest.mark.parametrize(
    ("name", "crop", "disease"),
    [
        ("Tomato___Late_blight", "Tomato", "Late_blight"),
        ("Corn_(maize)___Common_rust_", "Corn_(maize)", "Common_rust_"),
        ("Pepper,_bell___Bacterial_spot", "Pepper,_bell", "Bacterial_spot"),
        ("Tomato___Spider_mites Two-spotted", "Tomato", "Spider_mites Two-spotted"),
        ("Café___Rouille___tardive", "Café", "Rouille___tardive"),
    ],
)
def test_crop_and_disease_keep_their_spelling(name, crop, disease):
    assert parse_label(name) == LeafLabel(name=name, crop=crop, disease=disease, healthy=False)


@pytest.mark.parametrize("word", ["healthy", "Healthy", "HEALTHY", "healthy_"])
def test_healthy_leaves_have_no_disease(word):
    label = parse_label(f"Apple___{word}")

    assert (label.crop, label.disease, label.healthy) == ("Apple", None, True)


@pytest.mark.parametrize("name", ["rust", "Steel_crazing", "Tomato__rust", "Tomato___", "___rust"])
def test_a_plain_name_has_neither_crop_nor_health(name):
    assert parse_label(name) == LeafLabel(name=name, crop=None, disease=None, healthy=None)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Corn_(maize)___Common_rust_", "Corn (maize): Common rust"),
        ("Pepper,_bell___healthy", "Pepper, bell: healthy"),
        ("Steel_rolled-in_scale", "Steel rolled-in scale"),
    ],
)
def test_the_title_has_blanks_for_people(name, title):
    assert parse_label(name).title == title
