from __future__ import annotations

import pytest
from rich.console import Console

from transferleaf.datasets import match_classes

PLANT_VILLAGE = (
    "Apple___Apple_scab",
    "Apple___Black_rot",
    "Apple___Cedar_apple_rust",
    "Apple___healthy",
    "Blueberry___healthy",
    "Cherry_(including_sour)___Powdery_mildew",
    "Cherry_(including_sour)___healthy",
    "Corn_(maize)___Cercospora_leaf_spot Gray_leaf_spot",
    "Corn_(maize)___Common_rust_",
    "Corn_(maize)___Northern_Leaf_Blight",
    "Corn_(maize)___healthy",
    "Grape___Black_rot",
    "Grape___Esca_(Black_Measles)",
    "Grape___Leaf_blight_(Isariopsis_Leaf_Spot)",
    "Grape___healthy",
    "Orange___Haunglongbing_(Citrus_greening)",
    "Peach___Bacterial_spot",
    "Peach___healthy",
    "Pepper,_bell___Bacterial_spot",
    "Pepper,_bell___healthy",
    "Potato___Early_blight",
    "Potato___Late_blight",
    "Potato___healthy",
    "Raspberry___healthy",
    "Soybean___healthy",
    "Squash___Powdery_mildew",
    "Strawberry___Leaf_scorch",
    "Strawberry___healthy",
    "Tomato___Bacterial_spot",
    "Tomato___Early_blight",
    "Tomato___Late_blight",
    "Tomato___Leaf_Mold",
    "Tomato___Septoria_leaf_spot",
    "Tomato___Spider_mites Two-spotted_spider_mite",
    "Tomato___Target_Spot",
    "Tomato___Tomato_Yellow_Leaf_Curl_Virus",
    "Tomato___Tomato_mosaic_virus",
    "Tomato___healthy",
)

# The matches for PlantDoc's class names (Singh et al., 2019, arXiv:1911.10317), made by hand.
PLANT_DOC = {
    "Apple Scab Leaf": "Apple___Apple_scab",
    "Apple leaf": "Apple___healthy",
    "Apple rust leaf": "Apple___Cedar_apple_rust",
    "Bell_pepper leaf": "Pepper,_bell___healthy",
    "Bell_pepper leaf spot": "Pepper,_bell___Bacterial_spot",
    "Blueberry leaf": "Blueberry___healthy",
    "Cherry leaf": "Cherry_(including_sour)___healthy",
    "Corn Gray leaf spot": "Corn_(maize)___Cercospora_leaf_spot Gray_leaf_spot",
    "Corn leaf blight": "Corn_(maize)___Northern_Leaf_Blight",
    "Corn rust leaf": "Corn_(maize)___Common_rust_",
    "Peach leaf": "Peach___healthy",
    "Potato leaf early blight": "Potato___Early_blight",
    "Potato leaf late blight": "Potato___Late_blight",
    "Raspberry leaf": "Raspberry___healthy",
    "Soyabean leaf": "Soybean___healthy",
    "Squash Powdery mildew leaf": "Squash___Powdery_mildew",
    "Strawberry leaf": "Strawberry___healthy",
    "Tomato Early blight leaf": "Tomato___Early_blight",
    "Tomato Septoria leaf spot": "Tomato___Septoria_leaf_spot",
    "Tomato leaf": "Tomato___healthy",
    "Tomato leaf bacterial spot": "Tomato___Bacterial_spot",
    "Tomato leaf late blight": "Tomato___Late_blight",
    "Tomato leaf mosaic virus": "Tomato___Tomato_mosaic_virus",
    "Tomato leaf yellow virus": "Tomato___Tomato_Yellow_Leaf_Curl_Virus",
    "Tomato mold leaf": "Tomato___Leaf_Mold",
    "Tomato two spotted spider mites leaf": "Tomato___Spider_mites Two-spotted_spider_mite",
    "grape leaf": "Grape___healthy",
    "grape leaf black rot": "Grape___Black_rot",
}


@pytest.mark.parametrize(("theirs", "ours"), PLANT_DOC.items())
def test_names_of_plantdoc_find_those_of_plantvillage(theirs, ours):
    assert match_classes(PLANT_VILLAGE, [*PLANT_DOC]).matched[theirs] == ours


