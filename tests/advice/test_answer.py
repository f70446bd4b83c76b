from __future__ import annotations

from dataclasses import replace

import pytest

from tests.advice.made import an_expectation, some_advice, some_evidence
from transferleaf.advice.advice import Advice
from transferleaf.advice.answer import as_text


def test_the_answer_is_short_and_ends_with_code():
    lines = as_text(some_advice(), width=80).splitlines()

    assert lines[0] == "toy at 96 px: quadrant I"
    assert len(lines) <= 21
    assert lines[-3:] == [
        "code      TransferClassifier(classes=data.classes,",
        "              backbone=your_network, image_size=96,",
        '              freeze=FreezePolicy.for_quadrant("I"))',
    ]


def test_a_network_that_is_registered_is_named_in_the_code():
    advice = some_advice(some_evidence(backbone="efficientnet_lite0"))

    assert as_text(advice).splitlines()[-2] == (
        '              backbone="efficientnet_lite0", image_size=96,'
    )


@pytest.mark.parametrize(
    ("weights", "told"),
    [("imagenet", ""), ("my/leaf.h5", " weights='my/leaf.h5',"), (None, " weights=None,")],
)
def test_weights_that_were_given_are_in_the_code(weights, told):
    advice = replace(some_advice(some_evidence(backbone="resnet50")), weights=weights)

    assert as_text(Advice.from_dict(advice.to_dict())).splitlines()[-2] == (
        f'              backbone="resnet50",{told} image_size=96,'
    )


def test_each_choice_has_its_accuracy_and_time():
    lines = as_text(some_advice(), width=100).splitlines()

    start = next(at for at, line in enumerate(lines) if line.startswith("expected"))
    assert lines[start : start + 3] == [
        "expected  IV             95.0% (94.0% to 96.0%), about 2.0 s",
        "          IV, augmented  96.0% (95.0% to 97.0%), about 40.0 s",
        "          I              96.5% (95.5% to 97.5%), about 1 min 50 s  <- advice",
    ]


@pytest.mark.parametrize(
    ("recommended", "does", "ends"),
    [
        ("I", "advice    Train the head and the last stages.", 'for_quadrant("I"))'),
        (
            "IV, augmented",
            "advice    Train only the head, freeze the whole base, with augmented views of the "
            "photos.",
            "augment=Augmentation.leaf())",
        ),
    ],
)
def test_it_says_what_to_do(recommended, does, ends):
    lines = as_text(some_advice(recommended=recommended), width=400).splitlines()

    assert [line for line in lines if line.startswith("advice ")] == [does]
    assert lines[-1].endswith(ends)


def test_a_time_limit_is_named():
    advice = replace(some_advice(recommended="IV"), time_limit=30.0)

    assert "freeze the whole base (within 30.0 s)." in as_text(advice, width=200)


@pytest.mark.parametrize(
    ("recommended", "time_limit", "better"),
    [
        (
            "IV, augmented",
            60,
            "With more time, quadrant I is expected to reach 96.5% in 1 min 50 s.",
        ),
        ("IV", None, "With augmented views, quadrant IV is expected to reach 97.0% in 40.0 s."),
        (
            "IV",
            30,
            "With augmented views and more time, quadrant IV is expected to reach 97.0% in 40.0 s.",
        ),
    ],
)
def test_a_more_accurate_choice_is_named(recommended, time_limit, better):
    advice = some_advice(recommended=recommended)
    views = an_expectation("IV, augmented", 0.97, 40.0)
    if recommended == "IV":
        advice = replace(advice, expected=(advice.expected[0], views))

    lines = as_text(replace(advice, time_limit=time_limit), width=200).splitlines()

    assert lines[next(at for at, line in enumerate(lines) if line.startswith("advice")) + 1] == (
        f"          {better}"
    )


def test_a_choice_that_is_too_slow_for_its_gain_is_named():
    slow = an_expectation("I", 0.9501, 600.0)
    advice = replace(some_advice(recommended="IV"), expected=(an_expectation("IV"), slow))

    told = "Quadrant I is expected to reach 95.0% in 10 min 0 s, too little for the time."
    assert told in as_text(advice, width=200)


def test_the_most_accurate_choice_has_no_better_one():
    assert "is expected to reach 96.5%" not in as_text(some_advice(recommended="I"), width=200)


def test_brackets_in_a_name_are_no_style():
    advice = some_advice(some_evidence(backbone="net[bold]"))

    assert as_text(advice).startswith("net[bold] at 96 px")


def test_printing_an_advice_shows_the_answer():
    assert str(some_advice()) == as_text(some_advice())
