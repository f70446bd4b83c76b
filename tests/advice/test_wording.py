from __future__ import annotations

import pytest

from tests.advice.made import a_position, probes, some_evidence
from transferleaf.advice.evidence import CurvePoint
from transferleaf.advice.wording import doubt, policy_code, reasons_of
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant


def said(evidence=None) -> tuple[str, ...]:
    return reasons_of(evidence or some_evidence(), Quadrant.IV)


def test_each_kind_of_evidence_has_its_sentence():
    assert said() == (
        "Accuracy of a linear classifier on the frozen network: 95.0% ± 1.0%.",
        "900 photos of 300 leaves in 6 classes, 20 in the smallest: small data.",
        "More photos are likely to help: accuracy 90.0% with 75% of the photos, 95.0% with 100%.",
        "The batch-norm statistics of the early stages diverge by 0.15 from those of the "
        "pretraining data (border: 0.16): high similarity.",
        "The best single stage is 'mid', 2nd of 3, with 90.0%; the last stage (80.0%) is too "
        "specialised.",
        "With random weights, the best stage has 45.0%: pretraining adds 45 points.",
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


def test_a_network_without_batch_norm_is_judged_by_its_stages():
    evidence = some_evidence(similarity={"divergences": (None, None, None)})

    assert said(evidence)[3] == (
        "The early stages have no batch-norm statistics, so the similarity to the pretraining data "
        "cannot be measured."
    )


def test_a_peak_within_the_error_is_no_reason_against_the_last_stage():
    evidence = some_evidence(similarity={"probes": probes(0.5, 0.9, 0.89)})

    assert said(evidence)[4] == (
        "The best single stage is 'mid', 2nd of 3, with 90.0%; the last stage is not significantly "
        "worse."
    )


def test_the_last_stage_may_be_the_best():
    evidence = some_evidence(similarity={"probes": probes(0.5, 0.8, 0.9)})

    assert said(evidence)[4] == (
        "The best single stage is 'high', 3rd of 3, with 90.0%. It is the last stage."
    )


@pytest.mark.parametrize(
    ("random", "worth"),
    [(0.89, "adds 1 point"), (0.9, "does not help measurably"), (0.95, "does not help measurably")],
)
def test_pretraining_is_never_worth_less_than_nothing(random, worth):
    evidence = some_evidence(similarity={"untrained_probes": probes(random, 0.3, 0.2)})

    assert said(evidence)[5] == (
        f"With random weights, the best stage has {random:.1%}: pretraining {worth}."
    )


def test_without_an_untrained_network_nothing_is_said_of_it():
    evidence = some_evidence(similarity={"untrained_probes": ()})

    assert len(said(evidence)) == 5


def test_a_place_far_from_the_borders_is_clear():
    assert doubt(a_position(similarity=0.8, size=0.2), ()) == (
        "Similarity 0.80 ± 0.10, size 0.20 ± 0.10 (from 0 to 1, border at 0.5): not near a border."
    )


def test_near_a_border_the_other_strategy_is_told():
    assert doubt(a_position(similarity=0.8, size=0.45), (Quadrant.I,)) == (
        "Similarity 0.80 ± 0.10, size 0.45 ± 0.10 (from 0 to 1, border at 0.5): near a border. "
        "An alternative: quadrant I (train the head and the last stages)."
    )


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
