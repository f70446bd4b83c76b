from __future__ import annotations

from dataclasses import replace

import pytest

from tests.advice.made import some_advice, some_evidence
from transferleaf.advice.advice import Advice
from transferleaf.advice.answer import as_text


def test_the_answer_is_short_and_ends_with_code():
    lines = as_text(some_advice(), width=80).splitlines()

    assert lines[0] == "toy at 96 px: quadrant I (large data, high similarity)"
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


@pytest.mark.parametrize(
    ("similarity", "size", "does"),
    [
        (
            0.9,
            0.9,
            "advice    Train the head and the last stages. 30 epochs with a learning rate of "
            "0.0001.",
        ),
        (0.9, 0.1, "advice    Train only the head, freeze the whole base."),
    ],
)
def test_it_says_what_to_do_with_its_numbers(similarity, size, does):
    lines = as_text(some_advice(similarity=similarity, size=size), width=400).splitlines()

    assert [line for line in lines if line.startswith("advice ")] == [does]


def test_brackets_in_a_name_are_no_style():
    advice = some_advice(some_evidence(backbone="net[bold]"))

    assert as_text(advice).startswith("net[bold] at 96 px")


def test_printing_an_advice_shows_the_answer():
    assert str(some_advice()) == as_text(some_advice())
