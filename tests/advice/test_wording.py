from __future__ import annotations

from dataclasses import replace

import pytest

from tests.advice.made import an_expectation, some_evidence
from transferleaf.advice.evidence import AugmentationEvidence, CurvePoint
from transferleaf.advice.wording import policy_code, reasons_of, textbook_sentence
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant


def said(evidence=None) -> tuple[str, ...]:
    return reasons_of(evidence or some_evidence())


def test_each_measurement_has_a_sentence():
    assert said() == (
        "Cross-validated accuracy with a frozen base: 95.0% ± 1.0%.",
        "900 photos of 300 leaves in 6 classes, 20 in the smallest.",
        "More photos are likely to help: accuracy 90.0% with 75% of the photos, 95.0% with 100%.",
        "The batch-norm statistics of the early stages diverge by 0.15 from those of the "
        "pretraining data (border: 0.16): high similarity.",
    )


def test_measured_views_have_a_sentence():
    views = AugmentationEvidence(photos=900, errors=90, augmented_errors=60, only_one_wrong=50)

    assert said(replace(some_evidence(), augmentation=views))[3] == (
        "Augmented views, cross-validated on 900 photos: accuracy 93.3% with and 90.0% without."
    )


def test_unknown_leaves_are_not_mentioned():
    evidence = some_evidence(size={"leaves": None})

    assert said(evidence)[1].startswith("900 photos in 6 classes")


def test_a_flat_learning_curve_says_that_more_would_help_little():
    flat = tuple(
        CurvePoint(share=share, photos=round(100 * share), accuracy=0.9, deviation=0.01)
        for share in (0.5, 1.0)
    )

    assert said(some_evidence(size={"learning_curve": flat}))[2].startswith(
        "More photos are unlikely to help much"
    )


@pytest.mark.parametrize("shares", [(1.0,), (0.75, 1.0)], ids=["one point", "the same photos"])
def test_a_curve_of_one_number_of_photos_says_nothing_of_more(shares):
    curve = tuple(
        CurvePoint(share=share, photos=2, accuracy=0.9, deviation=0.01) for share in shares
    )

    assert said(some_evidence(size={"learning_curve": curve}))[2] == (
        "There are too few leaves to measure a learning curve."
    )


def test_without_batch_norm_the_similarity_is_unknown():
    evidence = some_evidence(similarity={"divergences": (None, None, None)})

    assert said(evidence)[3] == (
        "The early stages have no batch-norm statistics, so the similarity to the pretraining data "
        "cannot be measured."
    )


FROZEN, LATE = an_expectation("IV", 0.95, 2.0), an_expectation("I", 0.96, 110.0)


@pytest.mark.parametrize(
    ("recommended", "expected", "ends"),
    [
        (LATE, (FROZEN, LATE), "stages. The advice is the same quadrant."),
        (
            FROZEN,
            (FROZEN, LATE),
            "It is expected to reach 96.0% in 1 min 50 s, the advice 95.0% in 2.0 s.",
        ),
        (FROZEN, (FROZEN,), "stages. The advice differs."),
    ],
)
def test_the_textbook_rule_is_compared_with_the_advice(recommended, expected, ends):
    sentence = textbook_sentence(Quadrant.I, recommended, expected)

    assert sentence.startswith("Quadrant I (large data, high similarity): train the head and the")
    assert sentence.endswith(ends)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (FreezePolicy.for_quadrant("IV"), 'FreezePolicy.for_quadrant("IV")'),
        (
            FreezePolicy.for_quadrant("III", epochs=8, trainable_stages=1),
            'FreezePolicy.for_quadrant("III", trainable_stages=1, epochs=8)',
        ),
        (FreezePolicy.freeze_base(), "FreezePolicy(trainable_stages=0)"),
    ],
)
def test_the_code_makes_the_policy(policy, code):
    assert policy_code(policy) == code
    assert eval(code, {"FreezePolicy": FreezePolicy}) == policy


def test_random_weights_have_no_pretraining_data_to_compare_with():
    evidence = some_evidence(similarity={"divergences": (None,) * 3, "pretrained": False})

    assert said(evidence)[-1] == (
        "The network has random weights, so there is no pretraining data to compare with. Only the "
        "accuracy of quadrant IV is measured: by how much the other choices change it was measured "
        "on pretrained networks."
    )


def test_the_textbook_rule_does_not_apply_to_random_weights():
    chosen = an_expectation()

    told = textbook_sentence(Quadrant.II, chosen, [chosen], pretrained=False)

    assert told == (
        "The rule is about pretrained networks. With random weights, all stages must learn."
    )