def test_what_plantdoc_does_not_have_is_listed():
    match = match_classes(PLANT_VILLAGE, [*PLANT_DOC])

    assert match.unmatched_theirs == ()
    assert match.unmatched_ours == (
        "Apple___Black_rot",
        "Cherry_(including_sour)___Powdery_mildew",
        "Corn_(maize)___healthy",
        "Grape___Esca_(Black_Measles)",
        "Grape___Leaf_blight_(Isariopsis_Leaf_Spot)",
        "Orange___Haunglongbing_(Citrus_greening)",
        "Peach___Bacterial_spot",
        "Potato___healthy",
        "Strawberry___Leaf_scorch",
        "Tomato___Target_Spot",
    )


def test_matches_in_which_one_name_says_more_are_marked():
    assert match_classes(PLANT_VILLAGE, [*PLANT_DOC]).loosely == (
        "Apple rust leaf",
        "Bell_pepper leaf spot",
        "Corn Gray leaf spot",
        "Corn leaf blight",
        "Corn rust leaf",
        "Tomato leaf yellow virus",
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Tomato___Late_blight", "tomato late-blight"),
        ("Tomato___Late_blight", "Late blight of tomato"),
        ("Tomato___healthy", "Tomato_healthy"),
        ("Tomato___healthy", "TOMATO LEAVES"),
        ("Corn___Common_rust", "Maize common rust"),
        ("Sage___grey_mould", "Sage gray mold"),
        ("Sage___two_spots", "sage two spot"),
        ("고추___탄저병", "고추 탄저병"),
        ("rust", "Rust"),
        ("healthy", "Healthy leaf"),
    ],
)
def test_the_same_words_match(ours, theirs):
    match = match_classes([ours], [theirs])

    assert match.matched == {theirs: ours}
    assert match.loosely == ()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (["Tomato___Early_blight", "Tomato___Late_blight"], ["Tomato leaf blight"]),
        (["Tomato___Late_blight"], ["Potato late blight"]),
        (["Tomato___healthy"], ["Tomato rust"]),
        (["Tomato___rust"], ["Tomato leaf"]),
        (["Tomato___rust"], ["Tomato rust", "Tomato rust leaf"]),
        (["Mint___rust", "Sage___rust"], ["Mint and sage rust"]),
        (["Pepper___rust", "Bell_pepper___healthy"], ["Bell pepper rust"]),
        (["common rust"], ["rust"]),
    ],
    ids=[
        "two diseases",
        "another crop",
        "healthy is no disease",
        "a disease is not healthy",
        "two names of theirs",
        "two crops",
        "a longer crop",
        "no crop",
    ],
)
def test_ambiguous_names_are_not_matched(ours, theirs):
    match = match_classes(ours, theirs)

    assert match.matched == {}
    assert match.unmatched_ours == tuple(ours)
    assert match.unmatched_theirs == tuple(theirs)


def test_a_loose_match_does_not_take_what_is_left_over():
    ours = ["Tomato___Early_blight", "Tomato___Late_blight"]

    match = match_classes(ours, ["Tomato late blight", "Tomato blight"])

    assert match.matched == {"Tomato late blight": "Tomato___Late_blight"}


def test_the_label_map_leaves_out_what_is_unmatched():
    match = match_classes(["Mint___rust"], ["Mint rust leaf", "Sage"])

    assert match.label_map() == {"Mint rust leaf": "Mint___rust", "Sage": None}


def test_a_match_prints_as_a_table():
    match = match_classes(
        ["Mint___common_rust", "Mint___[wilt]", "Sage___rust"],
        ["Mint leaf", "Mint rust", "Mint [wilt]"],
    )
    console = Console(width=80, color_system=None)

    with console.capture() as captured:
        console.print(match)

    lines = [" ".join(line.strip(" │┃").split()) for line in captured.get().splitlines()]
    assert "Mint rust │ Mint___common_rust │ one says more" in lines
    assert "Mint [wilt] │ Mint___[wilt] │ same words" in lines
    assert "Mint leaf │ │ none" in lines
    assert "Sage___rust │ none" in lines


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Apple (scab)", "Apple___Apple_scab"),
        ("Apple disease", None),
        ("Tomato leaf diseases", None),
        ("Corn (maize)", "Corn_(maize)___healthy"),
        ("Cherry (including sour) leaf", "Cherry_(including_sour)___healthy"),
        ("Cherry leaf", "Cherry_(including_sour)___healthy"),
    ],
)
def test_only_a_crop_without_a_disease_is_healthy(theirs, ours):
    matched = match_classes(PLANT_VILLAGE, [theirs]).matched

    assert matched == ({} if ours is None else {theirs: ours})
