"""The backbone fulfils the contract of transferleaf."""

from __future__ import annotations

import pytest
from leaf_mobilenetv2 import MOBILENETV2

import transferleaf as tl
from transferleaf.testing import BACKBONE_CHECKS, BackboneSubject, run_backbone_check


@pytest.fixture(scope="module")
def subject():
    return BackboneSubject(MOBILENETV2)  # builds the network once for all checks


def test_it_is_found_by_its_name():
    assert tl.get_backbone("mobilenetv2") is MOBILENETV2


@pytest.mark.parametrize("check", BACKBONE_CHECKS)
def test_it_keeps_the_contract(subject, check):
    run_backbone_check(subject, check)


def test_it_never_puts_random_values_in_place_of_those_it_cannot_have(monkeypatch):
    import keras

    def no_network(**_arguments):
        raise OSError("no route to host")

    monkeypatch.setattr(keras.applications, "MobileNetV2", no_network)
    with pytest.raises(tl.errors.PretrainedWeightsError, match="no route to host"):
        MOBILENETV2.build(32, "imagenet")
