from __future__ import annotations

import json

import pytest

from transferleaf.datasets.leaves.published_leaf_map import (
    leaves_from_published_map,
    read_published_map,
)
from transferleaf.errors import LeafMapError

UUID = "0208f4eb-45a4-4399-904e-989ac2c6257c"

# Entries in the format of the published file.
CONTENT = {
    "rs_late.b 4898": ["Tomato___Late_blight:::13.0"],
    "rs_hl 1921": ["Potato___healthy:::22.0", "Strawberry___healthy:::31.0"],
    "jr_frge.s 2891": ["Apple_Frogeye Spot:::13.0"],
    "jr_hl 9875 copy": ["Cherry_(including_sour)___healthy:::101.0"],
    "jr_hl 9875": ["Cherry_(including_sour)___healthy:::100.0"],
    "jr_b.spot 3318": ["Pepper,_bell___Bacterial_spot:::JR_19.0"],
}

EXPECTED = (
    'it needs lists of leaves by photo name, as in {"rs_late.b 4898": '
    '["Tomato___Late_blight:::13.0"]}; use a CSV file with the columns file and leaf for others.'
)


def read(tmp_path, content):
    path = tmp_path / "leaf-map.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_published_map(path)


@pytest.mark.parametrize(
    ("class_name", "file", "leaf"),
    [
        ("Tomato___Late_blight", f"{UUID}___RS_Late.B 4898.JPG", "Tomato___Late_blight:::13.0"),
        ("Potato___healthy", f"{UUID}___RS_HL 1921.JPG", "Potato___healthy:::22.0"),
        ("Strawberry___healthy", f"{UUID}___RS_HL 1921.JPG", "Strawberry___healthy:::31.0"),
        ("Apple___Black_rot", f"{UUID}___JR_FrgE.S 2891.JPG", "Apple_Frogeye Spot:::13.0"),
        (
            "Pepper__bell___Bacterial_spot",
            f"{UUID}___JR_B.Spot 3318.JPG",
            "Pepper,_bell___Bacterial_spot:::JR_19.0",
        ),
        (
            "Cherry_(including_sour)___healthy",
            f"{UUID}___JR_HL 9875 copy.jpg",
            "Cherry_(including_sour)___healthy:::101.0",
        ),
        (
            "Cherry_(including_sour)___healthy",
            f"{UUID}___JR_HL 9875 copy 2.jpg",
            "Cherry_(including_sour)___healthy:::100.0",
        ),
        (
            "Tomato___Late_blight",
            f"{UUID}___RS_Late.B 4898_new30degFlipLR.JPG",
            "Tomato___Late_blight:::13.0",
        ),
        (
            "Tomato___Late_blight",
            f"{UUID}___RS_Late.B 4898_final_masked.jpg",
            "Tomato___Late_blight:::13.0",
        ),
    ],
    ids=[
        "plain",
        "first of two classes",
        "second of two classes",
        "the class with another name",
        "a class spelled otherwise",
        "a copy that is named",
        "a copy that is not",
        "an augmented copy",
        "a cut-out",
    ],
)
def test_a_photo_is_looked_up_by_name_and_class(tmp_path, class_name, file, leaf):
    published = read(tmp_path, CONTENT)

    assert leaves_from_published_map([f"{class_name}/{file}"], [class_name], published) == [leaf]


@pytest.mark.parametrize(
    ("class_name", "file"),
    [
        ("Soybean___healthy", f"{UUID}___RS_HL 1921.JPG"),
        ("Tomato___Late_blight", f"{UUID}___RS_Late.B 1.JPG"),
        ("Tomato___Late_blight", "photo.JPG"),
    ],
    ids=["of other classes", "no such number", "another kind of name"],
)
def test_a_photo_that_the_map_lacks_has_no_leaf(tmp_path, class_name, file):
    published = read(tmp_path, CONTENT)

    assert leaves_from_published_map([file], [class_name], published) == [None]


def test_leaves_that_one_name_may_mean_become_one_leaf(tmp_path):
    published = read(
        tmp_path, {"x 1": ["A___a:::1", "A___a:::2"], "x 2": ["A___a:::2"], "x 3": ["A___a:::3"]}
    )

    leaves = leaves_from_published_map(["x 1.jpg", "x 2.jpg", "x 3.jpg"], ["A___a"] * 3, published)

    assert leaves == ["A___a:::1", "A___a:::1", "A___a:::3"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("file,leaf\n", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ([1], "contains no names"),
        ({"a 1": "A___a:::1"}, "says 'A___a:::1' of 'a 1'"),
        ({"a 1": [3]}, "says [3] of 'a 1'"),
        ({"a 1": ["A 1"]}, "says ['A 1'] of 'a 1'"),
    ],
    ids=["CSV", "too deep", "a list", "no list", "numbers", "no class"],
)
def test_a_map_of_another_form_says_what_it_holds(tmp_path, content, found):
    with pytest.raises(LeafMapError) as caught:
        read(tmp_path, content)

    assert str(caught.value) == f"the leaf map '{tmp_path}/leaf-map.json' {found}; {EXPECTED}"


def test_a_missing_map_is_named(tmp_path):
    with pytest.raises(LeafMapError) as caught:
        read_published_map(tmp_path / "none.json")

    assert str(caught.value) == (
        f"the leaf map '{tmp_path}/none.json' cannot be opened (No such file or directory); "
        "name an existing JSON or CSV file."
    )
