from __future__ import annotations

import re

import pytest

from tests.reports.html.examples import two_classes
from tests.reports.made import CLASSES, full_report, made_report, made_set
from transferleaf.reports.facts import ModelFacts
from transferleaf.reports.per_class import per_class

HEADINGS = [
    "# Beans",
    "## Intended use",
    "## Evaluation",
    "## Results",
    "## Limits",
    "## Results per class, on the lab set",
    "## Weights and training",
    "## Reproducibility",
]


@pytest.mark.parametrize("report", [made_report(), full_report()], ids=["least", "most"])
def test_a_card_has_all_its_sections(report):
    lines = report.to_markdown().splitlines()

    assert [line for line in lines if line.startswith("#")] == HEADINGS


def test_sets_stand_side_by_side():
    lines = full_report().to_markdown().splitlines()

    assert "|  | lab | field |" in lines
    assert "| Accuracy | 75.0% (50.0% to 100%) | 75.0% (50.0% to 100%) |" in lines


@pytest.mark.parametrize(
    ("leaves", "shared", "sentence"),
    [
        (
            None,
            None,
            "Leaves are not known, so photos of the same leaf may be in training and test set.",
        ),
        (2, None, "It is not known whether the same leaves are in the training set."),
        (
            2,
            3,
            "**3 photos of leaves that are also in the training set: the results are too "
            "optimistic.**",
        ),
        (2, 0, "Split by leaf: no photo shows a leaf that is known to be in the training set."),
    ],
)
def test_the_split_is_described_correctly(leaves, shared, sentence):
    report = made_report(made_set(leaves=leaves, shared_leaf_photos=shared))

    assert sentence in report.to_markdown()


def test_limits_name_unknown_untested_and_weak_classes():
    untested = per_class([[2, 1], [0, 0]], CLASSES)
    report = made_report(made_set(per_class=untested))

    card = report.to_markdown()

    assert "- Not tested, because there are no photos: `Bean___rust`." in card
    assert "- Classes with the lowest F1: `Bean___healthy` (F1 80.0%)." in card
    assert "- The class `Elm___dead` is unknown to the classifier." in full_report().to_markdown()


def test_names_cannot_break_out_of_the_text():
    model = ModelFacts(backbone="a`|b", image_size=16, parameters=1, policy="<b>\n# *x*")

    card = made_report(title="<script>|", model=model).to_markdown()

    assert "# \\<script\\>\\|" in card
    assert "- Freezing policy: \\<b\\> \\# \\*x\\*." in card
    assert "`a'\\|b`" in card


def test_names_in_a_card_cannot_control_a_terminal():
    model = ModelFacts(backbone="a\x1b[2J", image_size=16, parameters=1, policy="b\u202ec")

    card = made_report(title="\x1b]0;x\x07", model=model).to_markdown()

    assert not {"\x1b", "\x07", "\u202e"} & set(card)
    assert r"`a\x1b[2J`" in card


def test_each_class_stands_with_its_intervals_in_percent():
    card = two_classes().to_markdown()

    row = next(line for line in card.splitlines() if line.startswith("| `Tomato___healthy` "))
    assert re.fullmatch(
        r"\| `Tomato___healthy` (\| [\d.]+% \([\d.]+% to [\d.]+%\) ){3}\| 50 \|", row
    )
    assert not re.search(r"\d\s%", card)
