from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import broken, dataset, seen
from tests.datasets.painting import paint
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.running import run_checks
from transferleaf.datasets import LeafDataset, audit
from transferleaf.errors import ConfigError

TWIN = seen()


def test_the_facts_of_the_data_set_are_kept():
    data = dataset("aab", leaves=["x", "y", None], parts=["train", "test", "test"])

    found = run_checks(data, [seen(), seen(), seen()])

    assert (found.photos, found.leaves, found.origin) == (3, 2, "made by hand")
    assert found.class_counts == {"a": 2, "b": 1}
    assert found.part_counts == {"train": 1, "test": 2}
    assert found.fingerprint == data.fingerprint()


def test_errors_come_first():
    facts = [TWIN, TWIN, broken(), *(seen() for _ in range(20))]

    found = run_checks(dataset("aab" + "a" * 10 + "b" * 10), facts)

    severities = [finding.severity for finding in found.findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert severities[:2] == ["error", "warning"]


def test_what_was_not_found_and_what_was_not_looked_for_are_told_apart():
    found = run_checks(dataset("a" * 10 + "b" * 10), [seen() for _ in range(20)])

    assert "broken files" in found.passed
    assert found.not_run == {
        "copies across parts": "the data set is not split into parts",
        "leaves across parts": "the data set is not split into parts",
        "classes missing from parts": "the data set is not split into parts",
        "background that predicts the class": "fewer than 50 photos can be read",
        "photos that all show leaves on plain backgrounds": "fewer than 50 photos can be read",
        "leaks of a split by photo": "no leaf is known",
        "wrong labels": "they need the outputs of a network; "
        "pass evidence=transferleaf.feature_evidence(data)",
        "photos that are no leaves": "they need the outputs of a network; "
        "pass evidence=transferleaf.feature_evidence(data)",
        "accuracy on other backgrounds": "they need the outputs of a network; "
        "pass evidence=transferleaf.feature_evidence(data)",
    }
    assert not set(found.passed) & set(found.not_run)


def test_the_caller_may_say_why_there_is_no_evidence():
    found = run_checks(dataset("ab"), [seen(), seen()], without_evidence="nobody asked")

    assert found.not_run["wrong labels"] == "nobody asked"


def test_with_evidence_labels_are_doubted_too():
    rng = np.random.default_rng(0)
    evidence = FeatureEvidence(
        features=rng.normal(size=(20, 4)),
        probabilities=np.repeat([[0.9, 0.1], [0.1, 0.9]], 10, axis=0),
        backbone="tiny",
    )

    found = run_checks(dataset("a" * 10 + "b" * 10), [seen() for _ in range(20)], evidence=evidence)

    assert "wrong labels" in found.passed
    assert not {"wrong labels", "photos that are no leaves"} & set(found.not_run)


def test_evidence_of_other_photos_is_refused():
    evidence = FeatureEvidence(
        features=np.zeros((3, 1)), probabilities=np.full((3, 2), 0.5), backbone="tiny"
    )

    with pytest.raises(ConfigError):
        run_checks(dataset("ab"), [seen(), seen()], evidence=evidence)


@pytest.fixture
def leaves(tmp_path):
    """A folder of two classes: a photo, its copy under both labels, and a broken file."""
    paint(tmp_path / "a/1.png", (10, 120, 30))
    paint(tmp_path / "a/2.png", (90, 120, 30))
    (tmp_path / "b").mkdir()
    (tmp_path / "b/3.png").write_bytes((tmp_path / "a/1.png").read_bytes())
    (tmp_path / "b/4.png").write_bytes(b"")
    return tmp_path


def test_files_are_looked_at(leaves, tmp_path):
    told = []
    data = LeafDataset.from_folder(leaves)

    found = audit(data, progress=lambda *numbers: told.append(numbers), cache=tmp_path / "cache")

    errors = {finding.check: finding.photos for finding in found.of_severity("error")}
    assert errors == {
        "broken-files": ("b/4.png",),
        "one-photo-two-labels": ("a/1.png", "b/3.png"),
    }
    assert told[-1] == (4, 4)


@pytest.mark.real
def test_the_report_on_plantvillage_is_short_and_free_of_errors(real_photos, tmp_path):
    found = audit(LeafDataset.from_folder(real_photos / "plantvillage-mini"))

    assert found.of_severity("error") == ()
    assert [finding.check for finding in found.of_severity("warning")] == ["background-bias"]
    assert len(str(found).splitlines()) <= 47  # long names continue on the next line


def test_a_split_is_audited_with_its_parts(leaves, tmp_path):
    split = LeafDataset.from_folder(leaves).split(0.5, 0.5)

    found = audit(split, cache=tmp_path / "cache")

    assert found.part_counts == {"train": 2, "test": 2}
    assert "copies across parts" not in found.not_run
