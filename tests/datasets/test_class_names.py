from __future__ import annotations

import pytest

from transferleaf.datasets.class_names import alike, in_class_order, says_nothing


@pytest.mark.parametrize(
    "names",
    [
        ("Rust", "rust"),
        ("leaf rust", "leaf  rust"),
        ("leaf rust", "leaf_rust"),
        ("a", "a "),
        ("a", "a."),
        ("a", "a. ."),
        ("1", "01"),
        ("1", "1.0"),
        ("stra\u00dfe", "STRASSE"),
        ("rust", "\uff52ust"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
    ids=ascii,
)
def test_similar_names_are_alike(names):
    assert alike(names) == names


@pytest.mark.parametrize(
    "names", [("rust", "rot"), ("1", "10"), ("1.5", "1"), ("v1.2", "v12"), ("a", "b", "c")]
)
def test_other_names_are_not(names):
    assert alike(names) is None


@pytest.mark.parametrize(
    "cell", ["", " ", "nan", "NaN", "NA", "N/A", "#N/A", "<NA>", "None", "null", "NULL", "-", "?"]
)
def test_words_of_empty_cells_say_nothing(cell):
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", ["0", "healthy", "nana", "no", "false"])
def test_other_cells_say_something(cell):
    assert not says_nothing(cell)


def test_numeric_classes_are_sorted_by_value():
    names = [str(number) for number in range(12)]

    assert in_class_order(reversed(names)) == tuple(names)


def test_one_word_among_numbers_makes_all_of_them_text():
    assert in_class_order(["10", "2", "rust"]) == ("10", "2", "rust")
