from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.auditing.made import broken, dataset, seen
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.finding import Finding
from transferleaf.auditing.running import run_checks
from transferleaf.reviewing.audit_queue import audit_queue, label_suspicions
from transferleaf.reviewing.sentences import SENTENCES, sentence


def evidence(probabilities) -> FeatureEvidence:
    rows = np.asarray(probabilities, float)
    rng = np.random.default_rng(0)
    return FeatureEvidence(
        features=rng.normal(size=(len(rows), 4)), probabilities=rows, backbone="none"
    )


def queue(data, facts=None, told=None):
    facts = facts or [seen() for _ in data.paths]
    audited = run_checks(data, facts, evidence=told)
    return audit_queue(data, audited, told)


def told_of(items):
    return [(item.kind, item.photo, item.action) for item in items]


def test_doubtful_labels_come_with_the_likely_class_the_least_credible_first():
    data = dataset("aabb")
    told = evidence([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2], [0.1, 0.9]])

    items = queue(data, told=told)

    assert [(item.photo, item.proposed) for item in items if item.kind == "label"] == [
        (2, 0),
        (1, 1),
    ]
    assert sentence(items[0].reasons[0]) == "Looks like a (80%), not b (20%)."
    assert items[0].suspicion == pytest.approx(0.8)


def test_the_same_file_under_two_labels_comes_before_what_a_model_doubts():
    same = seen()
    facts = [same, seen(), same, seen()]
    told = evidence([[0.9, 0.1], [0.02, 0.98], [0.6, 0.4], [0.1, 0.9]])

    items = queue(dataset("aabb"), facts, told)

    first = items[0]
    assert (first.photo, first.other, first.proposed, first.action) == (2, 0, 0, "drop")
    assert [reason.check for reason in first.reasons] == ["one-photo-two-labels", "label-errors"]
    assert items[1].photo == 1


def test_copies_are_proposed_to_be_dropped_but_the_last():
    same = seen()

    items = queue(dataset("aab"), [same, same, seen()])

    assert told_of(items) == [("copy", 0, "drop")]
    assert items[0].other == 1


def test_a_photo_of_a_later_part_that_leaks_is_compared_with_the_earlier_one():
    data = dataset("aabb", leaves=["x", "x", "y", "z"], parts=["test", "train", "train", "test"])

    items = queue(data)

    leak = next(item for item in items if item.kind == "leak")
    assert (leak.photo, leak.other, leak.action) == (0, 1, "drop")
    assert sentence(leak.reasons[0]) == (
        "Shows a leaf that is also in the part train; this one is in test."
    )


def test_a_file_that_cannot_be_read_is_asked_about():
    items = queue(dataset("aab"), [seen(), broken("it is cut off."), seen()])

    assert told_of(items) == [("quality", 1, "drop")]
    assert sentence(items[0].reasons[0]) == ("The file cannot be read as a photo: it is cut off.")


def test_one_photo_is_asked_about_once_per_kind_with_all_reasons():
    facts = [seen(sharpness=1.0, brightness=0.0, thumbnail=bytes(768)), *[seen()] * 3]

    items = [item for item in queue(dataset("aaab"), facts) if item.kind == "quality"]

    assert [item.photo for item in items] == [0]
    assert len(items[0].reasons) > 1


def test_a_photo_has_the_same_key_in_every_session():
    data = dataset("aabb")
    told = evidence([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2], [0.1, 0.9]])

    assert [item.key for item in queue(data, told=told)] == ["label:b/2.jpg", "label:a/1.jpg"]


def test_without_a_network_no_label_is_suspicious():
    data = dataset("aab")

    assert np.isnan(label_suspicions(data, None)).all()
    assert queue(data) == ()


def test_each_check_that_names_photos_has_a_sentence():
    from transferleaf.auditing.checks.unusual_photos import UNUSUAL

    asked = {each.check for each in UNUSUAL} - {"huge-photos"}

    assert asked <= SENTENCES.keys()


def test_of_look_alikes_only_those_with_another_label_than_the_most_credible_are_asked_about():
    data = dataset("aab")
    alike = Finding(
        check="near-duplicates-two-labels",
        title="3 photos look alike",
        severity="warning",
        count=3,
        groups=(data.names,),
        advice="Look at them.",
        sure="not",
    )
    told = evidence([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])

    audited = run_checks(data, [seen() for _ in data.paths], evidence=told)
    items = audit_queue(data, replace(audited, findings=(alike,)), told)

    [asked] = [item for item in items if item.reasons[0].check == alike.check]
    assert (asked.photo, asked.proposed, asked.other) == (2, 0, 0)
